// Opens Find over the page: Ctrl-K, / and every link to it. What it needs comes when first asked.

const EDITABLE = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";

// Keys of one letter can be switched off on this device, as those of review can.
function isOff() {
  try {
    return localStorage.getItem(`lookalike.shortcuts.${document.body.dataset.person}`) === "off";
  } catch {
    return false;
  }
}

function asksFor(event) {
  if (event.repeat || event.isComposing || event.altKey || event.shiftKey && event.key !== "/") return false;
  // On keyboards for other scripts the place of the key counts.
  const isK = event.key.toLowerCase() === "k" || event.code === "KeyK" && event.key.charCodeAt(0) > 127;
  if (event.ctrlKey || event.metaKey) return isK;
  return event.key === "/" && !event.target.closest?.(EDITABLE) && !isOff();
}

// Only the top layer hears keys.
const isCovered = () => Boolean(document.querySelector("dialog[open]"));

// Once it was there it opens at once, so that no letter typed after the key is lost.
let show = null;

async function open(address) {
  try {
    show ??= (await import("./find_sheet.js")).show;
    await show();
  } catch {
    location.assign(address);
  }
}

document.addEventListener("keydown", (event) => {
  const link = document.querySelector("[data-find-open]");
  if (!link || !asksFor(event)) return;
  event.preventDefault();
  if (!isCovered()) open(link.href);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-find-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.href);
});

if (document.querySelector("[data-find-is-page]")) import("./find_sheet.js");
