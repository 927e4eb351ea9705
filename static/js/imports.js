// The page of imports: a file is sent in parts, and what runs is looked at again and again.

import { onFiles } from "./drop.js";
import { elementsOf, request } from "./fragments.js";
import { pageOf, problemOf, replacePart } from "./pages.js";
import { sendInParts } from "./parts.js";

const LOOK_AGAIN_MS = 2000;
const CHANGING = "[data-import]:is([data-state=running], [data-state=receiving])";

const form = document.querySelector("[data-import-form]");
const imports = document.querySelector("[data-imports]");
const sending = new Set();

const rowOf = (id) => imports.querySelector(`[data-import="${id}"]`);

// Puts a row in the place of the one of the same import, or first.
function show(row) {
  const there = rowOf(row.dataset.import);
  if (!there) imports.prepend(row);
  else if (there.dataset.state !== row.dataset.state || row.dataset.state !== "ready") renew(there, row);
  return rowOf(row.dataset.import);
}

// Of a row that does the same as before only the figures change: buttons keep the focus.
function renew(there, row) {
  if (there.dataset.state !== row.dataset.state) {
    there.replaceWith(row);
    return;
  }
  there.dataset.received = row.dataset.received;
  for (const part of row.querySelectorAll("[data-live]")) {
    const old = there.querySelector(`[data-live=${part.dataset.live}]`);
    if (!old || old.isEqualNode(part)) continue;
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(part);
    if (hadFocus) part.querySelector("a")?.focus();
  }
}

function tell(reason) {
  const list = document.querySelector("[data-import-messages]");
  const message = document.querySelector("[data-not-sent]").content.cloneNode(true).firstElementChild;
  if (reason) message.querySelector("[data-reason]").textContent = reason;
  list.replaceChildren(message);
  list.hidden = false;
}

async function post(address, fields) {
  const body = new FormData(form);
  body.delete("file");
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const response = await request(address, { method: "POST", body });
  const markup = await response.text();
  if (!response.ok) throw Object.assign(new Error(problemOf(markup)), { isFinal: response.status < 500 });
  return elementsOf(markup)[0];
}

async function send(file) {
  let id = "";
  try {
    document.querySelector("[data-import-messages]").hidden = true;
    const row = show(await post(form.action, { name: file.name, byte_size: file.size }));
    id = row.dataset.import;
    if (sending.has(id)) return;
    sending.add(id);
    await sendInParts(file, row, { partBytes: Number(form.dataset.partBytes), post, show });
  } catch (error) {
    tell(error.isFinal ? error.message : "");
  }
  sending.delete(id);
  look(true);
}

async function look(always = false) {
  if (document.hidden || (always !== true && !imports.querySelector(CHANGING))) return;
  try {
    const fresh = pageOf(await (await request(location.href, { headers: {} })).text());
    const rows = [...fresh.querySelectorAll("[data-import]")].map((row) => document.importNode(row, true));
    for (const row of rows.reverse()) if (!sending.has(row.dataset.import)) show(row);
    replacePart(fresh, "[data-import-tools]");
  } catch {
    // The next look may reach the server.
  }
}

form.addEventListener("submit", (event) => {
  const [file] = form.elements.file?.files ?? [];
  if (!file) return;
  event.preventDefault();
  form.closest("details").open = false;
  send(file);
  form.elements.file.value = "";
});

if (form.elements.file) {
  onFiles(document.body, form.elements.file, (files) => {
    const transfer = new DataTransfer();
    transfer.items.add(files[0]);
    form.elements.file.files = transfer.files;
    form.closest("details").open = true;
    form.querySelector("[type=submit]").focus();
  });
}
setInterval(look, LOOK_AGAIN_MS);
