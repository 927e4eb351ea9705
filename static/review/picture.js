// Settle a picture: mark its candidates, and see the next picture at once. Each mark is the decision
// of one pair, sent as from the page of a pair; what follows is shown before the server says it.

import { request } from "../js/fragments.js";
import { announce, toastText } from "../js/notices.js";
import { Ahead, articlesOf, decode } from "./ahead.js";
import { keep, leaving, release } from "./claims.js";
import { choice, choose } from "./choices.js";
import { count, showCount } from "./counts.js";
import { newKey } from "./outbox.js";
import { ask, tell } from "./reasons.js";
import { letterOf } from "./keymap.js";
import { isHeard, listen } from "./shortcuts.js";
import { current, isSeen, isWaiting, root, show, stage, texts, waiting } from "./stage.js";
import { Strip } from "./strip.js";
import { outbox, report } from "./unsent.js";
import { showHead } from "./progress.js";

const AHEAD = { most: 4, fewest: 3 };
const LONGEST_WAIT_MS = 3000;
const MOST_TRIES = 8;
// Older decisions are undone by the server, and older pictures are in the queue.
const MOST_MADE = 200;
const MOST_BEFORE = 20;
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

// This page's decisions, oldest first: what every picture that comes is derived from.
const made = [];
// The versions of pairs, as decisions have raised them since their pictures were sent.
const versions = new Map();
const strips = new WeakMap();
const before = [];
let undoKey = null;

function stripOf(article) {
  if (!strips.has(article)) {
    strips.set(article, new Strip(article));
    // What was sent last knows best; other pictures may have the same pairs.
    for (const { pair, version } of strips.get(article).cards) versions.set(pair, Math.max(version, versions.get(pair) ?? 0));
  }
  return strips.get(article);
}

const strip = () => stripOf(current());
const isPicture = (article) => Boolean(article.dataset.pair);
const pairsOf = (article) => stripOf(article).cards.filter(({ state }) => state === "open").map(({ pair }) => pair);
const ahead = new Ahead(() => [current().dataset.pair], AHEAD);

// What is settled by what was decided here is nothing to come.
function refill() {
  const settled = ahead.articles.filter((article) => stripOf(article).derive(made));
  ahead.drop(settled.map(({ dataset }) => dataset.pair));
  if (current().dataset.next) ahead.fill(current());
}

// How a person looks at pictures is kept; until then it is the list's way.
function dress(article) {
  for (const button of article.querySelectorAll("[data-look]")) {
    const { look } = button.dataset;
    article.dataset[look] = choice(look, article.dataset[look]);
    button.setAttribute("aria-pressed", article.dataset[look] === "on");
  }
}

function toggle(look) {
  choose(look, current().dataset[look] === "on" ? "off" : "on");
  dress(current());
}

async function put(article, { focus } = {}) {
  if (isPicture(article)) {
    const coming = stripOf(article);
    coming.derive(made);
    coming.focus(coming.card(focus) ?? coming.first, { scrolls: false });
  }
  dress(article);
  const wasInStrip = document.activeElement?.closest("[data-candidate]");
  const shown = show(article);
  showHead(article);
  if (isPicture(article)) {
    stripOf(article).focus(stripOf(article).focused);
    if (wasInStrip) stripOf(article).focused.element.focus({ preventScroll: true });
  }
  await shown;
  renew();
  refill();
}

// Leaves out what is settled by what was decided elsewhere. The queue has ended when the server has
// every decision.
async function pictureAfter(shown) {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const isKnown = outbox.isEmpty;
    const article = await ahead.next(shown);
    if (isPicture(article) && !stripOf(article).derive(made)) return article;
    if (!isPicture(article) && isKnown) return article;
    if (!isKnown) await Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS))]);
  }
  throw new Error("no picture");
}

function pass(article) {
  before.push(article);
  before.splice(0, before.length - MOST_BEFORE);
}

async function showNext() {
  const shown = current();
  const next = await pictureAfter(shown).catch(() => waiting(shown));
  if (isPicture(shown)) pass(shown);
  await put(next);
}

function explain(fields, { address, pair, page, of }) {
  outbox.push({ address, pair, page, key: newKey(), fields: { ...fields, of } });
  announce(texts.explained);
}

// Sends what was decided about one candidate and notes it; several of a batch are undone together.
function send(card, act, batch) {
  const { dataset } = card.element;
  const key = newKey();
  const version = versions.get(card.pair);
  const page = `${current().dataset.address}#${card.pair}`;
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(stage.querySelector("[data-marks]")));
  if (strip().stateOf(card) === "open" && act !== "unsure") showCount(count() - 1);
  made.push({ key, batch: batch ?? key, pair: card.pair, act, groups: [strip().model.group, card.group], page: current() });
  made.splice(0, made.length - MOST_MADE);
  if (act !== "unsure") versions.set(card.pair, version + 1);
  outbox.push({ address: dataset.decide, pair: card.pair, page, key, fields: { act, version, ...fields } });
  strip().derive(made);
  return { key, pair: card.pair, page, address: dataset.explain };
}

