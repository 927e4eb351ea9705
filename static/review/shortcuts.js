// Keys press buttons: the buttons on the page are the table, each names its key in data-key.

const STORE = "lookalike.shortcuts";
const EDITABLE = "input:not([type=range]), textarea, select, [contenteditable]";

// Keyboards for other scripts have no Latin letters: there the key's place counts. So it does for
// digits, which some keyboards give with Shift only.
export function letterOf(event) {
  if (event.key.length !== 1) return "";
  const isPlainText = event.key.charCodeAt(0) < 128;
  const place = (isPlainText ? /^Digit(\d)$/ : /^(?:Key|Digit)([A-Z\d])$/).exec(event.code)?.[1];
  return place ?? (isPlainText ? event.key.toUpperCase() : "");
}

function buttonFor(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return null;
  if (event.isComposing || event.target.closest?.(EDITABLE)) return null;
  const letter = letterOf(event);
  if (!/^[A-Z\d]$/.test(letter)) return null;
  const button = document.querySelector(`[data-key="${letter}"]:not(:disabled)`);
  return button?.getClientRects().length ? button : null;
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
