// The candidate in focus in the place of the incoming picture, as long as a key is held.

import { strip } from "./decided.js";
import { current } from "./stage.js";

const keepStill = (event) => { if (event.key === " ") event.preventDefault(); };

// `until` is a promise of the moment at which the key is released.
export async function peek(until) {
  const { element, number } = strip().focused;
  const card = element.querySelector(".card-picture");
  const img = card.querySelector("img")?.cloneNode();
  if (!img) return;
  const [letter, name] = current().querySelectorAll(".incoming-label > :is(.side-letter, strong)");
  const before = [letter.textContent, name.textContent];
  img.classList.add("is-held");
  const large = new Image();
  large.src = card.dataset.large;
  large.decode().then(() => { img.src = large.src; }, () => {});
  current().querySelector(".incoming-picture").append(img);
  [letter.textContent, name.textContent] = [number, element.querySelector(".card-name").textContent];
  letter.classList.remove("is-a");
  addEventListener("keydown", keepStill);
  await until;
  removeEventListener("keydown", keepStill);
  img.remove();
  [letter.textContent, name.textContent] = before;
  letter.classList.add("is-a");
}
