// Which decisions were not taken, kept on this device until each is opened or settled.

import { recalled, remember } from "./device.js";

const STORE = `lookalike.refusals.${document.body.dataset.person}`;
// The oldest are forgotten first: what they were about waits in the queue still.
const MOST_KEPT = 50;

export const kept = () => JSON.parse(recalled(STORE)) ?? [];

const write = (all) => remember(STORE, JSON.stringify(all.slice(-MOST_KEPT)));

export const isKept = (pair) => kept().some((each) => each.pair === pair);

export function drop(pair) {
  if (isKept(pair)) write(kept().filter((each) => each.pair !== pair));
}

// Of a pair the last refusal is kept: `said` in words that stay true, `page` where it is decided.
export const keep = ({ pair, page, said }) => write([...kept().filter((each) => each.pair !== pair), { pair, page, said }]);
