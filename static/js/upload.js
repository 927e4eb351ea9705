// What is dropped, pasted or chosen on a list's page: a few pictures are added at once, a folder, an
// archive, a table or many pictures become imports, which the server goes on with by itself.

import { onFiles } from "./drop.js";
import { chosen, dropped, isPacked } from "./folders.js";
import { refreshItems } from "./pages.js";
import { addPictures, close } from "./sending.js";

// More are one import: nobody looks at each, and the page may be left once they are sent.
const FEW = 50;

const results = document.querySelector("[data-upload-results]");

// Imports look as on their own page; few visits to a list need that.
async function styled() {
  if (results.querySelector("link")) return;
  const styles = document.createElement("link");
  await new Promise((done) => {
    Object.assign(styles, { rel: "stylesheet", href: results.dataset.styles, onload: done, onerror: done });
    results.prepend(styles);
  });
}

async function bring(files) {
  await styled();
  results.hidden = false;
  const { bringAll } = await import("./bringing.js");
  await bringAll(files, results.dataset.list);
}

async function receive(files) {
  const alone = files.filter(isPacked);
  const pictures = files.filter((each) => !alone.includes(each));
  const isMany = pictures.length > FEW || pictures.some(({ path }) => path.includes("/"));
  const imported = isMany ? files : alone;
  await Promise.all([
    imported.length && bring(imported),
    !isMany && pictures.length && addPictures(pictures.map(({ file }) => file)),
  ]);
}

// Each field is emptied, so that the same file can be chosen once more.
function take(input) {
  const files = chosen(input.files);
  input.value = "";
  const menu = input.closest("[data-menu]");
  if (menu) menu.open = false;
  if (!files.length) return;
  if ("addImport" in input.dataset) bring(files);
  else receive(files);
}

if (results) {
  onFiles(document.querySelector("[data-page-drop]"), null, async (files, transfer) => {
    receive(transfer ? await dropped(transfer) : chosen(files));
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-upload] [type=file]")) take(target);
  });
  results.querySelector("[data-upload-close]").addEventListener("click", close);
  results.addEventListener("import-changed", ({ target }) => {
    if (target.dataset.state === "done") refreshItems();
  });
}
