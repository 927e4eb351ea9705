// Decisions that were not taken wait beside the page for a choice. What is on the screen stays: a
// key that is pressed just then means the pair that the person sees.

import { elementsOf } from "../js/fragments.js";
import { problemOf } from "../js/pages.js";
import { announce } from "../js/notices.js";
import { drop, keep, kept } from "./kept_refusals.js";

const place = document.querySelector("[data-refusals]");
const list = place.querySelector("ul");
const plain = place.querySelector("template").content.firstElementChild;

function showCount() {
  place.querySelector("[data-refusals-count]").textContent = list.children.length;
  place.hidden = !list.children.length;
}

// Takes out what is said of a pair.
export function settle(pair) {
  drop(pair);
  for (const each of list.querySelectorAll(`[data-refusal="${pair}"]`)) each.remove();
  showCount();
}

function close(refusal) {
  settle(refusal.dataset.refusal);
  const next = list.querySelector("button") ?? document.querySelector("[data-stage] [tabindex]") ?? document.getElementById("main");
  next.focus({ preventScroll: true });
}

function add(refusal, { pair, page }) {
  refusal.dataset.refusal = pair;
  const look = refusal.querySelector("a.button");
  look.href = page;
  // Where the pair is decided it need not be asked again.
  for (const press of ["click", "auxclick"]) look.addEventListener(press, () => drop(pair));
  refusal.querySelector("[data-leave]").addEventListener("click", () => close(refusal));
  list.append(refusal);
  showCount();
}

const plainWith = (said) => {
  const refusal = plain.cloneNode(true);
  refusal.querySelector("[data-refused]").append(` ${said}`);
  return refusal;
};

// Shows what earlier pages were told, without the pictures.
export function restore() {
  for (const each of kept()) add(plainWith(each.said), each);
}

// `decideAgain(fields)` sends what the person wants still.
export async function refuse(response, entry, decideAgain) {
  const markup = await response.text();
  const [told] = elementsOf(markup);
  const isTold = told?.matches("[data-refusal]");
  const problem = isTold ? told.dataset.said : problemOf(markup);
  const refusal = isTold ? told : plainWith(problem);
  settle(entry.pair);
  keep({ ...entry, said: problem });
  refusal.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    close(refusal);
    decideAgain(fields);
  });
  add(refusal, entry);
  announce(refusal.querySelector("[data-refused]").textContent.trim());
}
