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

// Returns the server's answer, or null for none.
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
    return isUnanswered(response) || (response.ok && !response.headers.has(TAKEN)) ? null : response;
  } catch {
    return null;
  }
}

// A further decision counts on the one before it. Where that is refused it has its version, or it
// could overrule a colleague unseen; its answer is told instead.
function holdBack(outbox, refused) {
  const isLater = ({ pair, key, fields }) => pair === refused.pair && key !== refused.key && fields.act;
  const later = refused.fields.act ? outbox.entries.find(isLater) : null;
  if (!later) return refused;
  outbox.write({ ...later, fields: { ...later.fields, version: refused.fields.version } });
  return { ...refused, isReplaced: true };
}

async function settle(outbox, response, entry) {
  outbox.remove(entry);
  outbox.tell(false);
  await outbox.onAnswer(response, response.ok ? entry : holdBack(outbox, entry));
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
    const response = navigator.onLine ? await send(outbox, entry) : null;
    if (!response) {
      outbox.tell(true);
      await pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    } else {
      pauseMs = FIRST_PAUSE_MS;
      await settle(outbox, response, entry);
    }
  }
}
