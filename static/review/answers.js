// What the server's answers change on the page of a picture.

import { derive, isPicture, made, strip, versions } from "./decided.js";
import { refill } from "./pictures.js";
import { tellTruth } from "./reasons.js";
import { showLeftBehind } from "./running.js";
import { current } from "./stage.js";
import { outbox, report } from "./unsent.js";

// What was refused before has raised no version, and what a colleague had decided alike was theirs.
function noteVersion({ pair, fields: { act, version }, isWritten }) {
  if (outbox.entries.some((other) => other.pair === pair && other.fields.act)) return;
  versions.set(pair, Number(version) + (act === "unsure" || !isWritten ? 0 : 1));
}

// An answer moves nothing on the stage: a key pressed just then means the candidate in focus.
export async function settle(response, entry) {
  showLeftBehind(response, entry);
  const decision = made.find(({ key }) => key === entry.key);
  const refused = entry.fields.act && made.find(({ pair, isRefused }) => isRefused && pair === entry.pair);
  if (!response.ok && decision) decision.isRefused = true;
  if (response.ok && !decision && refused) {
    Object.assign(refused, { key: entry.key, isRefused: false, isPassed: false, act: entry.fields.act });
  }
  if (response.ok && entry.fields.act) noteVersion(entry);
  if (isPicture(current()) && (decision || refused)) {
    derive(current());
    strip().paint();
  }
  if (outbox.isEmpty) refill();
  await tellTruth(response, entry.key);
  await report(response, entry);
}
