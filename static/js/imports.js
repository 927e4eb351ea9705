// The page of imports: what is chosen or dropped is sent in parts, many files as one.

import { bringAll } from "./bringing.js";
import { chosen, dropped } from "./folders.js";

const form = document.querySelector("[data-import-form]");
const panel = form.closest("details");
const { file: input, list } = form.elements;

async function bringChosen(files) {
  await bringAll(files, list.value);
  panel.open = false;
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
  bringChosen(files);
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
