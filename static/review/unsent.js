// On every page: sends the decisions that a page before could not, and says how many are unsent.

import { elementsOf } from "../js/fragments.js";
import { announce, toast } from "../js/notices.js";
import { Outbox } from "./outbox.js";

const note = document.querySelector("[data-unsent]");

export const outbox = new Outbox(document.body.dataset.person);

function tell(unsent, hasFailed) {
  const isOffline = !navigator.onLine;
  note.hidden = !isOffline && (unsent === 0 || !hasFailed);
  const { offline, text, none } = note.dataset;
  const sentence = isOffline ? (unsent ? offline : none) : text;
  if (!note.hidden) note.textContent = sentence.replace("{n}", unsent);
}

// Away from the pair, an answer that is no yes becomes a notice that leads there.
async function report(response, entry) {
  if (response.ok) return;
  const link = document.createElement("a");
  link.href = entry.page;
  link.textContent = note.dataset.look;
  const [article] = response.status === 409 ? elementsOf(await response.text()) : [];
  const said = article?.querySelector("[data-conflict]")?.textContent.trim() ?? note.dataset.refused;
  announce(said);
  toast(said, link);
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
