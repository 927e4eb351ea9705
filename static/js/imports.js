// The page of imports: what is chosen or dropped is sent in parts, many files as one.

import { chosen, dropped } from "./folders.js";
import { elementsOf, request } from "./fragments.js";
import { look, sending, show } from "./jobs.js";
import { packed } from "./packing.js";
import { problemOf } from "./pages.js";
import { sendInParts } from "./parts.js";
import { unknownOf } from "./skipping.js";

const ALONE = /\.(?:zip|csv|tsv|jsonl|ndjson)$/i;

const form = document.querySelector("[data-import-form]");
const panel = form.closest("details");
const { file: input, list } = form.elements;

function tell(reason) {
  const messages = document.querySelector("[data-import-messages]");
  const message = document.querySelector("[data-not-sent]").content.cloneNode(true).firstElementChild;
  if (reason) message.querySelector("[data-reason]").textContent = reason;
  messages.replaceChildren(message);
  messages.hidden = false;
}

async function send(address, fields) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const response = await request(address, { method: "POST", body });
  if (response.ok) return response;
  const reason = problemOf(await response.text());
  throw Object.assign(new Error(reason), { isFinal: response.status < 500 });
}

const post = async (address, fields) => elementsOf(await (await send(address, fields)).text())[0];

async function bring(content, fields) {
  const row = show(await post(form.action, { byte_size: content.size, ...fields }));
  const id = row.dataset.import;
  if (sending.has(id)) return;
  sending.add(id);
  try {
    await sendInParts(content, row, { partBytes: Number(form.dataset.partBytes), post, show });
  } finally {
    sending.delete(id);
  }
}

// Everything the list has already counts as there, and is not sent.
async function bringPacked(files, to) {
  const status = form.querySelector("[data-reading]");
  const onRead = (done) => {
    status.hidden = false;
    status.textContent = status.dataset.text.replace("{done}", done).replace("{all}", files.length);
  };
  const ask = async (hashes) => {
    const answer = await send(form.dataset.kept, { list: to, hashes: hashes.join(" ") });
    return (await answer.json()).kept;
  };
  const left = await unknownOf(files, { ask, onRead });
  status.hidden = true;
  // Folders share the part of the path before the first slash.
  const folder = files[0].path.includes("/") ? files[0].path.split("/")[0] : "";
  const name = folder || form.dataset.files.replace("{n}", files.length);
  await bring(packed(left), { list: to, name, kind: "files", skipped: files.length - left.length });
}

async function bringAll(files) {
  const to = list.value;
  document.querySelector("[data-import-messages]").hidden = true;
  const alone = files.filter(({ path }) => ALONE.test(path) && !path.includes("/"));
  const others = files.filter((each) => !alone.includes(each));
  try {
    for (const { file } of alone) await bring(file, { list: to, name: file.name });
    if (others.length) await bringPacked(others, to);
  } catch (error) {
    tell(error.isFinal ? error.message : "");
  }
  panel.open = false;
  look(true);
}

let given = null;

// What is dropped goes to no list before a person has said so.
function offer(files) {
  given = files;
  panel.open = true;
  input.required = false;
  const status = form.querySelector("[data-reading]");
  status.hidden = false;
  status.textContent = form.dataset.files.replace("{n}", files.length);
  form.querySelector("[type=submit]").focus();
}

form.addEventListener("submit", (event) => {
  const files = given ?? chosen(input?.files ?? []);
  if (!files.length) return;
  event.preventDefault();
  given = null;
  input.value = "";
  input.required = true;
  bringAll(files);
});

if (input) {
  input.multiple = true;
  input.removeAttribute("accept");
  input.addEventListener("change", () => { given = null; });
  const folder = form.querySelector("[data-import-folder]");
  folder.addEventListener("change", () => {
    if (folder.files.length) offer(chosen(folder.files));
    folder.value = "";
  });
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    offer(await dropped(event.dataTransfer));
  });
}
