// The head of review by picture: which it is, and how many are left.

const name = document.querySelector("[data-title]");
const left = document.querySelector("[data-pictures-left]:not(article)");
const bar = document.querySelector("[data-progress]");
const place = document.querySelector("[data-pictures]");
const title = document.title.slice(document.title.lastIndexOf("–"));
// Not a number where there are too many to count.
let number = parseInt(left.dataset.picturesLeft, 10);
let most = number;

export function showHead({ dataset }) {
  name.textContent = dataset.name;
  document.title = `${dataset.name} ${title}`;
}

export const picturesLeft = () => number;

// What the server counted, or what was settled here since.
export function showLeft(count) {
  if (Number.isNaN(parseInt(count, 10))) return;
  number = Math.max(0, count);
  most = Math.max(most || 0, number);
  place.hidden = false;
  left.textContent = number;
  bar.max = most;
  bar.value = most - number;
}
