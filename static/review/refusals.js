// Decisions that were not taken wait beside the page for a choice. What is on the screen stays: a
// key that is pressed just then means the pair that the person sees.

import { elementsOf } from "../js/fragments.js";
import { problemOf } from "../js/pages.js";
import { announce } from "../js/notices.js";

const place = document.querySelector("[data-refusals]");
const list = place.querySelector("ul");
const plain = place.querySelector("template").content.firstElementChild;

function showCount() {
  place.querySelector("[data-refusals-count]").textContent = list.children.length;
  place.hidden = !list.children.length;
}

function close(refusal) {
  refusal.remove();
  showCount();
  const next = list.querySelector("button") ?? document.querySelector("[data-stage] [tabindex]") ?? document.getElementById("main");
  next.focus({ preventScroll: true });
}

// `decideAgain(fields)` sends what the person wants still.
export async function refuse(response, entry, decideAgain) {
  const markup = await response.text();
  const [told] = elementsOf(markup);
  const isTold = told?.matches("[data-refusal]");
  const refusal = isTold ? told : plain.cloneNode(true);
  if (!isTold) refusal.querySelector("[data-refused]").append(` ${problemOf(markup)}`);
  refusal.querySelector("a.button").href = entry.page;
  refusal.querySelector("[data-leave]").addEventListener("click", () => close(refusal));
  refusal.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    close(refusal);
    decideAgain(fields);
  });
  list.append(refusal);
  showCount();
  announce(refusal.querySelector("[data-refused]").textContent.trim());
}
