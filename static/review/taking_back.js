// Taking decisions back: those of this page that were not sent yet here, all others at the server.

import { toastText } from "../js/notices.js";
import { count, showCount } from "./counts.js";
import { forget, isPicture, made, strip, versions } from "./decided.js";
import { withdraw } from "./delivering.js";
import { ahead, before, put } from "./pictures.js";
import { showLeft } from "./progress.js";
import { tell } from "./reasons.js";
import { answered } from "./running.js";
import { current, texts } from "./stage.js";
import { undoAtServer } from "./undoing.js";
import { outbox } from "./unsent.js";

// What was taken back here, the latest last: to be done again until something else is decided.
const undone = [];
// The decision after which that holds.
let after = null;

function noteUndone(taken, last) {
  if (after !== last || !taken.length) undone.length = 0;
  if (taken.length) undone.push(taken);
  after = made.at(-1);
}

// Decides once more what was taken back last, by `mark(pair, act, batch)`: as new decisions, without
// their reasons and notes.
export async function redo(mark) {
  const again = after === made.at(-1) ? undone.at(-1) : null;
  if (!isPicture(current()) || !again?.every(({ pair }) => strip().card(pair))) return tell(texts.nothing);
  undone.pop();
  for (const { pair, act, batch } of again) await mark(pair, act, batch);
  after = made.at(-1);
  return null;
}

async function showAgain(article, pair, isFresh) {
  tell(texts.undone);
  ahead.drop([article.dataset.pair]);
  if (before.at(-1) === article || before.at(-1)?.dataset.pair === article.dataset.pair) before.pop();
  // What the server undid may have shaped the picture that was shown meanwhile: it is sent anew.
  if (!isFresh && isPicture(current()) && article.dataset.pair !== current().dataset.pair) ahead.putBack(current());
  await put(article, { focus: pair });
}

// Takes one decision back, the latest if none is named. What a colleague has overruled stays theirs, and
// the next undo goes past it.
async function takeBackAtServer(form, decision) {
  const named = decision ? { picture: decision.page.dataset.pair, of: decision.key } : {};
  const article = await undoAtServer(form, named);
  if (!article) {
    if (decision) decision.isPassed = true;
    return null;
  }
  if (decision) forget(decision);
  showCount(Number(article.dataset.remaining));
  showLeft(article.dataset.picturesLeft);
  // What was sent before knows nothing of it.
  ahead.drop(ahead.ids);
  return article;
}

export async function undo(form) {
  const last = made.findLast(({ isPassed }) => !isPassed);
  const batch = last ? made.filter(({ batch: each, isPassed }) => each === last.batch && !isPassed).reverse() : [null];
  const latest = made.at(-1);
  const taken = [];
  let [article, isFresh, isRefused] = [null, false, false];
  for (const decision of batch) {
    if (decision && withdraw(outbox, decision.key)) {
      forget(decision);
      taken.unshift(decision);
      if (decision.act !== "unsure") {
        showCount(count() + 1);
        versions.set(decision.pair, versions.get(decision.pair) - 1);
      }
      article = decision.page;
    } else {
      if (!outbox.isEmpty) {
        toastText(texts.wait);
        if (!navigator.onLine) return null;
        await answered();
        if (!outbox.isEmpty) return null;
      }
      if (decision && !made.includes(decision)) return null;
      if (decision?.isRefused) {
        // Told once: the next undo means what was decided before.
        decision.isPassed = true;
        isRefused = true;
        continue;
      }
      const sent = await takeBackAtServer(form, decision);
      if (!sent) continue;
      if (decision) taken.unshift(decision);
      article = sent;
      isFresh = true;
    }
  }
  noteUndone(taken, latest);
  if (article) return showAgain(article, last?.pair, isFresh);
  return isRefused && tell(texts.notTaken);
}
