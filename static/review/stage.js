// The place where one pair is shown after the other.

export const root = document.querySelector("[data-review-loop]");
export const stage = root.querySelector("[data-stage]");
export const texts = root.querySelector("[data-review-texts]").dataset;

export const current = () => stage.firstElementChild;

const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
let isPainted = true;

// Nobody can have seen what is not painted yet: a key pressed twice decides once.
export const isSeen = () => isPainted;

// Returns what finds the focused control again in another pair.
function focused() {
  const { dataset, id } = document.activeElement;
  if (!stage.contains(document.activeElement)) return null;
  return dataset.action ? `[data-action="${dataset.action}"]` : id && `#${id}`;
}

export async function show(article) {
  const control = focused();
  isPainted = false;
  stage.replaceChildren(article);
  history.replaceState(null, "", article.dataset.address);
  await null; // What others do to a pair that has just come in is done now.
  if (control) article.querySelector(control)?.focus({ preventScroll: true });
  await painted();
  isPainted = true;
}

// Shown instead of a pair that cannot be loaded; the one that was decided must not stay.
export function waiting({ dataset }) {
  const article = root.querySelector("[data-waiting]").content.firstElementChild.cloneNode(true);
  article.dataset.next = dataset.next;
  article.dataset.address = dataset.address;
  return article;
}

export const isWaiting = () => current().matches("[data-waiting-pair]");
