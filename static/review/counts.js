// How many pairs wait: in the queue that is worked on, and beside "Review" in all lists.

const waiting = document.querySelector("[data-to-review]");

export const count = () => Number(waiting.textContent);

export function showCount(number) {
  const shown = Math.max(0, number);
  showTotal(shown - count());
  waiting.textContent = shown;
}

// The number of all lists moves with this one; "999+" stays as it is.
function showTotal(change) {
  const badge = document.querySelector("[data-to-review-total]");
  const total = Number(badge?.querySelector("bdi").textContent) + change;
  if (!badge || Number.isNaN(total)) return;
  badge.querySelector("bdi").textContent = total;
  const sentence = badge.querySelector(".visually-hidden");
  sentence.textContent = sentence.textContent.replace(/\d+/, total);
  badge.hidden = total <= 0;
}
