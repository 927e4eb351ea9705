// Counts that others change too are asked for again and again, as long as somebody looks.

import { fragmentHeaders } from "../js/fragments.js";
import { capped } from "./counts.js";

const PAUSE_MS = 15 * 1000;

const live = document.querySelector("[data-live]");
let timer = null;

function show(counts) {
  for (const place of document.querySelectorAll("[data-live-count]")) {
    place.textContent = capped(counts[place.dataset.liveCount]);
  }
  const undo = document.querySelector("[data-undo-last]");
  if (undo && counts.today) undo.disabled = false;
}

async function ask() {
  const response = await fetch(live.dataset.live, { headers: fragmentHeaders }).catch(() => null);
  // A session that has ended answers with the sign-in page: there is nothing more to ask.
  if (response?.redirected) stop();
  else if (response?.ok) show(await response.json());
}

function stop() {
  clearInterval(timer);
  timer = null;
}

function start() {
  timer ??= setInterval(ask, PAUSE_MS);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return stop();
  ask();
  return start();
});
// A page that comes back from the history is as it was left.
addEventListener("pageshow", ({ persisted }) => { if (persisted) ask(); });
if (!document.hidden) start();
