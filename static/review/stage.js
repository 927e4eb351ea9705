// The place where one pair is shown after the other.

export const root = document.querySelector("[data-review-loop]");
export const stage = root.querySelector("[data-stage]");
export const texts = root.querySelector("[data-review-texts]").dataset;

export const current = () => stage.firstElementChild;

const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
let unseen = 0;

// Nobody can have seen what is not painted yet: a key pressed twice decides once.
export const isSeen = () => unseen === 0;

// Nothing is decided until what comes is painted.
export async function hold(coming) {
  unseen += 1;
  try {
    await coming;
    await painted();
  } finally {
    unseen -= 1;
  }
}

// Returns what finds the focused control again in another pair.
function focused() {
  const { dataset, id } = document.activeElement;
  if (!stage.contains(document.activeElement)) return null;
  return dataset.action ? `[data-action="${dataset.action}"]` : id && `#${id}`;
}

export async function show(article) {
  const control = focused();
  stage.replaceChildren(article);
  history.replaceState(null, "", article.dataset.address);
  const seen = hold();
  await null; // What others do to a pair that has just come in is done now.
  if (control) article.querySelector(control)?.focus({ preventScroll: true });
  await seen;
}

// Shown instead of a pair that cannot be loaded; the one that was decided must not stay.
export function waiting({ dataset }) {
  const article = root.querySelector("[data-waiting]").content.firstElementChild.cloneNode(true);
  article.dataset.next = dataset.next;
  article.dataset.address = dataset.address;
  return article;
}

export const isWaiting = () => current().matches("[data-waiting-pair]");
