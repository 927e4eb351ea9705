// Selecting pairs: by mouse, and in a row by X; with Shift all from the last one selected.

import { announce } from "../js/notices.js";

// Where X is a key that people may choose anew, its button presses it.
const button = document.querySelector("[data-select-one]");
const rowOf = (element) => element.closest?.("[data-row]");
const CARDS = ".picture-card, .sheet-pair";
const formOf = (element) => element.closest?.("[data-selection]");
let last = null;
let row = null;

// The form on top, which may have come in later.
export const selection = () => document.querySelector("dialog[open] [data-selection]") ?? document.querySelector("[data-selection]");
export const boxesOf = (form) => [...form?.querySelectorAll("[name=pair]") ?? []];
export const focusedRow = () => row;

function words(form, chosen) {
  const all = form.querySelector("[data-select-all]");
  if (all?.checked) return all.closest("label").textContent.trim();
  return chosen ? form.dataset.text?.replace("{n}", chosen) : form.dataset.textNone;
}

function showLeftOut(form, count) {
  const place = form.querySelector("[data-left-out]");
  if (!place) return;
  place.hidden = !count;
  place.textContent = place.dataset.text.replace("{n}", count);
}

const plurals = new Intl.PluralRules(document.documentElement.lang);

// The server writes what the button says in each plural.
function showDeed(place, count) {
  place.dataset.sheetCount = count;
  place.textContent = place.dataset[plurals.select(count)].replace("{n}", count);
}

export function show(form, { isSaid = true } = {}) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  const label = form.querySelector("[data-selection-count]");
  const page = form.querySelector("[data-select-page]");
  const isAll = Boolean(form.querySelector("[data-select-all]")?.checked);
  if (label) label.textContent = words(form, chosen);
  if (label && isSaid) announce(label.textContent);
  for (const place of form.querySelectorAll("[data-sheet-count]")) showDeed(place, chosen);
  for (const box of boxes) rowOf(box)?.classList.toggle("is-selected", box.checked || isAll);
  showLeftOut(form, boxes.length - chosen);
  if (page) {
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const each of form.querySelectorAll("button[type=submit]")) each.disabled = !chosen && !isAll;
}

function set(box, isChecked, isRange) {
  const form = formOf(box);
  const boxes = boxesOf(form);
  const [from, to] = [boxes.indexOf(last?.isConnected ? last : box), boxes.indexOf(box)].sort((a, b) => a - b);
  const range = isRange && from >= 0 ? boxes.slice(from, to + 1) : [box];
  for (const each of range) each.checked = isChecked;
  last = box;
  show(form);
}

function toggle(here, isRange) {
  const box = here?.querySelector("[name=pair]") ?? boxesOf(selection())[0];
  if (!box) return;
  if (here !== rowOf(document.activeElement)) box.focus();
  set(box, !box.checked, isRange);
}

export function clear(form) {
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  show(form);
}

// Arrow keys go from row to row, or from card to card; Tab still reaches everything.
function neighbour(here, key) {
  const isCard = here.matches(CARDS);
  const step = { ArrowDown: 1, ArrowUp: -1, ...(isCard ? { ArrowRight: 1, ArrowLeft: -1 } : {}) }[key];
  if (!step) return null;
  const isMirrored = getComputedStyle(here).direction === "rtl" && /Left|Right/.test(key);
  return step > 0 !== isMirrored ? here.nextElementSibling : here.previousElementSibling;
}

const isX = (event) => event.key.toLowerCase() === "x" || (event.key.charCodeAt(0) > 127 && event.code === "KeyX");

// Keys work in a row alone, so they surprise nobody elsewhere.
function press(event) {
  const here = rowOf(event.target);
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
document.addEventListener("focusin", ({ target }) => { row = rowOf(target) ?? row; });
button?.addEventListener("click", () => toggle(row, false));

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-selection] [name=pair]")) set(event.target, event.target.checked, event.shiftKey);
});
document.addEventListener("change", ({ target }) => {
  const form = formOf(target);
  if (!form) return;
  if (target.matches("[data-select-page]")) for (const box of boxesOf(form)) box.checked = target.checked;
  show(form);
});
document.addEventListener("reset", (event) => {
  if (!event.target.matches("[data-selection]")) return;
  event.preventDefault();
  clear(event.target);
});
// Pressed twice, the second answer would say that nothing had changed.
document.addEventListener("submit", ({ target, submitter }) => {
  if (target.matches("[data-sheet]") && submitter) submitter.disabled = true;
});
// A page that comes back from the history has its boxes as they were left.
const showAll = () => { for (const form of document.querySelectorAll("[data-selection]")) show(form, { isSaid: false }); };
addEventListener("pageshow", showAll);
showAll();
