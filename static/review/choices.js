// How a person looks at pairs, kept on this device: the view, and what was switched on and off.

import { recalled, remember } from "./device.js";

const STORE = `lookalike.compare.${document.body.dataset.person}`;

let kept = JSON.parse(recalled(STORE)) ?? {};

export const choice = (name, otherwise) => kept[name] ?? otherwise;

export function choose(name, value) {
  kept = { ...kept, ...JSON.parse(recalled(STORE)), [name]: value };
  remember(STORE, JSON.stringify(kept));
}
