// The pairs or pictures to come, claimed, loaded and decoded.

import { elementsOf, request, soon } from "../js/fragments.js";

const PAIRS = { most: 5, fewest: 3 };

const LONGEST_WAIT_MS = 8000;
const GONE = [403, 404];

const decoded = new WeakMap();

// Resolves when an article's pictures are decoded. One that cannot be shown, or does not come, must
// not keep the others from being shown.
export function decode(article) {
  if (!decoded.has(article)) {
    const all = Promise.allSettled([...article.querySelectorAll("img")].map((img) => img.decode()));
    decoded.set(article, Promise.race([all, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS))]));
  }
  return decoded.get(article);
}

export const articlesOf = async (response) => elementsOf(await response.text());

export class Ahead {
  #articles = [];
  #asking = null;
  #latest = [];
  #unfinished = 0;
  // What was handed out last and may not be on the screen yet.
  #handedOut = "";
  #held;
  #size;

  // Told `true` when loading begins, and `false` with the articles that were asked for last when all of
  // it is over.
  onLoading = () => {};

  // `held()` returns the ids of the pairs that are on the screen or whose decision is on its way.
  constructor(held, size = PAIRS) {
    this.#held = held;
    this.#size = size;
  }

  get articles() {
    return [...this.#articles];
  }

  get ids() {
    return this.#articles.map(({ dataset }) => dataset.pair);
  }

  // Loads more when few are left behind the pair that is shown: also while pictures are on their way,
  // which takes longest where the network is slow.
  fill(shown) {
    if (this.#articles.length > this.#size.fewest || this.#asking) return;
    this.onLoading(true);
    this.#unfinished += 1;
    // The first can be shown when its own pictures are there.
    this.#asking = this.#load(shown, this.#size.most - this.#articles.length).catch(() => []).then((articles) => {
      const fresh = this.#fresh(articles);
      this.#asking = null;
      this.#articles.push(...fresh);
      this.#latest = articles;
      Promise.all(fresh.map(decode)).then(() => {
        this.#unfinished -= 1;
        if (!this.#unfinished) this.onLoading(false, this.#latest);
      });
    });
  }

  // Returns what comes after the one that is shown, or the page's last words.
  async next(shown) {
    if (!this.#articles.length) await this.#asking;
    const article = this.#articles.shift() ?? (await this.#load(shown, 1).catch((error) => {
      // What is not there for this person any more the server says best itself.
      if (GONE.includes(error.status)) location.assign(shown.dataset.next);
      throw error;
    }))[0];
    this.#handedOut = article.dataset.pair;
    this.drop([this.#handedOut]);
    await decode(article);
    return article;
  }

  // What was on the screen comes next again.
  putBack(article) {
    if (article.dataset.pair && !this.ids.includes(article.dataset.pair)) this.#articles.unshift(article);
  }

  drop(ids) {
    this.#articles = this.#articles.filter(({ dataset }) => !ids.includes(dataset.pair));
  }

  get #known() {
    return [...new Set([...this.#held(), ...this.ids, this.#handedOut])].filter(Boolean);
  }

  #fresh(articles) {
    const known = this.#known;
    return articles.filter(({ dataset }) => dataset.pair && !known.includes(dataset.pair));
  }

  async #load(shown, count) {
    const address = new URL((this.#articles.at(-1) ?? shown).dataset.next, location.href);
    address.searchParams.set("count", count);
    address.searchParams.set("held_ids", this.#known.slice(0, 30));
    const response = await request(address, { signal: soon() });
    if (!response.ok) throw Object.assign(new Error(), { status: response.status });
    return articlesOf(response);
  }
}
