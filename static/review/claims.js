// Colleagues are not handed what is on this screen or ahead, as long as somebody looks at it.

import { request } from "../js/fragments.js";

// Less than half of a lease.
const PAUSE_MS = 2 * 60 * 1000;

const { renewClaims, releaseClaims } = document.querySelector("[data-review-loop]").dataset;

function bodyOf(ids) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return new URLSearchParams({ held_ids: ids, csrfmiddlewaretoken: token });
}

export function release(ids) {
  if (releaseClaims && ids.length) navigator.sendBeacon(releaseClaims, bodyOf(ids));
}

async function renew(ids, onLost) {
  if (!ids.length || document.hidden) return;
  const response = await request(renewClaims, { method: "POST", body: bodyOf(ids) }).catch(() => null);
  if (!response?.ok) return;
  const { held } = await response.json();
  onLost(ids.filter((id) => !held.includes(id)));
}

// `ids()` returns the pairs to keep; `onLost(ids)` is told which of them a colleague has by now.
export function keep(ids, onLost) {
  if (!renewClaims) return () => {};
  const renewAll = () => renew(ids(), onLost);
  setInterval(renewAll, PAUSE_MS);
  document.addEventListener("visibilitychange", renewAll);
  addEventListener("pageshow", renewAll);
  addEventListener("pagehide", () => release(ids()));
  return renewAll;
}
