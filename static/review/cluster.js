// A cluster's page: select pairs by key or by score. Everything is decided by plain forms.

import { announce } from "../js/notices.js";
import { listen } from "./shortcuts.js";

const form = document.querySelector("[data-selectable]");
const boxes = [...(form?.querySelectorAll("input[name=pair]") ?? [])];
const count = form?.querySelector("[data-selection-count]");
const slider = document.querySelector("#score");
const shownScore = document.querySelector("[data-score-shown]");
let tile = null;

const number = (value) => new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 2 }).format(value);

function showSelection({ isSaid = true } = {}) {
  if (!count) return;
  const chosen = boxes.filter((box) => box.checked).length;
  const { text, textNone } = count.dataset;
  count.textContent = chosen ? text.replace("{n}", chosen) : textNone;
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = !chosen;
  if (isSaid) announce(count.textContent);
}

function toggle() {
  const box = tile?.querySelector("input[name=pair]") ?? boxes[0];
  if (!box) return;
  box.checked = !box.checked;
  box.focus();
  showSelection();
}

function selectAbove() {
  const from = Number(slider.value);
  for (const box of boxes) box.checked = Number(box.closest("[data-score]").dataset.score) >= from;
  showSelection();
}

// Arrow keys go from tile to tile of one grid; Tab still reaches everything.
function go(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const here = event.target.closest?.(".tiles > .tile");
  if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
  const isMirrored = getComputedStyle(here).direction === "rtl" && /Left|Right/.test(event.key);
  const next = step > 0 !== isMirrored ? here.nextElementSibling : here.previousElementSibling;
  if (!next) return;
  event.preventDefault();
  next.querySelector("a, input").focus();
}

document.addEventListener("focusin", ({ target }) => {
  tile = target.closest(".tiles > .tile") ?? tile;
});
document.addEventListener("keydown", go);
form?.addEventListener("change", () => showSelection());
slider?.addEventListener("input", () => { shownScore.textContent = number(slider.value); });
document.querySelector("[data-select-one]")?.addEventListener("click", toggle);
document.querySelector("[data-select-above]")?.addEventListener("click", selectAbove);
document.querySelector("[data-reference-of-focused]")?.addEventListener("click", () => {
  tile?.querySelector("[data-make-reference]")?.click();
});

listen();
showSelection({ isSaid: false });
if (slider) shownScore.textContent = number(slider.value);
