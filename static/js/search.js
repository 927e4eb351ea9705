// Searches as soon as a picture is dropped, pasted or chosen; the slider narrows what came back.

import { asker, choose, showChosen } from "./chosen.js";
import { onFiles } from "./drop.js";

const form = document.querySelector("[data-search]");
const result = document.querySelector("[data-search-result]");
const { image, text: named } = form.elements;

// On narrow screens the result is below what is seen.
const search = asker(form, result, () => {
  if (result.getBoundingClientRect().top > innerHeight / 2) result.scrollIntoView();
});

// Shows what reaches the slider's score; everything is there already.
function narrow(slider) {
  const groups = [...result.querySelectorAll("[data-score]")];
  for (const group of groups) group.hidden = Number(group.dataset.score) < Number(slider.value);
  const count = groups.filter((group) => !group.hidden).length;
  const digits = Number(slider.value) === 1 ? 0 : 2;
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  result.querySelector("[data-threshold-value]").textContent = format.format(slider.value);
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
