// Brings files into a list as imports: an archive or a table is one, all others together are one.

import { isPacked } from "./folders.js";
import { elementsOf, request } from "./fragments.js";
import { look, sending, show } from "./jobs.js";
import { packed } from "./packing.js";
import { problemOf } from "./pages.js";
import { sendInParts } from "./parts.js";
import { unknownOf } from "./skipping.js";

// Says where imports begin, and of what size the parts of their files are.
const place = document.querySelector("[data-begin]");
const status = document.querySelector("[data-reading]");
const messages = document.querySelector("[data-import-messages]");

function tell(reason) {
  const message = document.querySelector("[data-not-sent]").content.cloneNode(true).firstElementChild;
  if (reason) message.querySelector("[data-reason]").textContent = reason;
  messages.replaceChildren(message);
  messages.hidden = false;
}

async function send(address, fields) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const response = await request(address, { method: "POST", body });
  if (response.ok) return response;
  const reason = problemOf(await response.text());
  throw Object.assign(new Error(reason), { isFinal: response.status < 500 });
}

const post = async (address, fields) => elementsOf(await (await send(address, fields)).text())[0];

async function bring(content, fields) {
  const row = show(await post(place.dataset.begin, { byte_size: content.size, ...fields }));
  const id = row.dataset.import;
  if (sending.has(id)) return;
  sending.add(id);
  try {
    await sendInParts(content, row, { partBytes: Number(place.dataset.partBytes), post, show });
  } finally {
    sending.delete(id);
  }
}

// Everything the list has already counts as there, and is not sent.
async function bringPacked(files, to) {
  const onRead = (done) => {
    status.hidden = false;
    status.textContent = status.dataset.text.replace("{done}", done).replace("{all}", files.length);
  };
  const ask = async (hashes) => {
    const answer = await send(place.dataset.kept, { list: to, hashes: hashes.join(" ") });
    return (await answer.json()).kept;
  };
  const left = await unknownOf(files, { ask, onRead });
  status.hidden = true;
  // Folders share the part of the path before the first slash.
  const folder = files[0].path.includes("/") ? files[0].path.split("/")[0] : "";
  const name = folder || place.dataset.files.replace("{n}", files.length);
  await bring(packed(left), { list: to, name, kind: "files", skipped: files.length - left.length });
}

// `files` are as `folders.js` names them, `to` is the list's id; what fails is said on the page.
export async function bringAll(files, to) {
  messages.hidden = true;
  const alone = files.filter(isPacked);
  const others = files.filter((each) => !alone.includes(each));
  try {
    for (const { file } of alone) await bring(file, { list: to, name: file.name });
    if (others.length) await bringPacked(others, to);
  } catch (error) {
    tell(error.isFinal ? error.message : "");
  } finally {
    status.hidden = true;
  }
  look(true);
}
