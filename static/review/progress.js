// The head of review by picture: whose it is, and how many pictures are settled and left.

const name = document.querySelector("[data-title]");
const left = document.querySelector("[data-pictures-left]:not(article)");
const bar = document.querySelector("[data-progress]");
const place = document.querySelector("[data-pictures]");
const title = document.title.slice(document.title.lastIndexOf("–"));
let most = Number(left.dataset.picturesLeft);

// The server counts what waits; what is shown now is one of these.
export function showHead({ dataset }) {
  name.textContent = dataset.name;
  document.title = `${dataset.name} ${title}`;
  const number = Number(dataset.picturesLeft ?? NaN);
  if (Number.isNaN(number) || dataset.picturesLeft === "") return;
  most = Math.max(most, number);
  place.hidden = false;
  left.textContent = number;
  bar.max = most;
  bar.value = most - number;
}
