// Sends decisions in order, and again until they are answered. The server counts each key once.

import { formOf, request, soon } from "../js/fragments.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;
const TOO_MANY = 429;

// What stands between, a proxy or a hotel's network, answers too: what was taken comes with a count.
const TAKEN = "X-To-Review";

export const isUnanswered = ({ status }) => status >= 500 || status === TOO_MANY;

const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  addEventListener("online", resolve, { once: true });
});

// Whether the server has written a decision, and the pair another version since: not where it refused,
// and not where a colleague had decided alike.
async function isWritten(response, { fields }) {
  return response.ok && (!fields.act || (await response.clone().json()).is_own);
}

// Returns the server's answer and whether it was written, or null for none.
async function send(outbox, entry) {
  const sent = () => {
    const body = formOf({ ...entry.fields, key: entry.key });
    return request(entry.address, { method: "POST", body, signal: soon() });
  };
  outbox.write({ ...entry, wasTried: true });
  try {
    let response = await sent();
    if (response.status === 403) {
      await (await import("./token.js")).renew();
      response = await sent();
    }
    const isNone = isUnanswered(response) || (response.ok && !response.headers.has(TAKEN));
    return isNone ? null : { response, isWritten: await isWritten(response, entry) };
  } catch {
    return null;
  }
}

// A further decision counts on the one before it. Where that was not written it has its version, or it
// could overrule a colleague unseen. Tells whether there is one.
function holdBack(outbox, { pair, key, fields }) {
  const isLater = (other) => other.pair === pair && other.key !== key && other.fields.act;
  const later = fields.act ? outbox.entries.find(isLater) : null;
  if (later) outbox.write({ ...later, fields: { ...later.fields, version: fields.version } });
  return Boolean(later);
}

async function settle(outbox, answer, entry) {
  outbox.remove(entry);
  outbox.tell(false);
  // What was refused is not told where the further decision's answer is.
  const isReplaced = !answer.isWritten && holdBack(outbox, entry);
  await outbox.onAnswer(answer.response, { ...entry, isWritten: answer.isWritten, isReplaced });
  // Decided while the page took that in.
  if (!answer.isWritten) holdBack(outbox, entry);
}

// Takes back what never left this device, and what was said of it. Tells whether it could.
export function withdraw(outbox, wanted) {
  const about = outbox.entries.filter(({ key, fields }) => key === wanted || fields.of === wanted);
  if (!about.some(({ key }) => key === wanted) || about.some(({ wasTried }) => wasTried)) return false;
  for (const entry of about) outbox.remove(entry);
  outbox.tell();
  return true;
}

// Resolves when nothing is left to send.
export async function deliver(outbox) {
  let pauseMs = FIRST_PAUSE_MS;
  for (let [entry] = outbox.entries; entry; [entry] = outbox.entries) {
    const answer = navigator.onLine ? await send(outbox, entry) : null;
    if (!answer) {
      outbox.tell(true);
      await pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    } else {
      pauseMs = FIRST_PAUSE_MS;
      await settle(outbox, answer, entry);
    }
  }
}
