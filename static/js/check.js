// Checks a picture as soon as it is dropped, pasted or chosen.

import { choose } from "./chosen.js";
import { onFiles } from "./drop.js";
import { problemOf, refreshFacts, request } from "./fragments.js";
import { announce, text, toastText } from "./notices.js";

const REFUSED = 422;

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-check-result]");
const input = form.elements.image;
let running = new AbortController();

// Says aloud what the result is, not all of it.
function show(markup) {
  result.innerHTML = markup;
  const words = result.querySelectorAll(".message, .verdict h2");
  announce([...words].map((each) => each.textContent.trim()).join(". "));
}

// The answer to the last check counts, whichever comes first.
async function check() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  result.setAttribute("aria-busy", "true");
  announce(result.dataset.busy);
  try {
    const response = await request(form.action, { method: "POST", body: new FormData(form), signal });
    const markup = await response.text();
    if (signal.aborted) return;
    if (response.ok || response.status === REFUSED) {
      show(markup);
      if (form.elements.keeping.value !== "nothing") await refreshFacts();
    } else toastText(problemOf(markup));
  } catch {
    if (!signal.aborted) toastText(text("offline"));
  } finally {
    if (!signal.aborted) result.removeAttribute("aria-busy");
  }
}

onFiles(form, input, ([file]) => {
  choose(form, input, file);
  check();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
