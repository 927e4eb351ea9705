// What was decided on this page, and the strips of its pictures, whose marks are derived from it.

import { count, showCount } from "./counts.js";
import { newKey } from "./outbox.js";
import { picturesLeft, showLeft } from "./progress.js";
import { current, stage } from "./stage.js";
import { Strip } from "./strip.js";
import { outbox } from "./unsent.js";

// Older decisions are undone by the server.
const MOST_MADE = 200;

// This page's decisions, oldest first.
export const made = [];
// The versions of pairs as this person's decisions have raised them, and their cards as sent last.
export const versions = new Map();
const latest = new Map();
const strips = new WeakMap();

export function stripOf(article) {
  if (!strips.has(article)) {
    strips.set(article, new Strip(article));
    for (const card of strips.get(article).cards) if (!(latest.get(card.pair)?.version > card.version)) latest.set(card.pair, card);
  }
  return strips.get(article);
}

export const strip = () => stripOf(current());
export const isPicture = (article) => Boolean(article.dataset.pair);
export const pairsOf = (article) => stripOf(article).cards.filter(({ state }) => state === "open").map(({ pair }) => pair);

// Other pictures have the same pairs, and what was sent last knows best. Where it shows another state or
// kind, somebody else has changed it, and who looks at this card has not seen that.
function versionOf({ pair, version, state, kind }) {
  const now = latest.get(pair);
  const seen = now.state === state && now.kind === kind ? now.version : version;
  return Math.max(seen, versions.get(pair) ?? 0);
}

// Derives a picture's marks anew. One that is settled by that is not left any more.
export function derive(article) {
  const { isSettled } = stripOf(article);
  stripOf(article).derive(made);
  showLeft(picturesLeft() + isSettled - stripOf(article).isSettled);
}

function note({ key, batch, card, act }) {
  made.push({ key, batch, pair: card.pair, act, groups: [strip().model.group, card.group], page: current() });
  made.splice(0, made.length - MOST_MADE);
}

export function forget(decision) {
  made.splice(made.indexOf(decision), 1);
  for (const article of [decision.page, current()]) if (isPicture(article)) derive(article);
}

// Sends a decision and notes it; those of a batch are undone together.
export function send(card, act, batch) {
  const { dataset } = card.element;
  const key = newKey();
  const version = versionOf(card);
  const page = `${current().dataset.address}#${card.pair}`;
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(stage.querySelector("[data-marks]")));
  if (strip().stateOf(card) === "open" && act !== "unsure") showCount(count() - 1);
  note({ key, batch: batch ?? key, card, act });
  if (act !== "unsure") versions.set(card.pair, version + 1);
  outbox.push({ address: dataset.decide, pair: card.pair, page, key, fields: { act, version, ...fields } });
  derive(current());
  return { key, pair: card.pair, page, address: dataset.explain };
}

// What this browser decided before and the server does not know yet.
for (const { pair, key, fields } of outbox.entries) {
  const card = strip().card(pair);
  if (!card || !fields.act) continue;
  note({ key, batch: key, card, act: fields.act });
  if (fields.act !== "unsure") versions.set(pair, Math.max(versions.get(pair) ?? 0, Number(fields.version) + 1));
}
