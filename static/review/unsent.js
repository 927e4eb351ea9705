// On every page: sends what a page before could not, and says how much is unsent.

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

export async function report(response, { address, pair, page, isReplaced }) {
  if (response.ok || isReplaced) return;
  const { refuse } = await import("./refusals.js");
  await refuse(response, { page }, (fields) => outbox.push({ address, pair, page, key: newKey(), fields }));
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
});
