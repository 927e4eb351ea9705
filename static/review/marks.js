// What marks imply, as review/pairs/following.py will find it: pictures that matches connect are the
// same, and what a "not a match" keeps apart cannot be one.

// What does not connect by itself and can be decided.
const KEEPABLE = new Set(["open", "unsure", "confirm_image"]);

class Groups {
  #parents = new Map();

  root(one) {
    let at = one;
    while (this.#parents.has(at)) at = this.#parents.get(at);
    return at;
  }

  join(one, other) {
    const [from, to] = [this.root(one), this.root(other)];
    if (from !== to) this.#parents.set(from, to);
  }
}

// Returns a candidate as it was sent: marks are derived from it anew each time.
export function cardOf(element) {
  const { candidate: pair, number, group, version, state } = element.dataset;
  const [isAbove, mayFollow] = ["above", "mayFollow"].map((name) => name in element.dataset);
  const cause = element.querySelector("[data-cause-number]")?.dataset.causeNumber ?? null;
  const { kind } = element.querySelector("[data-kind]").dataset;
  return { element, pair, number, group, version: Number(version), state, kind, isAbove, mayFollow, cause };
}

// Returns the last decision about each pair that counts, in their order.
function standing(decisions, shown) {
  const last = new Map();
  for (const each of decisions) {
    // A doubt was for that time; what comes again is asked again.
    if (each.act === "unsure" && each.page !== shown) continue;
    last.delete(each.pair);
    last.set(each.pair, each);
  }
  return [...last.values()];
}

// `picture` has the `cards` and the server's model; `decisions` are this person's, oldest first.
// `stateOf(card)` is `{ state, cause }`, `followers(card)` how many other pairs would follow a match.
export function implied(picture, decisions) {
  const groups = new Groups();
  const { group, cards, between } = picture;
  const apart = picture.apart.map((two) => ({ two, cause: null }));
  const states = new Map(cards.map((card) => [card.pair, { state: card.state, cause: card.cause }]));
  const isOf = (two, one, other) => {
    const [a, b] = two.map((each) => groups.root(each));
    return (a === one && b === other) || (a === other && b === one);
  };

  function imply(decision) {
    const own = groups.root(group);
    for (const card of cards) {
      // A doubt decides nothing: its pair is open still.
      if (!["open", "unsure"].includes(states.get(card.pair).state)) continue;
      const theirs = groups.root(card.group);
      const cause = decision.pair;
      if (own === theirs) {
        if (card.mayFollow) states.set(card.pair, { state: "follows", cause });
      } else if (apart.some(({ two }) => isOf(two, own, theirs))) {
        states.set(card.pair, { state: "blocked", cause });
      }
    }
  }

  const made = standing(decisions, picture.page);
  for (const { pair, act, isRefused } of made) {
    if (states.has(pair)) states.set(pair, { state: isRefused ? "refused" : act, cause: null });
  }
  for (const decision of made.filter(({ isRefused }) => !isRefused)) {
    if (decision.act === "confirm") groups.join(...decision.groups);
    if (decision.act === "dissociate") apart.push({ two: decision.groups, cause: decision.pair });
    if (["confirm", "dissociate"].includes(decision.act)) imply(decision);
  }

  return {
    stateOf: (card) => states.get(card.pair),
    // Whether others connect its pictures: then it cannot be "not a match".
    isKept: (card) => KEEPABLE.has(states.get(card.pair).state) && groups.root(group) === groups.root(card.group),
    followers(card) {
      const [own, theirs] = [groups.root(group), groups.root(card.group)];
      if (own === theirs) return 0;
      const counts = between.filter(([a, b]) => isOf([a, b], own, theirs)).map(([, , count]) => count);
      return Math.max(0, counts.reduce((sum, count) => sum + count, 0) - (card.mayFollow ? 1 : 0));
    },
  };
}
