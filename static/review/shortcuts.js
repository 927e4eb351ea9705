// Keys press buttons: the buttons on the page are the table, each names its key in data-key.

import { recalled, remember } from "./device.js";
import { letterOf, listenToChanges, sheet } from "./keymap.js";

const STORE = `lookalike.shortcuts.${document.body.dataset.person}`;
const EDITABLE = "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";

const isTyping = (event) => event.isComposing || event.target.closest?.(EDITABLE);

// A layer over the page hears keys in its place; a sheet leaves all to the browser.
const layer = () => document.querySelector("[data-layer][open]") ?? document.body;
export const isOnTop = (place) => layer().contains(place) && !document.querySelector("dialog[open]:not([data-layer])");

function buttonFor(event) {
  const letter = letterOf(event);
  // Some keyboards have no plus without Shift.
  if (!letter || (event.shiftKey && letter !== "+")) return null;
  const button = layer().querySelector(`[data-key="${letter}"]:not(:disabled)`);
  return button?.getClientRects().length ? button : null;
}

// Without what changes keys they can be read still.
const open = () => import("./keysheet.js").catch(() => {}).then(() => sheet.showModal());

const isOff = () => document.documentElement.dataset.shortcuts === "off";

function set(state) {
  document.documentElement.dataset.shortcuts = state;
  document.querySelector("[data-shortcuts-switch]").setAttribute("aria-pressed", state === "on");
}

function press(event) {
  if (event.key === "?") return open();
  const button = buttonFor(event);
  if (!button) return null;
  event.preventDefault();
  return button.matches("form") ? button.querySelector("button").focus() : button.click();
}

// Tells whether a key is for a place: not typed, held or switched off, and nothing lies over it.
export function isHeard(event, place = layer()) {
  if (event.repeat || isOff() || isTyping(event)) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return isOnTop(place);
}

export function listen() {
  listenToChanges();
  set(recalled(STORE) ?? "on");
  document.querySelector("[data-shortcuts-switch]").addEventListener("click", () => {
    set(isOff() ? "on" : "off");
    remember(STORE, isOff() ? "off" : "on");
  });
  document.querySelector("[data-keys-open]").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    // A key that is held down must not decide pair after pair, not even Enter on a button.
    if (event.repeat && event.target.closest?.("[data-key]")) event.preventDefault();
    if (isHeard(event)) press(event);
  });
}
