// Which key does what: the page's own table, and what a person changed in it on this device.

import { recalled } from "./device.js";

export const STORE = `lookalike.keys.${document.body.dataset.person}`;

export const sheet = document.querySelector("[data-keys]");
export const fields = [...sheet.querySelectorAll("[data-remap]")];
export const changed = JSON.parse(recalled(STORE)) ?? {};

// Keyboards for other scripts have no Latin letters: there the key's place counts. So it does for
// digits, which some keyboards give with Shift only.
export function letterOf(event) {
  if (event.key.length !== 1) return "";
  const isPlainText = event.key.charCodeAt(0) < 128;
  const place = (isPlainText ? /^Digit(\d)$/ : /^(?:Key|Digit)([A-Z\d])$/).exec(event.code)?.[1];
  const letter = place ?? (isPlainText ? event.key.toUpperCase() : "");
  if (letter === "=") return "+"; // One key on many keyboards.
  return /^[A-Z\d+-]$/.test(letter) ? letter : "";
}

// Free letters are given from the end of the alphabet, where the fewest pages have keys.
const SPARE = [..."ZYXWVUTSRQPONMLKJIHGFEDCBA9876"];

const letters = new Map();
// What had to give its letter up, with the action that has it now.
export const moved = new Map();

// No letter is given twice: what a person chose comes first, and what has that letter by default moves
// to a free one, so that a key means what it meant when the page gets further actions.
function give() {
  letters.clear();
  moved.clear();
  const holders = new Map();
  const take = (field, letter) => {
    letters.set(field, letter);
    if (letter) holders.set(letter, field);
  };
  const defaults = new Set(fields.map(({ dataset }) => dataset.default));
  const free = () => SPARE.find((each) => !defaults.has(each) && !holders.has(each)) ?? "";
  const left = (each) => !letters.has(each);
  for (const field of fields) {
    const chosen = changed[field.dataset.remap];
    if (chosen && !holders.has(chosen)) take(field, chosen);
  }
  for (const field of fields.filter(left)) if (!holders.has(field.dataset.default)) take(field, field.dataset.default);
  for (const field of fields.filter(left)) {
    moved.set(field, holders.get(field.dataset.default));
    take(field, free());
  }
}

export const keyOf = (field) => letters.get(field);

// Writes the keys onto the buttons that they press.
export function label(root) {
  for (const button of root.querySelectorAll("[data-action]")) {
    const field = fields.find(({ dataset }) => dataset.remap === button.dataset.action);
    const letter = keyOf(field);
    if (button.dataset.key === letter) continue;
    button.dataset.key = letter;
    button.setAttribute("aria-keyshortcuts", letter === "+" ? "Plus" : letter);
    if (!letter) button.removeAttribute("aria-keyshortcuts");
    const shown = button.querySelector("kbd");
    if (shown) shown.textContent = letter;
  }
}

export function load() {
  give();
  for (const field of fields) field.value = keyOf(field);
  label(document);
}

export function listenToChanges() {
  load();
  // What comes in later has the page's own keys.
  for (const place of document.querySelectorAll("[data-stage], [data-toasts]")) {
    new MutationObserver(() => label(place)).observe(place, { childList: true });
  }
}
