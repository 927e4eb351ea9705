// Which key does what: the page's own table, and what a person changed in it on this device.

import { announce } from "../js/notices.js";

const STORE = `lookalike.keys.${document.body.dataset.person}`;

const dialog = document.querySelector("[data-keys]");
const fields = [...dialog.querySelectorAll("[data-remap]")];
const problem = dialog.querySelector("[data-problem]");
let changed = {};

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

const keyOf = ({ dataset }) => changed[dataset.remap] ?? dataset.default;

// Writes the keys onto the buttons that they press.
export function label(root) {
  for (const button of root.querySelectorAll("[data-action]")) {
    const field = fields.find(({ dataset }) => dataset.remap === button.dataset.action);
    const letter = keyOf(field);
    if (button.dataset.key === letter) continue;
    button.dataset.key = letter;
    button.setAttribute("aria-keyshortcuts", letter === "+" ? "Plus" : letter);
    const shown = button.querySelector("kbd");
    if (shown) shown.textContent = letter;
  }
}

function load() {
  try {
    changed = JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    changed = {};
  }
  for (const field of fields) field.value = keyOf(field);
  label(document);
}

function keep() {
  localStorage.setItem(STORE, JSON.stringify(changed));
  load();
}

function change(field, letter) {
  const other = fields.find((each) => each !== field && keyOf(each) === letter);
  const { invalid, taken, kept } = problem.dataset;
  problem.textContent = "";
  if (!letter) problem.textContent = invalid;
  else if (other) problem.textContent = taken.replace("{key}", letter).replace("{name}", other.dataset.name);
  else {
    changed[field.dataset.remap] = letter;
    keep();
    announce(kept.replace("{key}", letter).replace("{name}", field.dataset.name));
  }
}

export const open = () => dialog.showModal();

export function listenToChanges() {
  load();
  dialog.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-remap]");
    if (!field || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    event.preventDefault();
    change(field, letterOf(event));
  });
  // Telephones say what was typed, not which key was pressed.
  dialog.addEventListener("input", ({ target }) => {
    const letter = /^[a-z\d+-]$/i.exec(target.value.slice(-1))?.[0].toUpperCase() ?? "";
    change(target, letter);
    target.value = keyOf(target);
  });
  dialog.querySelector("[data-reset]").addEventListener("click", () => {
    changed = {};
    problem.textContent = "";
    keep();
  });
  // What comes in later has the page's own keys.
  for (const place of document.querySelectorAll("[data-stage], [data-toasts]")) {
    new MutationObserver(() => label(place)).observe(place, { childList: true });
  }
}
