// Settle a picture: each mark is the decision of one pair, what follows is shown before the server
// says it, and the next picture is there at once.

import { announce, toastText } from "../js/notices.js";
import { decode } from "./ahead.js";
import { derive, isPicture, send, strip } from "./decided.js";
import { letterOf } from "./keymap.js";
import { dress, refill, showNext } from "./pictures.js";
import { explain, goOnWhenOnline, run, takeBack } from "./running.js";
import { isHeard, isOnTop, listen } from "./shortcuts.js";
import { current, isSeen, root, stage, texts } from "./stage.js";
import { outbox, report } from "./unsent.js";

// What only keys and touches need: fetched with the first, and there without a network then.
const afterwards = () => import("./afterwards.js");
const later = (name, ...given) => afterwards().then((module) => module[name](...given));
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

// Says what was done, which `ask` of reasons.js is told `about`, and what is asked now.
async function goOn(sentence, about) {
  const told = later("ask", { ...about, sentence, undo: takeBack }).catch(() => toastText(sentence));
  const next = strip().following;
  if (next) strip().focus(next);
  else {
    strip().paint();
    await showNext();
  }
  const place = next ? next.element : current();
  told.finally(() => announce([sentence, place.querySelector("img")?.alt].filter(Boolean).join(". ")));
}

async function mark(pair, act, batch) {
  const card = strip().card(pair);
  if (!strip().canDecide(card) || strip().stateOf(card) === act) return null;
  strip().focus(card, { scrolls: false });
  if (act === "dissociate" && strip().isKept(card)) return later("tellKept", stage);
  const { claimed } = current().dataset;
  const { key, page, address } = send(card, act, batch);
  const onSaid = (fields) => explain(fields, { address, pair, page, of: key });
  return goOn(texts[act], { act, key, claimed, onSaid });
}

async function matchAll() {
  const last = await later("sendAll");
  return last && goOn(last.sentence, { ...last, act: "confirm", claimed: "" });
}

outbox.onAnswer = (...given) => later("settle", ...given).catch(() => report(...given));

stage.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  if (form.matches("[data-marks]")) {
    const [pair, , act] = submitter.value.split(" ");
    run(() => mark(submitter.dataset.act ? strip().focused.pair : pair, submitter.dataset.act ?? act));
  } else run(() => (form.matches("[data-skip]") ? later("skip", { isLeft: true }) : later("undo", form)));
});

// Over the page; its link is for another tab, and for those without scripts.
function compare(event, card) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  strip().focus(card, { scrolls: false });
  run(() => import("./layer.js").then(({ open }) => open()));
}

stage.addEventListener("click", (event) => {
  const { target } = event;
  const card = strip().card(target.closest("[data-candidate]")?.dataset.candidate);
  if (target.closest("[data-compare], [data-compare-focus]")) return compare(event, card ?? strip().focused);
  const look = target.closest("[data-look]")?.dataset.look;
  if (look) return later("toggle", look);
  const go = target.closest("[data-go]")?.dataset.go;
  if (go) return run(() => later(go === "previous" ? "goBack" : "skip", { isLeft: false }));
  if (target.closest("[data-match-all]")) return run(matchAll);
  return card && !target.closest("a, button") && strip().focus(card);
});

const released = () => new Promise((resolve) => {
  for (const name of ["keyup", "blur"]) addEventListener(name, resolve, { once: true });
});
const isShifted = (event, button) => event.shiftKey && button && letterOf(event) === button.dataset.key;

function press(event) {
  if (!isHeard(event) || !isPicture(current())) return null;
  if (isShifted(event, stage.querySelector("[data-action=undo]"))) return run(() => later("redo", mark));
  if (!isOnTop(stage)) return null;
  const isOnControl = event.target.closest?.("a, button, summary, input, [data-notice]");
  if (ARROWS.includes(event.key) && !event.shiftKey) {
    event.preventDefault();
    return isSeen() && strip().move(event.key);
  }
  if (event.key === " " && !isOnControl) {
    event.preventDefault();
    return later("peek", released());
  }
  if (event.key === "Enter" && !isOnControl) return stage.querySelector("[data-compare-focus]").click();
  return isShifted(event, stage.querySelector("[data-act=confirm]")) && run(matchAll);
}

document.addEventListener("keydown", press);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isHeard(event, stage) || event.target.closest?.("[data-notice], details[open]")) return;
  location.assign(root.dataset.queue);
});

goOnWhenOnline(showNext);
listen();
stage.ariaBusy = "false";

dress(current());
derive(current());
strip().focus(strip().card(location.hash.slice(1)) ?? strip().first);
decode(current()).then(refill);
for (const name of ["keydown", "pointerdown"]) addEventListener(name, () => afterwards().catch(() => {}), { once: true });

