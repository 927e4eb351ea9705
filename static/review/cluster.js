// A cluster's page: select pairs by score, name the original. Everything is decided by plain forms.

import { boxesOf, focusedRow, selection, show } from "./selection.js";

const slider = document.querySelector("#score");
const shownScore = document.querySelector("[data-score-shown]");

function showScore() {
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2 });
  shownScore.textContent = format.format(slider.value);
}

function selectAbove() {
  const from = Number(slider.value);
  const form = selection();
  for (const box of boxesOf(form)) box.checked = Number(box.closest("[data-score]").dataset.score) >= from;
  show(form);
}

document.querySelector("[data-select-above]")?.addEventListener("click", selectAbove);
document.querySelector("[data-reference-of-focused]")?.addEventListener("click", () => {
  focusedRow()?.querySelector("[data-make-reference]")?.click();
});
slider?.addEventListener("input", showScore);
if (slider) showScore();
