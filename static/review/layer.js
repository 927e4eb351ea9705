// Compare: the candidate in focus beside the incoming picture, large, in a layer over the page. The
// layer follows the focus of the page, and its decisions are the page's.

import { request, soon } from "../js/fragments.js";
import { toastText } from "../js/notices.js";
import { articlesOf } from "./ahead.js";
import { strip } from "./decided.js";
import { label } from "./keymap.js";
import { takeBack } from "./running.js";
import { isHeard } from "./shortcuts.js";
import { current, hold, root, stage, texts } from "./stage.js";

const SIDEWAYS = ["ArrowLeft", "ArrowRight"];

const template = root.querySelector("[data-layer-template]");
const layer = document.importNode(template.content, true).querySelector("dialog");
const place = layer.querySelector("[data-layer-stage]");
const title = layer.querySelector("[data-layer-title]");
// What is told belongs to what lies on top: beneath it nothing is read out or pressed.
const told = document.querySelectorAll("[data-toasts], [data-announcer]");
const closed = () => new Promise((resolve) => layer.addEventListener("close", resolve, { once: true }));
// The pairs that may be next, by address.
const coming = new Map();
let ready = null;
let picture = "";
let shown = null;

const style = (href) => new Promise((resolve, reject) => {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  link.addEventListener("load", resolve);
  link.addEventListener("error", reject);
  document.head.append(link);
});

async function prepare() {
  document.body.append(layer);
  await Promise.all([...template.dataset.styles.split(" ").map(style), import("./views.js")]);
}

async function fetched(address) {
  const response = await request(address, { signal: soon() });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const [article] = await articlesOf(response);
  // The page's own are below it.
  article.querySelector(".decide").remove();
  return article;
}

function load(card) {
  const { href } = card.element.querySelector("[data-compare]");
  if (!coming.has(href)) coming.set(href, fetched(href));
  return coming.get(href);
}

// What was seen once may be decided by now: it is sent anew.
function loadNext({ cards, focused, following }) {
  coming.clear();
  for (const card of [following, cards[cards.indexOf(focused) + 1]]) {
    if (card && card !== focused) load(card).catch(() => coming.clear());
  }
}

async function show() {
  const card = strip().focused;
  shown = card;
  title.textContent = title.dataset.text.replace("{n}", card.number).replace("{all}", strip().cards.length);
  place.replaceChildren();
  const article = await load(card);
  if (card !== shown) return;
  place.replaceChildren(article);
  label(layer);
  loadNext(strip());
}

function fail() {
  layer.close();
  toastText(texts.unreachable);
}

// Nothing is decided before it is seen; an answer to what was decided changes nothing here.
function follow() {
  if (!layer.open) return;
  if (current().dataset.pair !== picture) {
    layer.close();
    return;
  }
  for (const button of layer.querySelectorAll("[data-act]")) {
    const { disabled, ariaDisabled } = stage.querySelector(`[data-act=${button.dataset.act}]`);
    Object.assign(button, { disabled, ariaDisabled });
  }
  // Who has closed it sees the page, whatever is still to come here.
  if (strip().focused !== shown) hold(Promise.race([show(), closed()])).catch(fail);
}

export async function open() {
  ready ??= prepare();
  await Promise.all([ready, load(strip().focused)]).catch((error) => {
    ready = null;
    coming.clear();
    throw error;
  });
  const decide = stage.querySelector(".decide").cloneNode(true);
  decide.removeAttribute("id");
  decide.autofocus = true;
  layer.querySelector("[data-layer-decide]").replaceChildren(decide);
  layer.append(...told);
  picture = current().dataset.pair;
  layer.showModal();
  follow();
}

layer.addEventListener("close", () => {
  document.body.append(...told);
  place.replaceChildren();
  coming.clear();
  shown = null;
  strip().focused?.element.focus({ preventScroll: true });
});

layer.addEventListener("click", ({ target }) => {
  if (target.closest("[data-layer-close]")) return layer.close();
  if (target.closest("[data-layer-undo]")) return takeBack();
  const go = target.closest("[data-layer-go]");
  return go && strip().move(go.dataset.layerGo);
});

layer.addEventListener("keydown", (event) => {
  // It closes the line to write in, and not the layer.
  if (event.key === "Escape" && event.target.closest("[data-notice]")) event.preventDefault();
});

// Arrows that move a slider or a picture that is zoomed are its own.
document.addEventListener("keydown", (event) => {
  const isTaken = event.target.matches?.("input") || layer.querySelector("[data-zoomed]");
  if (!SIDEWAYS.includes(event.key) || event.shiftKey || isTaken || !layer.open || !isHeard(event, layer)) return;
  event.preventDefault();
  strip().move(event.key);
});

new MutationObserver(follow).observe(stage, { attributeFilter: ["aria-current", "aria-disabled", "disabled"], childList: true, subtree: true });
