// All candidates above the threshold are matched at once.

import { send, strip } from "./decided.js";
import { newKey } from "./outbox.js";
import { explain } from "./running.js";
import { texts } from "./stage.js";

// Each is a decision by itself; what follows from the first ones is not asked. Returns the last of
// them with what is said of all, or null for none.
export function sendAll() {
  const batch = newKey();
  let [done, last] = [0, null];
  for (let [card] = strip().above; card; [card] = strip().above) {
    last = send(card, "confirm", batch);
    done += 1;
  }
  if (!done) return null;
  const onSaid = (fields) => explain(fields, { ...last, of: last.key });
  return { key: last.key, sentence: texts.all.replace("{n}", done), onSaid };
}
