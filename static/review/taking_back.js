// Taking decisions back: those of this page that were not sent yet here, all others at the server.

import { toastText } from "../js/notices.js";
import { count, showCount } from "./counts.js";
import { forget, isPicture, made, versions } from "./decided.js";
import { ahead, before, put } from "./pictures.js";
import { tell } from "./reasons.js";
import { answered } from "./running.js";
import { current, texts } from "./stage.js";
import { undoAtServer } from "./undoing.js";
import { outbox } from "./unsent.js";

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
  // What was sent before knows nothing of it.
  ahead.drop(ahead.ids);
  return article;
}

export async function undo(form) {
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
      const undone = await takeBackAtServer(form, decision);
      if (!undone) continue;
      article = undone;
      isFresh = true;
    }
  }
  if (article) return showAgain(article, last?.pair, isFresh);
  return isRefused && tell(texts.notTaken);
}
