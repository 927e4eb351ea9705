// Colleagues are not handed what is on this screen or ahead, and see what is on it, as long as
// somebody looks.

import { formOf, request, soon } from "../js/fragments.js";

// Less than half of a lease.
const PAUSE_MS = 2 * 60 * 1000;
// As many as the server reads.
const MOST_HELD = 125;

const { renewClaims, releaseClaims } = document.querySelector("[data-review-loop]").dataset;

export function release(fields) {
  if (releaseClaims) navigator.sendBeacon(releaseClaims, formOf(fields));
}

async function renew(shown, ahead, onLost) {
  const ids = [...new Set([shown, ...ahead])].filter(Boolean).slice(0, MOST_HELD);
  if (!ids.length) return;
  const body = formOf({ held_ids: ids, shown_id: document.hidden ? "" : shown });
  const response = await request(renewClaims, { method: "POST", body, signal: soon() }).catch(() => null);
  if (!response?.ok) return;
  const { held } = await response.json();
  onLost(ids.filter((id) => !held.includes(id)));
}

// `shown()` and `ahead()` return what to keep; `onLost(ids)` is told what a colleague has by now.
// Returns what to call when another pair is shown.
export function keep(shown, ahead, onLost) {
  if (!renewClaims) return () => {};
  let [isLeft, isWanted, isRunning] = [false, false, false];
  // One after the other: an older word of what is on the screen must not arrive last.
  const renewAll = async () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    while (isWanted && !isLeft) {
      isWanted = false;
      await renew(shown(), ahead(), onLost);
    }
    isRunning = false;
  };
  setInterval(() => { if (!document.hidden) renewAll(); }, PAUSE_MS);
  document.addEventListener("visibilitychange", renewAll);
  addEventListener("pageshow", () => {
    isLeft = false;
    renewAll();
  });
  // The page becomes hidden after it was left.
  addEventListener("pagehide", () => {
    isLeft = true;
    release({ held_ids: shown(), leaving: 1 });
  });
  return renewAll;
}
