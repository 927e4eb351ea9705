// How many pairs wait: in the queue that is worked on, and beside "Review" in all lists.

// Beyond it nobody counts: the server gives one more, which shows as the number and a plus.
const MOST_SHOWN = 999;

const waiting = document.querySelector("[data-to-review]");

export const count = () => Number(waiting.dataset.toReview);

export const capped = (number) => (number > MOST_SHOWN ? `${MOST_SHOWN}+` : String(number));

export function showCount(number) {
  const shown = Math.max(0, number);
  showTotal(shown - count());
  waiting.dataset.toReview = shown;
  waiting.textContent = capped(shown);
}

// The number of all lists moves with this one; what is capped stays as it is.
function showTotal(change) {
  const badge = document.querySelector("[data-to-review-total]");
  const total = Number(badge?.querySelector("bdi").textContent) + change;
  if (!badge || Number.isNaN(total)) return;
  badge.querySelector("bdi").textContent = total;
  const sentence = badge.querySelector(".visually-hidden");
  sentence.textContent = sentence.textContent.replace(/\d+/, total);
  badge.hidden = total <= 0;
}
