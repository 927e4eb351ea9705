// Checks a picture as soon as it is dropped, pasted or chosen, and shows it beside what was found. The
// file stays here: what to keep of it is said afterwards, and it is sent again.

import { asker, choose, showChosen } from "./chosen.js";
import { onFiles } from "./drop.js";
import { stageBeside } from "./check_stage.js";
import { MARK, takeOver } from "./handing.js";

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-check-result]");
const { image, text: named } = form.elements;

const chosen = () => (image.files.length ? form.querySelector("[data-chosen-picture]").src : "");
const show = (hit) => stageBeside(result, hit, chosen());

const check = asker(form, result, async () => {
  await show(result.querySelector(".match:not([hidden]):has([data-compare])"));
  // On narrow screens the result is below what is seen.
  if (result.getBoundingClientRect().top > innerHeight) result.scrollIntoView();
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

// Nothing is kept of the next picture because something was kept of this one.
function keep(what) {
  const { keeping, add_to: list } = form.elements;
  const wanted = result.querySelector("[data-add-to]")?.value;
  if (list && wanted) list.value = wanted;
  keeping.value = what;
  check();
  keeping.value = "nothing";
}

function begin(file) {
  choose(form, image, file);
  named.value = "";
  check();
}

onFiles(form, image, ([file]) => begin(file));

named.addEventListener("input", () => {
  if (!image.files.length) return;
  image.value = "";
  showChosen(form, image);
});

result.addEventListener("input", ({ target }) => {
  if (target.matches("[data-threshold]")) narrow(target);
});

result.addEventListener("click", ({ target }) => {
  const kept = target.closest("[data-keep]");
  if (kept) keep(kept.dataset.keep);
  const shown = target.closest("[data-compare-show]");
  if (shown) show(shown.closest(".match"));
});

if (result.querySelector("[data-compare]")) show(result.querySelector(".match:not([hidden]):has([data-compare])"));

// A picture that Find had comes along.
if (location.hash === MARK) {
  history.replaceState(history.state, "", location.pathname + location.search);
  takeOver().then((file) => { if (file) begin(file); }, () => {});
}
