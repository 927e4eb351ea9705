// What the pages of a pair and of a picture do alike: one thing after the other.

import { announce, toastText } from "../js/notices.js";
import { showCount } from "./counts.js";
import { newKey } from "./outbox.js";
import { current, isSeen, isWaiting, stage, texts } from "./stage.js";
import { outbox } from "./unsent.js";

const LONGEST_WAIT_MS = 3000;

// Resolves when the server has every decision, or after a while.
export const answered = () => Promise.race([outbox.flush(), new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS))]);

export const takeBack = () => stage.querySelector("[data-undo]").requestSubmit();

// Sends why something was decided: `of` is the key of that decision.
export function explain(said, { address, pair, page, of }) {
  outbox.push({ address, pair, page, key: newKey(), fields: { ...said, of } });
  announce(texts.explained);
}

// The server counts what is left in the queue of a decision. A page that is gone, whose decisions this
// one sends, may have had another.
export function showLeftBehind(response, { page }) {
  const left = response.headers.get("X-To-Review");
  const [of, here] = [page, current().dataset.address].map((address) => new URL(address, location.href).search);
  if (left && outbox.isEmpty && of === here) showCount(Number(left));
}

export async function run(act, form) {
  if (!isSeen() || stage.ariaBusy === "true") {
    import("./reasons.js").then(({ tellEarly }) => tellEarly(texts.early), () => {});
    return;
  }
  stage.ariaBusy = "true";
  try {
    await act(form);
  } catch {
    toastText(texts.unreachable);
  } finally {
    stage.ariaBusy = "false";
  }
}

// A page from the history knows nothing of what was decided since.
addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

// Shows what is next as soon as there is a network. What failed without one may be under way still.
export function goOnWhenOnline(showNext) {
  const goOn = () => (stage.ariaBusy === "true" ? requestAnimationFrame(goOn) : isWaiting() && run(showNext));
  addEventListener("online", goOn);
}
