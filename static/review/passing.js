// To other pictures without deciding, and how pictures are looked at.

import { toastText } from "../js/notices.js";
import { choose } from "./device.js";
import { release } from "./claims.js";
import { isPicture, pairsOf } from "./decided.js";
import { ahead, before, dress, heldAhead, pass, pictureAfter, put, showNext } from "./pictures.js";
import { current, texts } from "./stage.js";

export function toggle(look) {
  choose(look, current().dataset[look] === "on" ? "off" : "on");
  dress(current());
}

// Colleagues give up what they had.
async function lookAgain() {
  await showNext();
  return isPicture(current()) || toastText(current().querySelector("h2").textContent);
}

export async function skip({ isLeft }) {
  if (!isPicture(current())) return lookAgain();
  const shown = current();
  const article = await pictureAfter(shown);
  if (!isPicture(article)) return toastText(texts.only);
  pass(shown);
  await put(article);
  const kept = heldAhead();
  return isLeft && release({ held_ids: pairsOf(shown).filter((pair) => !kept.includes(pair)) });
}

export async function goBack() {
  const article = before.pop();
  if (!article) return toastText(texts.first);
  ahead.putBack(current());
  return put(article);
}