// Says what was done, and what is asked now.
async function goOn(said) {
  const next = strip().following;
  if (next) strip().focus(next);
  else {
    strip().paint();
    await showNext();
  }
  const place = next ? next.element : current();
  announce([said, place.querySelector("img")?.alt].filter(Boolean).join(". "));
}

async function mark(pair, act) {
  const card = strip().card(pair);
  if (!strip().canDecide(card) || strip().stateOf(card) === act) return null;
  strip().focus(card, { scrolls: false });
  const { key, page, address } = send(card, act);
  const onSaid = (fields) => explain(fields, { address, pair, page, of: key });
  const claimed = card.element.querySelector("[data-claims-of]")?.content.querySelector("[data-claim-text]")?.textContent ?? "";
  ask({ act, key, sentence: texts[act], claimed, onSaid, undo: takeBack });
  return goOn(texts[act]);
}

// Each is a decision by itself; what follows from the first ones is not asked.
async function matchAll() {
  const batch = newKey();
  let [done, last] = [0, null];
  for (let [card] = strip().above; card; [card] = strip().above) {
    last = send(card, "confirm", batch);
    done += 1;
  }
  if (!done) return null;
  const onSaid = (fields) => explain(fields, { ...last, of: last.key });
  const sentence = texts.all.replace("{n}", done);
  ask({ act: "confirm", key: last.key, sentence, claimed: "", onSaid, undo: takeBack });
  return goOn(sentence);
}

async function skip({ isLeft }) {
  if (isWaiting()) return showNext();
  const shown = current();
  const article = await pictureAfter(shown);
  if (!isPicture(article)) return toastText(texts.only);
  pass(shown);
  await put(article);
  return isLeft && release({ held_ids: pairsOf(shown) });
}

async function goBack() {
  const article = before.pop();
  if (!article) return toastText(texts.first);
  ahead.putBack(current());
  return put(article);
}

const takeBack = () => stage.querySelector("[data-undo]").requestSubmit();

function forget(decision) {
  made.splice(made.indexOf(decision), 1);
  for (const article of [decision.page, current()]) if (isPicture(article)) stripOf(article).derive(made);
}

async function showAgain(article, pair, isFresh) {
  tell(texts.undone);
  ahead.drop([article.dataset.pair]);
  if (before.at(-1) === article || before.at(-1)?.dataset.pair === article.dataset.pair) before.pop();
  // What the server undid may have shaped the picture that was shown meanwhile: it is sent anew.
  if (!isFresh && isPicture(current()) && article.dataset.pair !== current().dataset.pair) ahead.putBack(current());
  await put(article, { focus: pair });
}

// Takes one decision back, the latest if none is named; without an answer the same undo is meant the
// next time. What a colleague has overruled stays theirs, and the next undo goes past it.
async function undoAtServer(form, decision) {
  undoKey ??= newKey();
  const body = new FormData(form);
  body.set("key", undoKey);
  if (decision) {
    body.set("picture", decision.page.dataset.pair);
    body.set("of", decision.key);
  }
  const response = await request(form.action, { method: "POST", body });
  undoKey = null;
  if (response.status === 409) {
    toastText((await response.json()).message);
    if (decision) decision.isPassed = true;
    return null;
  }
  const [article] = await articlesOf(response);
  if (decision) forget(decision);
  showCount(Number(article.dataset.remaining));
  // What was sent before knows nothing of it.
  ahead.drop(ahead.ids);
  return article;
}

async function undo(form) {
  const last = made.findLast(({ isPassed }) => !isPassed);
  const batch = last ? made.filter(({ batch: each, isPassed }) => each === last.batch && !isPassed).reverse() : [null];
  let [article, isFresh, isRefused] = [null, false, false];
  for (const decision of batch) {
    if (decision && outbox.withdraw(decision.key)) {
      forget(decision);
      if (decision.act !== "unsure") {
        showCount(count() + 1);
        versions.set(decision.pair, versions.get(decision.pair) - 1);
      }
      article = decision.page;
    } else {
      if (!outbox.isEmpty) {
        toastText(texts.wait);
        if (!navigator.onLine) return null;
        await outbox.flush();
      }
      if (decision && !made.includes(decision)) return null;
      if (decision?.isRefused) {
        // Told once: the next undo means what was decided before.
        decision.isPassed = true;
        isRefused = true;
        continue;
      }
      const undone = await undoAtServer(form, decision);
      if (!undone) continue;
      article = undone;
      isFresh = true;
    }
  }
  if (article) return showAgain(article, last?.pair, isFresh);
  return isRefused && tell(texts.notTaken);
}

