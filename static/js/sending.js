// Adds pictures to a list, three at a time, and says of each in the panel what became of it.

import { elementsOf, fragmentHeaders, isSignInPage, leave } from "./fragments.js";
import { problemOf, refreshItems } from "./pages.js";

// Fewer than an organisation may have at work, so that a colleague gets an answer too.
const MAX_PARALLEL = 3;
// More are one line, unless some were refused.
const FEW = 5;
const TOO_MANY = 429;

const form = document.querySelector("[data-upload]");
const results = document.querySelector("[data-upload-results]");
const panel = results?.querySelector("[data-upload-panel]");
const waiting = [];
let running = 0;
let done = 0;
let all = 0;
let refused = 0;

function rowFrom(name, file) {
  const row = document.querySelector(name).content.cloneNode(true).firstElementChild;
  row.querySelector("[data-name]").textContent = file.name;
  return row;
}

// XMLHttpRequest, since fetch does not tell how far an upload has come.
function send(file, onProgress) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("images", file, file.name);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    for (const [name, value] of Object.entries(fragmentHeaders)) call.setRequestHeader(name, value);
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress((100 * event.loaded) / event.total);
    });
    call.addEventListener("error", () => reject(new Error("")));
    call.addEventListener("load", () => {
      if (isSignInPage(call.responseURL)) leave();
      else if (call.status === 200) resolve(elementsOf(call.responseText)[0]);
      // Others of the organisation are adding too: nothing was done with the file yet.
      else if (call.status === TOO_MANY) {
        setTimeout(() => resolve(send(file, onProgress)), 1000 * call.getResponseHeader("Retry-After"));
      }
      else reject(new Error(problemOf(call.responseText)));
    });
    call.send(body);
  });
}

function showSum() {
  const sum = results.querySelector("[data-upload-sum]");
  sum.textContent = sum.dataset.text.replace("{done}", done).replace("{all}", all);
  const badge = results.querySelector("[data-upload-refused]");
  badge.hidden = !refused;
  badge.textContent = badge.dataset.text.replace("{n}", refused);
  const bar = results.querySelector("[data-upload-bar]");
  bar.hidden = done === all;
  Object.assign(bar, { max: all, value: done });
}

// What was refused comes first.
function settle(row, result) {
  row.replaceWith(result);
  if (!result.matches(".is-refused")) return;
  refused += 1;
  results.querySelector("[data-upload-list]").prepend(result);
}

async function work() {
  while (waiting.length) {
    const { file, row } = waiting.shift();
    const bar = row.querySelector("progress");
    try {
      settle(row, await send(file, (percent) => { bar.value = percent; }));
    } catch (error) {
      const failed = rowFrom("[data-upload-failed]", file);
      if (error.message) failed.querySelector("[data-reason]").textContent = error.message;
      settle(row, failed);
    }
    done += 1;
    showSum();
  }
}

export async function addPictures(files) {
  results.hidden = false;
  panel.hidden = false;
  for (const file of files) {
    const row = rowFrom("[data-upload-row]", file);
    results.querySelector("[data-upload-list]").append(row);
    waiting.push({ file, row });
  }
  all += files.length;
  panel.open = all <= FEW;
  showSum();
  const started = [];
  while (running < MAX_PARALLEL && started.length < files.length) {
    running += 1;
    started.push(work().finally(() => { running -= 1; }));
  }
  await Promise.all(started);
  if (done < all) return;
  if (refused) panel.open = true;
  await refreshItems();
}

// What is over is forgotten; what still runs goes on and is shown again with what comes next.
export function close() {
  results.hidden = true;
  if (done < all) return;
  done = all = refused = 0;
  panel.hidden = true;
  results.querySelector("[data-upload-list]").replaceChildren();
}
