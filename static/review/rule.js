// Writing a rule: what it would do is asked again soon after something was changed.

import { elementsOf, request } from "../js/fragments.js";

const SOON_MS = 250;
const form = document.querySelector("[data-rule-form]");
let waiting;
let asking = new AbortController();

const preview = () => document.querySelector("[data-preview-of-rule]");

async function ask() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const typed = new FormData(form);
  typed.delete("csrfmiddlewaretoken");
  preview().setAttribute("aria-busy", "true");
  try {
    const response = await request(`${form.dataset.previewAddress}?${new URLSearchParams(typed)}`, { signal });
    const markup = await response.text();
    if (response.ok && !signal.aborted) preview().replaceWith(...elementsOf(markup));
  } catch {
    // What was shown before stands until something is asked again.
  }
  if (!signal.aborted) preview().removeAttribute("aria-busy");
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, SOON_MS);
});
