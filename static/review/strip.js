// A picture's candidates: which is in focus, how each is marked, whose claim is shown.

import { texts } from "./stage.js";
import { cardOf, implied } from "./marks.js";
import { neighbour } from "./neighbour.js";

const DECIDABLE = new Set(["open", "confirm", "confirm_image", "dissociate", "unsure"]);

const said = (sentence, number) => sentence.replace("{n}", number);

// It can be pressed still, and says why.
const grey = (button, isKept) => { if (button) button.ariaDisabled = isKept ? "true" : null; };

export class Strip {
  #implied;

  constructor(article) {
    this.article = article;
    this.cards = [...article.querySelectorAll("[data-candidate]")].map(cardOf);
    this.model = article.dataset.model ? JSON.parse(article.dataset.model) : { between: [], apart: [] };
    this.list = article.querySelector("[data-cards]");
    this.focused = this.cards.find(({ element }) => element.ariaCurrent) ?? this.cards[0];
    for (const control of article.querySelectorAll("[data-mark-act], [data-compare]")) control.tabIndex = -1;
    this.derive([]);
  }

  stateOf(card) {
    return this.#implied.stateOf(card).state;
  }

  get open() {
    return this.cards.filter((card) => this.stateOf(card) === "open");
  }

  // What is asked first: the one in focus, if open.
  get first() {
    return this.open.includes(this.focused) ? this.focused : this.open[0] ?? this.focused;
  }

  // Whether none of its pairs waits: a doubt does.
  get isSettled() {
    return this.cards.every((card) => !["open", "unsure", "refused"].includes(this.stateOf(card)));
  }

  get above() {
    return this.open.filter(({ isAbove }) => isAbove);
  }

  canDecide(card) {
    return Boolean(card) && DECIDABLE.has(this.stateOf(card));
  }

  isKept(card) {
    return this.#implied.isKept(card);
  }

  card(pair) {
    return this.cards.find((card) => card.pair === pair);
  }

  // Derives the marks; returns whether nothing is left to decide.
  derive(decisions) {
    this.#implied = implied({ ...this.model, cards: this.cards, page: this.article }, decisions);
    return !this.open.length;
  }

  // The next open candidate after the one in focus, around the end; none when all are settled.
  get following() {
    const at = this.cards.indexOf(this.focused);
    return [...this.cards.slice(at + 1), ...this.cards.slice(0, at + 1)].find((card) => this.stateOf(card) === "open");
  }

  // Moves the focus among what is not blocked.
  move(key) {
    const shown = this.cards.filter((card) => this.stateOf(card) !== "blocked" || card === this.focused);
    const isMirrored = getComputedStyle(this.list).direction === "rtl";
    return this.focus(neighbour(shown, this.focused, key, { isMirrored }));
  }

  focus(card, { scrolls = true } = {}) {
    if (!card) return;
    const hadFocus = this.focused?.element === document.activeElement;
    this.focused = card;
    for (const { element } of this.cards) {
      element.ariaCurrent = element === card.element ? "true" : null;
      element.tabIndex = element === card.element ? 0 : -1;
    }
    if (hadFocus) card.element.focus({ preventScroll: true });
    if (scrolls) card.element.scrollIntoView({ block: "nearest", inline: "center" });
    this.#showClaims();
    this.paint();
  }

  paint() {
    for (const card of this.cards) this.#paintCard(card);
    const { focused, article } = this;
    const isDecidable = this.canDecide(focused);
    for (const button of article.querySelectorAll("[data-act]")) button.disabled = !isDecidable;
    this.#showKept(focused);
    const count = isDecidable && this.stateOf(focused) === "open" ? this.#implied.followers(focused) : 0;
    const follow = article.querySelector("[data-follow]");
    follow.textContent = count ? said(count === 1 ? follow.dataset.one : follow.dataset.many, count) : "";
    const address = new URL(focused.element.querySelector("[data-compare]").href);
    article.querySelector("[data-compare-focus]").href = address;
    address.searchParams.delete("picture");
    document.querySelector("[data-way=pair]").href = address;
    const all = article.querySelector("[data-match-all]");
    if (!all) return;
    all.hidden = this.above.length < 2;
    all.querySelector("kbd").textContent = `⇧ ${article.querySelector("[data-act=confirm]").dataset.key}`;
    all.querySelector("span").textContent = said(all.dataset.text, this.above.length);
  }

  #paintCard(card) {
    const { state, cause } = this.#implied.stateOf(card);
    const { element } = card;
    element.dataset.state = state;
    element.querySelector(".card-said").textContent = this.#wordOf(state, cause);
    for (const button of element.querySelectorAll("[data-mark-act]")) {
      const isSet = button.dataset.markAct === state || (state === "follows" && button.dataset.markAct === "confirm");
      button.setAttribute("aria-pressed", isSet);
      button.disabled = !DECIDABLE.has(state);
    }
    grey(element.querySelector("[data-mark-act=dissociate]"), this.isKept(card));
  }

  #showKept(card) {
    const kept = this.article.querySelector("[data-kept-together]");
    const link = kept.querySelector("a");
    kept.hidden = !this.isKept(card);
    link.href = card.element.dataset.cluster ?? "";
    link.hidden = !card.element.dataset.cluster;
    grey(this.article.querySelector("[data-act=dissociate]"), !kept.hidden);
  }

  #wordOf(state, cause) {
    if (state === "follows" || state === "blocked") {
      const number = this.card(cause)?.number ?? cause?.match(/^\d+$/)?.[0];
      return number ? said(texts[state], number) : texts[`${state}Elsewhere`];
    }
    return texts[state] ?? "";
  }

  #showClaims() {
    const place = this.article.querySelector("[data-claims]");
    const claims = this.focused.element.querySelector("[data-claims-of]");
    if (place && claims) place.replaceChildren(document.importNode(claims.content, true));
  }
}
