// How long what is left may take, once some pictures were settled here: by how long these took.

import { isPicture, stripOf } from "./decided.js";
import { before } from "./pictures.js";
import { picturesLeft } from "./progress.js";
import { stage } from "./stage.js";

const FEWEST = 3;
const LATEST = 20;
const MINUTE_MS = 60 * 1000;

const place = document.querySelector("[data-pace]");
const tookMs = [];
// When the picture was shown, from when the page was; null where nobody looked meanwhile.
let since = before.length ? null : 0;

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

function show() {
  const left = picturesLeft();
  place.hidden = tookMs.length < FEWEST || !left;
  const minutes = Math.max(1, Math.round((median(tookMs.slice(-LATEST)) * left) / MINUTE_MS));
  if (!place.hidden) place.textContent = place.dataset.text.replace("{n}", minutes);
}

new MutationObserver((changes) => {
  const now = performance.now();
  const gone = changes.flatMap(({ removedNodes }) => [...removedNodes]).find((node) => node.dataset && isPicture(node));
  if (gone && since !== null && !stripOf(gone).open.length) tookMs.push(now - since);
  since = document.hidden ? null : now;
  show();
}).observe(stage, { childList: true });
document.addEventListener("visibilitychange", () => { since = null; });
