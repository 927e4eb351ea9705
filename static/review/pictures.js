// Which picture is shown, which come next, and which were before.

import { Ahead } from "./ahead.js";
import { choice } from "./device.js";
import { keep } from "./claims.js";
import { isPicture, made, pairsOf, strip, stripOf } from "./decided.js";
import { showHead, showLeft } from "./progress.js";
import { answered } from "./running.js";
import { current, show, stage, waiting } from "./stage.js";
import { outbox } from "./unsent.js";

const AHEAD = { most: 4, fewest: 3 };
// As many ids of what is held as are sent.
const MOST_TRIES = 30;
// Older pictures are in the queue.
const MOST_BEFORE = 20;

export const before = [];
// Where nothing is left but what was refused here, which waits beside the page.
const refused = new Set();
const isSettled = (article) => stripOf(article).derive(made);
// Of a settled picture there may be more than a screen holds: that is not what is held.
const heldHere = () => [
  ...(isPicture(current()) && strip().open.length ? [current()] : []),
  ...[...refused].filter(isSettled),
].map(({ dataset }) => dataset.pair);
export const ahead = new Ahead(heldHere, AHEAD);
// What the server counted without knowing of a decision says nothing.
let lastKnown = null;
ahead.onLoading = (isLoading, articles) => {
  stage.dataset.ahead = isLoading ? "loading" : "loaded";
  if (isLoading) lastKnown = outbox.isEmpty ? made.at(-1) : null;
  else if (articles?.length && lastKnown === made.at(-1)) showLeft(articles[0].dataset.picturesLeft);
};

// What was settled here meanwhile is nothing to come.
export function refill() {
  const settled = ahead.articles.filter(isSettled);
  ahead.drop(settled.map(({ dataset }) => dataset.pair));
  if (current().dataset.next) ahead.fill(current());
}

// How a person looks at pictures is kept; until then it is the list's way.
export function dress(article) {
  for (const button of article.querySelectorAll("[data-look]")) {
    const { look } = button.dataset;
    article.dataset[look] = choice(look, article.dataset[look]);
    button.setAttribute("aria-pressed", article.dataset[look] === "on");
  }
}

export async function put(article, { focus } = {}) {
  if (isPicture(article)) {
    const coming = stripOf(article);
    coming.derive(made);
    coming.focus(coming.card(focus) ?? coming.first, { scrolls: false });
  }
  dress(article);
  article.classList.add("is-coming");
  const wasInStrip = document.activeElement?.closest("[data-candidate]");
  const shown = show(article);
  showHead(article);
  if (!isPicture(article)) showLeft(article.dataset.picturesLeft);
  else {
    stripOf(article).focus(stripOf(article).focused);
    if (wasInStrip) stripOf(article).focused.element.focus({ preventScroll: true });
  }
  await shown;
  renew();
  // Otherwise the answers do, which know more.
  if (outbox.isEmpty) refill();
}

// A doubt that was left open is not asked again at once.
const hasMore = (article, shown) => stripOf(article).open.some(({ pair }) => {
  const card = stripOf(shown).card(pair);
  return !card || stripOf(shown).stateOf(card) !== "unsure";
});

// The server knows every decision and asks all the same: what is not refused was taken back elsewhere.
function ask(article, asked) {
  const { pair } = article.dataset;
  const { cards } = stripOf(article);
  if (cards.some((card) => stripOf(article).stateOf(card) === "refused")) refused.add(article);
  // What was on its way when a decision was made comes once.
  else if (asked.has(pair)) made.splice(0, made.length, ...made.filter(({ isRefused }) => isRefused));
  asked.add(pair);
}

// Leaves out what is settled by now. The queue has ended when the server has every decision.
export async function pictureAfter(shown) {
  const asked = new Set();
  let [behind, looked] = [shown, 0];
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const isKnown = outbox.isEmpty;
    const article = await ahead.next(behind);
    if (isKnown && isPicture(article) && isSettled(article)) ask(article, asked);
    if (isPicture(article) && !isSettled(article)) {
      return behind === shown || hasMore(article, shown) ? article : behind;
    }
    if (!isPicture(article) && isKnown) {
      // Nothing is behind the picture; the rest of its own candidates may be, and what was handed out last
      // is not handed out at once.
      if (asked.size === looked && (behind !== shown || !isPicture(shown))) return article;
      [behind, looked] = [article, asked.size];
      continue;
    }
    if (!isKnown) await answered();
  }
  throw new Error("no picture");
}

export function pass(article) {
  before.push(article);
  before.splice(0, before.length - MOST_BEFORE);
}

export async function showNext() {
  const shown = current();
  const next = await pictureAfter(shown).catch(() => waiting(shown));
  if (isPicture(shown)) pass(shown);
  await put(next);
}

const held = () => (isPicture(current()) ? strip().focused.pair : "");
export const heldAhead = () => [current(), ...ahead.articles].filter(isPicture).flatMap(pairsOf);
// What a colleague has by now is not what was settled here.
const renew = keep(held, heldAhead, (lost) => {
  const taken = ahead.articles.filter((article) => {
    stripOf(article).derive(made);
    return stripOf(article).open.some(({ pair }) => lost.includes(pair));
  });
  ahead.drop(taken.map(({ dataset }) => dataset.pair));
  refill();
});