// What was refused before has raised no version.
function noteVersion({ pair, fields: { act, version } }) {
  if (outbox.entries.some((other) => other.pair === pair && other.fields.act)) return;
  versions.set(pair, Number(version) + (act === "unsure" ? 0 : 1));
}

// An answer moves nothing on the stage: a key pressed just then means the candidate in focus.
outbox.onAnswer = async (response, entry) => {
  const left = response.headers.get("X-To-Review");
  if (left && outbox.isEmpty) showCount(Number(left));
  const decision = made.find(({ key }) => key === entry.key);
  const refused = entry.fields.act && made.find(({ pair, isRefused }) => isRefused && pair === entry.pair);
  if (!response.ok && decision) decision.isRefused = true;
  if (response.ok && !decision && refused) {
    Object.assign(refused, { key: entry.key, isRefused: false, isPassed: false, act: entry.fields.act });
  }
  if (response.ok && entry.fields.act) noteVersion(entry);
  if (isPicture(current()) && (decision || refused)) {
    strip().derive(made);
    strip().paint();
  }
  if (outbox.isEmpty) refill();
  await report(response, entry);
};

async function run(act) {
  if (!isSeen() || stage.ariaBusy === "true") return;
  stage.ariaBusy = "true";
  try {
    await act();
  } catch {
    toastText(texts.unreachable);
  } finally {
    stage.ariaBusy = "false";
  }
}

stage.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  if (form.matches("[data-marks]")) {
    const [pair, , act] = submitter.value.split(" ");
    run(() => mark(submitter.dataset.act ? strip().focused.pair : pair, submitter.dataset.act ?? act));
  } else run(() => (form.matches("[data-skip]") ? skip({ isLeft: true }) : undo(form)));
});

stage.addEventListener("click", ({ target }) => {
  if (target.closest("[data-compare], [data-compare-focus]")) leaving.comesBack = true;
  const look = target.closest("[data-look]")?.dataset.look;
  if (look) return toggle(look);
  const go = target.closest("[data-go]")?.dataset.go;
  if (go) return run(() => (go === "previous" ? goBack() : skip({ isLeft: false })));
  if (target.closest("[data-match-all]")) return run(matchAll);
  const card = target.closest("[data-candidate]");
  return card && !target.closest("a, button") && strip().focus(strip().card(card.dataset.candidate));
});

function press(event) {
  if (!isHeard(event) || !isPicture(current())) return null;
  const isOnControl = event.target.closest?.("a, button, summary, input, [data-notice]");
  if (ARROWS.includes(event.key) && !event.shiftKey) {
    event.preventDefault();
    return isSeen() && strip().move(event.key);
  }
  if (event.key === "Enter" && !isOnControl) return stage.querySelector("[data-compare-focus]").click();
  const confirm = stage.querySelector("[data-act=confirm]")?.dataset.key;
  if (event.shiftKey && confirm && letterOf(event) === confirm) return run(matchAll);
  return null;
}

document.addEventListener("keydown", press);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isHeard(event) || event.target.closest?.("[data-notice], details[open]")) return;
  location.assign(root.dataset.queue);
});

ahead.onLoading = (isLoading) => { stage.dataset.ahead = isLoading ? "loading" : "loaded"; };

// What failed offline may be under way still.
const tryAgain = () => (stage.ariaBusy === "true" ? requestAnimationFrame(tryAgain) : isWaiting() && run(showNext));
addEventListener("online", tryAgain);
listen();
stage.ariaBusy = "false";

// What this browser decided before and the server does not know yet.
for (const { pair, key, fields } of outbox.entries) {
  const card = strip().card(pair);
  if (!card || !fields.act) continue;
  made.push({ key, batch: key, pair, act: fields.act, groups: [strip().model.group, card.group], page: current() });
  if (fields.act !== "unsure") versions.set(pair, Math.max(versions.get(pair), Number(fields.version) + 1));
}
const held = () => (isPicture(current()) ? strip().focused.pair : "");
const heldAhead = () => [current(), ...ahead.articles].filter(isPicture).flatMap(pairsOf);
// What a colleague has by now is not what was settled here.
const renew = keep(held, heldAhead, (lost) => {
  const taken = ahead.articles.filter((article) => {
    stripOf(article).derive(made);
    return stripOf(article).open.some(({ pair }) => lost.includes(pair));
  });
  ahead.drop(taken.map(({ dataset }) => dataset.pair));
  refill();
});
dress(current());
strip().derive(made);
strip().focus(strip().card(location.hash.slice(1)) ?? strip().first);
decode(current()).then(refill);
