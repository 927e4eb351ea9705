// Which card an arrow leads to.

function nearest(cards, from, isBelow) {
  const here = from.element.getBoundingClientRect();
  const isBeyond = ({ top }) => (isBelow ? top > here.top : top < here.top);
  const away = ({ top, left }) => Math.abs(top - here.top) * 4 + Math.abs(left - here.left);
  const [found] = cards
    .map((card) => ({ card, box: card.element.getBoundingClientRect() }))
    .filter(({ box }) => isBeyond(box))
    .sort((one, other) => away(one.box) - away(other.box));
  return found?.card;
}

// Returns the card before or after one, or nearest in another row; itself at an end.
export function neighbour(cards, from, key, { isMirrored }) {
  const side = { ArrowLeft: isMirrored ? 1 : -1, ArrowRight: isMirrored ? -1 : 1 }[key];
  const found = side ? cards[cards.indexOf(from) + side] : nearest(cards, from, key === "ArrowDown");
  return found ?? from;
}
