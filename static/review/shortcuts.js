// Keys press buttons: the buttons on the page are the table, each names its key in data-key.

const STORE = "lookalike.shortcuts";
const EDITABLE = "input, textarea, select, [contenteditable]";

// Keyboards for other scripts have no Latin letters: there the key's place counts.
export function letterOf(event) {
  const isPlainText = event.key.length === 1 && event.key.charCodeAt(0) < 128;
  if (isPlainText) return event.key.toUpperCase();
  return event.key.length === 1 ? (/^Key([A-Z])$/.exec(event.code)?.[1] ?? "") : "";
}

function buttonFor(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  if (event.isComposing || event.target.closest?.(EDITABLE)) return null;
  const letter = letterOf(event);
  return /^[A-Z]$/.test(letter) ? document.querySelector(`[data-key="${letter}"]:not(:disabled)`) : null;
}

const isOff = () => document.documentElement.dataset.shortcuts === "off";

function set(state) {
  document.documentElement.dataset.shortcuts = state;
  document.querySelector("[data-shortcuts-switch]").setAttribute("aria-pressed", state === "on");
}

export function listen() {
  set(localStorage.getItem(STORE) ?? "on");
  document.querySelector("[data-shortcuts-switch]").addEventListener("click", () => {
    set(isOff() ? "on" : "off");
    localStorage.setItem(STORE, isOff() ? "off" : "on");
  });
  document.addEventListener("keydown", (event) => {
    // A key that is held down must not decide pair after pair, not even Enter on a button.
    if (event.repeat && event.target.closest?.("[data-key]")) event.preventDefault();
    if (event.repeat || isOff()) return;
    const button = buttonFor(event);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
