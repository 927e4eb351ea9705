// The sheet of keys: another key for an action is the one that is pressed in its field.

import { announce } from "../js/notices.js";
import { remember } from "./device.js";
import { changed, fields, keyOf, letterOf, load, moved, sheet, STORE } from "./keymap.js";

// What is pressed with Shift follows the key of its action.
function showShifted() {
  for (const each of sheet.querySelectorAll("[data-shifted]")) {
    each.textContent = `⇧ ${keyOf(fields.find(({ dataset }) => dataset.remap === each.dataset.shifted))}`;
  }
}

// Says which actions have another letter than theirs since a person chose that for something else.
function showMoved() {
  const place = sheet.querySelector("[data-moved]");
  const { text, none } = place.dataset;
  const said = [...moved].map(([field, holder]) => (keyOf(field) ? text : none)
    .replace("{name}", field.dataset.name)
    .replace("{key}", keyOf(field))
    .replaceAll("{taken}", field.dataset.default)
    .replace("{other}", holder.dataset.name));
  place.textContent = said.join(" ");
  place.hidden = !said.length;
}

function showAll() {
  showShifted();
  showMoved();
}

// Keeps the keys of some actions, or with null those that the page came with.
function keep(some) {
  for (const action of some ? [] : Object.keys(changed)) delete changed[action];
  Object.assign(changed, some);
  remember(STORE, JSON.stringify(changed));
  load();
}

const problem = sheet.querySelector("[data-problem]");

function change(field, letter) {
  const other = fields.find((each) => each !== field && keyOf(each) === letter);
  const { invalid, taken, kept } = problem.dataset;
  problem.textContent = "";
  if (!letter) problem.textContent = invalid;
  else if (other) problem.textContent = taken.replace("{key}", letter).replace("{name}", other.dataset.name);
  else {
    keep({ [field.dataset.remap]: letter });
    showAll();
    announce(kept.replace("{key}", letter).replace("{name}", field.dataset.name));
  }
}

sheet.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-remap]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  event.preventDefault();
  change(field, letterOf(event));
});
// Telephones say what was typed, not which key was pressed.
sheet.addEventListener("input", ({ target }) => {
  const letter = /^[a-z\d+-]$/i.exec(target.value.slice(-1))?.[0].toUpperCase() ?? "";
  change(target, letter);
  target.value = keyOf(target);
});
sheet.querySelector("[data-reset]").addEventListener("click", () => {
  problem.textContent = "";
  keep(null);
  showAll();
});
showAll();
