// Decide and see the next pair at once: it is there, decoded, before the key is pressed.

import { toastText } from "../js/notices.js";
import { Ahead, decode } from "./ahead.js";
import { keep, release } from "./claims.js";
import { count, showCount } from "./counts.js";
import { letterOf } from "./keymap.js";
import { newKey } from "./outbox.js";
import { ask, tell, tellKept, tellTruth, tellWhatFollows } from "./reasons.js";
import { answered, explain, goOnWhenOnline, run, showLeftBehind, takeBack } from "./running.js";
import { isHeard, listen } from "./shortcuts.js";
import { current, isWaiting, root, show, stage, texts, waiting } from "./stage.js";
import { outbox, report } from "./unsent.js";

// Kept articles can be undone without the server.
const MOST_UNDONE_HERE = 50;

const made = [];
// What was taken back, the latest last: to be done again until something else is decided.
const undone = [];

const shownId = () => current().dataset.pair;
const ahead = new Ahead(() => [shownId(), ...outbox.entries.map(({ pair }) => pair)]);

const { back } = root.dataset;

function fill(article) {
  if (article.dataset.next && !back) ahead.fill(article);
}

async function put(article) {
  document.querySelector("[data-way=picture]").href = article.dataset.picture ?? root.dataset.pictures;
  await show(article);
  renew();
  fill(article);
}

// The queue has ended when the server has every decision.
async function followerOf(shown) {
  const isKnown = outbox.isEmpty;
  const article = await ahead.next(shown);
  if (article.dataset.pair || isKnown) return article;
  await answered();
  return ahead.next(shown);
}

async function showNext() {
  const shown = current();
  // Opened from the page of a picture, which goes on as soon as it can know of this decision.
  if (back) {
    await answered();
    return location.assign(back);
  }
  await put(await followerOf(shown).catch(() => waiting(shown)));
}

async function decide(form) {
  if (form.querySelector("[aria-disabled=true]")) return tellKept(current());
  const { pair, address: page, explain: address, claimed } = current().dataset;
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(form));
  const key = newKey();
  const again = undone.pop();
  if (again?.pair !== pair || again.act !== fields.act) undone.length = 0;
  made.push({ key, article: current(), pair, act: fields.act, isOpen: fields.act === "unsure" });
  made.splice(0, made.length - MOST_UNDONE_HERE);
  outbox.push({ address: form.action, pair, page, key, fields });
  if (fields.act !== "unsure") showCount(count() - 1);
  const onSaid = (said) => explain(said, { address, pair, page, of: key });
  ask({ act: fields.act, key, sentence: texts[fields.act], claimed, onSaid, undo: takeBack });
  return showNext();
}

// Colleagues give up what they had.
async function lookAgain() {
  await showNext();
  return shownId() || toastText(current().querySelector("h2").textContent);
}

async function skip() {
  if (isWaiting() || back) return showNext();
  if (!shownId()) return lookAgain();
  const shown = current();
  const article = await ahead.next(shown);
  if (!article.dataset.pair) return toastText(texts.only);
  await put(article);
  return release({ held_ids: shown.dataset.pair });
}

async function showAgain(article) {
  tell(texts.undone);
  ahead.drop([article.dataset.pair]);
  if (article.dataset.pair !== current().dataset.pair) ahead.putBack(current());
  await put(article);
}

const undoing = () => import("./pair_undo.js");
const undo = (form) => undoing().then((module) => module.undo(form, { made, undone, showAgain }));
const redo = () => undoing().then((module) => module.redo(undone));

// What was refused stays until it is undone, which does nothing, or decided again after all.
function noteAnswer({ ok }, { key, pair, fields: { act } }) {
  const decision = made.find((each) => each.key === key);
  const refused = made.find((each) => each.isRefused && each.pair === pair);
  if (decision) decision.isRefused = !ok;
  else if (ok && act && refused) Object.assign(refused, { key, act, isRefused: false });
}

// An answer changes nothing on the stage: a key pressed just then means the pair shown.
outbox.onAnswer = async (response, entry) => {
  showLeftBehind(response, entry);
  if (response.ok && await tellWhatFollows(response, entry.key)) {
    ahead.drop(ahead.ids);
    fill(current());
  }
  noteAnswer(response, entry);
  await tellTruth(response, entry.key);
  await report(response, entry);
};

stage.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-explain]")) return;
  const act = form.matches("[data-decide]") ? decide : form.matches("[data-skip]") ? skip : undo;
  event.preventDefault();
  run(act, form);
});

ahead.onLoading = (isLoading) => { stage.dataset.ahead = isLoading ? "loading" : "loaded"; };

goOnWhenOnline(showNext);
listen();
document.addEventListener("keydown", (event) => {
  const button = stage.querySelector("[data-action=undo]");
  if (event.shiftKey && button && isHeard(event) && letterOf(event) === button.dataset.key) redo();
});
if (back) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isHeard(event) && !event.target.closest?.("[data-notice]")) location.assign(back);
  });
}
stage.ariaBusy = "false";
const renew = keep(shownId, () => ahead.ids, (lost) => ahead.drop(lost));
// What takes back is there without a network too.
undoing().catch(() => {});
decode(current()).then(() => fill(current()));
