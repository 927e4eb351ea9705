// On every page: sends what a page before could not, and says how much is unsent.

import { isKept, kept } from "./kept_refusals.js";
import { newKey, Outbox } from "./outbox.js";

const note = document.querySelector("[data-unsent]");

export const outbox = new Outbox(document.body.dataset.person);

function tell(unsent, hasFailed) {
  const isOffline = !navigator.onLine;
  note.hidden = !isOffline && (unsent === 0 || !hasFailed);
  const { offline, text, none } = note.dataset;
  const sentence = isOffline ? (unsent ? offline : none) : text;
  if (!note.hidden) note.textContent = sentence.replace("{n}", unsent);
}

const refusals = () => import("./refusals.js");

export async function report(response, { address, pair, page, key, fields, isReplaced }) {
  const isDecided = response.ok && fields.act && fields.act !== "unsure";
  if (isDecided && isKept(pair)) (await refusals()).settle(pair);
  if (response.ok || isReplaced) return;
  const { refuse } = await refusals();
  // Its line offers to undo what was not done: that would undo the decision before it.
  document.querySelector(`[data-notice="${key}"]`)?.remove();
  await refuse(response, { pair, page }, (again) => outbox.push({ address, pair, page, key: newKey(), fields: again }));
}

outbox.onChange = tell;
outbox.onAnswer = report;
for (const change of ["online", "offline"]) {
  addEventListener(change, () => tell(outbox.entries.length, true));
}
// After the page's own script has said what it wants to know.
setTimeout(() => {
  tell(outbox.entries.length, false);
  outbox.flush();
  if (kept().length) refusals().then(({ restore }) => restore(), () => {});
});
