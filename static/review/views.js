// How a pair is looked at: plain, with the region that matches, its blocks, or A laid over B.

import { Alignment } from "./alignment.js";

// Far below the three flashes a second that can harm.
const BLINK_MS = 700;

const root = document.querySelector("[data-review-loop]");
const stage = root.querySelector("[data-stage]");
const switches = root.querySelector("[data-view-switches]");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

// What was chosen stays for the pairs that follow, as far as they offer it.
let chosen = "region";
let share = 50;
let timer = null;
let alignment = null;

const article = () => stage.firstElementChild;
const blend = () => article().querySelector("[data-blend]");
const views = () => article().dataset.views?.split(" ") ?? [];

function showView() {
  const offered = views();
  const view = offered.includes(chosen) ? chosen : "region";
  switches.hidden = offered.length === 0;
  for (const button of switches.querySelectorAll("button")) {
    const { viewSwitch } = button.dataset;
    button.disabled = !offered.includes(viewSwitch);
    button.ariaPressed = String(viewSwitch === view);
  }
  if (offered.length) article().dataset.view = view;
  if (view === "overlay" || view === "difference") alignment ??= new Alignment(article().querySelector(".sides"));
  if (view === "overlay") showShare(share);
  else stopBlinking();
  if (view === "difference") alignment.over.style.opacity = 1;
}

function showShare(percent) {
  blend().querySelector("input").value = share;
  alignment.over.style.opacity = percent / 100;
}

const flip = () => { alignment.over.style.opacity = alignment.over.style.opacity === "1" ? 0 : 1; };

function stopBlinking() {
  clearInterval(timer);
  timer = null;
  blend()?.querySelector("button").setAttribute("aria-pressed", "false");
}

// Where motion is unwanted, each press shows the other picture.
function blink(button) {
  if (isCalm.matches) return flip();
  if (timer) {
    stopBlinking();
    return showShare(share);
  }
  timer = setInterval(flip, BLINK_MS);
  button.ariaPressed = "true";
  return flip();
}

switches.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  chosen = button.dataset.viewSwitch;
  showView();
});

stage.addEventListener("input", ({ target }) => {
  if (!target.closest("[data-blend]")) return;
  stopBlinking();
  share = Number(target.value);
  showShare(share);
});

stage.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-blend] button");
  if (button) blink(button);
});

// Before the next pair is painted.
new MutationObserver(() => {
  alignment = null;
  clearInterval(timer);
  timer = null;
  showView();
}).observe(stage, { childList: true });
showView();
