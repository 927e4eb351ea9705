// Undo and redo on the page of a pair.

import { toastText } from "../js/notices.js";
import { count, showCount } from "./counts.js";
import { withdraw } from "./delivering.js";
import { tell } from "./reasons.js";
import { answered } from "./running.js";
import { current, texts } from "./stage.js";
import { undoAtServer } from "./undoing.js";
import { outbox } from "./unsent.js";

// `made` are the page's decisions, `undone` those taken back, the latest last.
export async function undo(form, { made, undone, showAgain }) {
  const last = made.at(-1);
  if (last && withdraw(outbox, last.key)) {
    undone.push(made.pop());
    if (!last.isOpen) showCount(count() + 1);
    return showAgain(last.article);
  }
  if (!outbox.isEmpty) {
    toastText(texts.wait);
    if (!navigator.onLine) return null;
    await answered();
    if (!outbox.isEmpty) return null;
  }
  // Told once, and nothing older is undone: the next undo means what was decided before.
  if (last?.isRefused) {
    made.pop();
    return tell(texts.refused);
  }
  const article = await undoAtServer(form, last ? { of: last.key } : {});
  if (!article) {
    // What a colleague has overruled stays theirs, and the next undo goes past it.
    if (last) made.pop();
    return null;
  }
  if (last) undone.push(made.pop());
  else undone.length = 0;
  showCount(Number(article.dataset.remaining));
  return showAgain(article);
}

// As a new decision, without its reason and note.
export function redo(undone) {
  const again = undone.at(-1);
  const { dataset } = current();
  const act = again?.pair === dataset.pair && current().querySelector(`[data-decide] [name=act][value=${again.act}]`);
  return act ? act.form.requestSubmit() : tell(texts.nothing);
}
