// Selecting pairs: by mouse, and in a row by X; with Shift all from the last one selected.

import { announce } from "../js/notices.js";

const form = document.querySelector("[data-selection]");
const page = form?.querySelector("[data-select-page]");
const all = form?.querySelector("[data-select-all]");
// Where X is a key that people may choose anew, its button presses it.
const button = document.querySelector("[data-select-one]");
const rowOf = (element) => element.closest?.("[data-row]");
let last = null;
let row = null;

export const boxes = [...form?.querySelectorAll("[name=pair]") ?? []];
export const focusedRow = () => row;

function words(chosen) {
  const { text, textNone } = form.dataset;
  if (all?.checked) return all.closest("label").textContent.trim();
  return chosen ? text?.replace("{n}", chosen) : textNone;
}

export function show({ isSaid = true } = {}) {
  const chosen = boxes.filter((box) => box.checked).length;
  const label = form.querySelector("[data-selection-count]");
  if (label) label.textContent = words(chosen);
  if (label && isSaid && label.role !== "status") announce(label.textContent);
  for (const place of form.querySelectorAll("[data-sheet-count]")) place.textContent = chosen;
  for (const box of boxes) rowOf(box)?.classList.toggle("is-selected", box.checked || Boolean(all?.checked));
  if (page) {
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const each of form.querySelectorAll("button[type=submit]")) each.disabled = !chosen && !all?.checked;
}

function set(box, isChecked, isRange) {
  const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
  const range = isRange ? boxes.slice(from, to + 1) : [box];
  for (const each of range) each.checked = isChecked;
  last = box;
  show();
}

function toggle(here, isRange) {
  const box = here?.querySelector("[name=pair]") ?? boxes[0];
  if (!box) return;
  if (here !== rowOf(document.activeElement)) box.focus();
  set(box, !box.checked, isRange);
}

// Arrow keys go from row to row, or from tile to tile; Tab still reaches everything.
function neighbour(here, key) {
  const isTile = here.matches(".tile");
  const step = { ArrowDown: 1, ArrowUp: -1, ...(isTile ? { ArrowRight: 1, ArrowLeft: -1 } : {}) }[key];
  if (!step) return null;
  const isMirrored = getComputedStyle(here).direction === "rtl" && /Left|Right/.test(key);
  return step > 0 !== isMirrored ? here.nextElementSibling : here.previousElementSibling;
}

const isX = (event) => event.key.toLowerCase() === "x" || (event.key.charCodeAt(0) > 127 && event.code === "KeyX");

// Keys work in a row alone, so they surprise nobody elsewhere.
function press(event) {
  const here = rowOf(event.target) ?? event.target.closest?.(".tiles > .tile");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = here.querySelector("[name=pair]");
  const next = neighbour(here, event.key);
  if (isX(event) && box && !button && !event.repeat) toggle(here, event.shiftKey);
  else if (next) next.querySelector(".queue-link, a, input").focus();
  // Enter in a checkbox would send the form by its first button.
  else if (event.key !== "Enter" || event.target !== box) return;
  event.preventDefault();
}

document.addEventListener("keydown", press);
document.addEventListener("focusin", ({ target }) => { row = target.closest("[data-row], .tiles > .tile") ?? row; });
button?.addEventListener("click", () => toggle(row, false));

if (form) {
  form.addEventListener("click", (event) => {
    if (event.target.matches("[name=pair]")) set(event.target, event.target.checked, event.shiftKey);
  });
  form.addEventListener("change", ({ target }) => {
    if (target === page) for (const box of boxes) box.checked = page.checked;
    show();
  });
  // Pressed twice, the second answer would say that nothing had changed.
  form.addEventListener("submit", ({ submitter }) => {
    if (form.matches("[data-sheet]") && submitter) submitter.disabled = true;
  });
  // A page that comes back from the history has its boxes as they were left.
  addEventListener("pageshow", () => show({ isSaid: false }));
  show({ isSaid: false });
}
