// The tools above the pictures: which view, how large, what is switched on; kept for the pairs that
// follow and for the next visit.

import { choice, choose } from "./device.js";
import "./image-compare.js";
import { letterOf } from "./keymap.js";
import { isOnTop } from "./shortcuts.js";

const BUTTONS = "button, a, input:not([type=range]), select, textarea, summary, [contenteditable]";

const root = document.querySelector("[data-layer]") ?? document.querySelector("[data-review-loop]");
const stage = root.querySelector("[data-layer-stage], [data-stage]");
const tools = root.querySelector("[data-tools]");
const shown = tools.querySelector("[data-zoom-shown]");
const factors = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

const compare = () => stage.querySelector("image-compare");
const lens = () => compare().querySelector("[data-lens]");
const buttonsOf = (name) => root.querySelectorAll(`[data-${name}]`);

// What the list says holds until the person chooses, and the list's word is kept with the pair.
function isOn(look) {
  const pictures = compare();
  pictures.listSays ??= { ...pictures.dataset };
  return choice(look, pictures.listSays[look] ?? (look === "exposure" ? "on" : "off")) === "on";
}

function showView() {
  const pictures = compare();
  const view = pictures.canLay ? choice("view", "side") : "side";
  pictures.share = choice("share", 50);
  pictures.paused = choice("paused", false);
  pictures.view = view;
  for (const button of buttonsOf("view-switch")) {
    const { viewSwitch } = button.dataset;
    button.disabled = viewSwitch !== "side" && !pictures.canLay;
    button.ariaPressed = String(viewSwitch === view);
  }
  for (const part of lens()?.querySelectorAll("[data-for]") ?? []) part.hidden = !part.dataset.for.split(" ").includes(view);
  const range = lens()?.querySelector("[data-share]");
  if (range) range.value = choice("share", 50);
  lens()?.querySelector("[data-pause]").setAttribute("aria-pressed", choice("paused", false));
}

function showLooks() {
  const pictures = compare();
  for (const button of buttonsOf("toggle")) {
    const { toggle: look, needs } = button.dataset;
    const isThere = !needs || needs in pictures.dataset;
    const isPressed = isOn(look) && (isThere || look === "outline");
    button.disabled = !isThere;
    button.ariaPressed = String(isPressed);
    if (look === "exposure") pictures.evened = isPressed;
    else pictures.dataset[look] = isPressed ? "on" : "off";
  }
}

// What lies outside of the region is what is often to be read: it is dimmed as long as somebody asks.
function dim(isDimmed) {
  const button = tools.querySelector("[data-dim]");
  button.disabled = !(button.dataset.needs in (compare()?.dataset ?? {}));
  button.ariaPressed = String(isDimmed);
  compare()?.toggleAttribute("data-dimmed", isDimmed);
}

function showZoom() {
  const { zoom, canZoom } = compare();
  for (const button of buttonsOf("zoom")) button.disabled = !canZoom;
  shown.textContent = `${factors.format(zoom?.shown ?? 1)}×`;
  tools.querySelector("[data-zoom=original]").ariaPressed = String(zoom?.isNatural ?? false);
}

function showAll() {
  tools.hidden = !compare();
  if (tools.hidden) return;
  stage.querySelector("[data-details]").open = choice("details", false);
  showLooks();
  dim(false);
  showView();
  showZoom();
}

const acts = {
  viewSwitch(button, view) {
    if (view === "flip" && compare().view === "flip") return acts.pause();
    choose("view", view);
    showView();
    const range = lens()?.querySelector("[data-share]");
    // Chosen by key: the arrows move what this view has to move.
    if (range?.offsetParent && !tools.contains(document.activeElement)) range.focus({ preventScroll: true });
    return null;
  },
  toggle(button, look) {
    choose(look, isOn(look) ? "off" : "on");
    showLooks();
  },
  dim() {
    dim(!compare().hasAttribute("data-dimmed"));
  },
  zoom(button, how) {
    compare().zooming().then((zoom) => zoom[how](), () => {});
  },
  pause() {
    choose("paused", !choice("paused", false));
    showView();
  },
};

root.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const name = button && Object.keys(acts).find((each) => each in button.dataset);
  if (name) acts[name](button, button.dataset[name]);
});

stage.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-share]")) return;
  choose("share", Number(target.value));
  compare().share = target.value;
});

stage.addEventListener("toggle", ({ target }) => {
  if (target.matches("[data-details]") && target.isConnected) choose("details", target.open);
}, true);

stage.addEventListener("zoomed", showZoom);

const isForPictures = ({ key, target, ctrlKey, metaKey, altKey, shiftKey }) =>
  key === " " && !(ctrlKey || metaKey || altKey || shiftKey) && !target.closest?.(BUTTONS)
  && document.documentElement.dataset.shortcuts !== "off" && isOnTop(root);

document.addEventListener("keydown", (event) => {
  if (!compare() || !isForPictures(event)) return;
  event.preventDefault();
  compare().hold(true);
});
document.addEventListener("keyup", (event) => {
  if (event.key === " ") compare()?.hold(false);
  if (letterOf(event) === tools.querySelector("[data-dim]").dataset.key) dim(false);
});
addEventListener("blur", () => {
  compare()?.hold(false);
  dim(false);
});

// Before the next pair is painted.
new MutationObserver(showAll).observe(stage, { childList: true });
showAll();
