// Searches as soon as a picture is dropped, pasted or chosen; the slider narrows what came back.

import { choose, showChosen } from "./chosen.js";
import { onFiles } from "./drop.js";
import { problemOf, request } from "./fragments.js";
import { announce, text, toastText } from "./notices.js";

const REFUSED = 422;

const form = document.querySelector("[data-search]");
const result = document.querySelector("[data-search-result]");
const { image, text: named } = form.elements;
let running = new AbortController();

// Says aloud what the result is, not all of it, and brings it into sight on narrow screens.
function show(markup) {
  result.innerHTML = markup;
  const words = result.querySelectorAll(".message, .verdict h2, [data-threshold-shown]");
  announce([...words].map((each) => each.textContent.trim()).join(". "));
  if (result.getBoundingClientRect().top > innerHeight / 2) result.scrollIntoView();
}

// The answer to the last search counts, whichever comes first.
async function search() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  result.setAttribute("aria-busy", "true");
  announce(result.dataset.busy);
  try {
    const response = await request(form.action, { method: "POST", body: new FormData(form), signal });
    const markup = await response.text();
    if (signal.aborted) return;
    if (response.ok || response.status === REFUSED) show(markup);
    else toastText(problemOf(markup));
  } catch {
    if (!signal.aborted) toastText(text("offline"));
  } finally {
    if (!signal.aborted) result.removeAttribute("aria-busy");
  }
}

// Shows what reaches the slider's score; everything is there already.
function narrow(slider) {
  const groups = [...result.querySelectorAll("[data-score]")];
  for (const group of groups) group.hidden = Number(group.dataset.score) < Number(slider.value);
  const count = groups.filter((group) => !group.hidden).length;
  const shown = Number(slider.value) === 1 ? "1" : Number(slider.value).toFixed(2).replace(".", slider.dataset.decimal);
  result.querySelector("[data-threshold-value]").textContent = shown;
  result.querySelector("[data-threshold-shown] [data-count]").textContent = count;
  result.querySelector("[data-threshold-none]").hidden = count > 0;
}

onFiles(form, image, ([file]) => {
  choose(form, image, file);
  named.value = "";
  search();
});

named.addEventListener("input", () => {
  if (!image.files.length) return;
  image.value = "";
  showChosen(form, image);
});

result.addEventListener("input", ({ target }) => {
  if (target.matches("[data-threshold]")) narrow(target);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
