// Find as a sheet over any page; the page of its own has the same field and rows.

import { FindBox } from "./find_box.js";

const page = document.querySelector("[data-find-is-page]");
if (page) new FindBox(page).field.focus();

let box = null;
let building = null;

async function styled(address) {
  const styles = document.createElement("link");
  Object.assign(styles, { rel: "stylesheet", href: address });
  await new Promise((done, failed) => {
    Object.assign(styles, { onload: done, onerror: failed });
    document.head.append(styles);
  });
}

async function build() {
  const template = document.querySelector("[data-find-template]");
  await styled(template.dataset.styles);
  const sheet = document.importNode(template.content, true).querySelector("[data-find]");
  document.body.append(sheet);
  sheet.addEventListener("click", ({ target }) => {
    if (target === sheet || target.closest("[data-find-close]")) sheet.close();
  });
  // A field for searching would only be emptied; and the page behind is not to hear it.
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    sheet.close();
  });
  return new FindBox(sheet);
}

function open() {
  if (box && !box.root.open) box.root.showModal();
  const field = box?.field ?? page.querySelector("[name=q]");
  field.focus();
  field.select();
}

export async function show() {
  if (box || page) return open();
  building ??= build();
  try {
    box = await building;
  } finally {
    building = null;
  }
  return open();
}
