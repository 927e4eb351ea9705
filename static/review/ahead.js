// The pairs or pictures to come, claimed, loaded and decoded.

import { elementsOf, request } from "../js/fragments.js";

const PAIRS = { most: 5, fewest: 3 };

// A picture that cannot be shown must not keep the pair from being shown.
export const decode = (article) => Promise.allSettled([...article.querySelectorAll("img")].map((img) => img.decode()));

export async function articlesOf(response) {
  const articles = elementsOf(await response.text());
  await Promise.all(articles.map(decode));
  return articles;
}

export class Ahead {
  #articles = [];
  #loading = null;
  #held;
  #size;

  // Told `true` when loading begins, and `false` with the articles when it is over.
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

  // Loads more when few are left behind the pair that is shown.
  fill(shown) {
    if (this.#articles.length > this.#size.fewest || this.#loading) return;
    this.onLoading(true);
    this.#loading = this.#load(shown, this.#size.most - this.#articles.length)
      .catch(() => [])
      .then((articles) => {
        this.#articles.push(...this.#fresh(articles));
        this.#loading = null;
        this.onLoading(false, articles);
      });
  }

  // Returns what comes after the one that is shown, or the page's last words.
  async next(shown) {
    if (!this.#articles.length) await this.#loading;
    return this.#articles.shift() ?? (await this.#load(shown, 1))[0];
  }

  // What was on the screen comes next again.
  putBack(article) {
    if (article.dataset.pair && !this.ids.includes(article.dataset.pair)) this.#articles.unshift(article);
  }

  drop(ids) {
    this.#articles = this.#articles.filter(({ dataset }) => !ids.includes(dataset.pair));
  }

  #fresh(articles) {
    const known = new Set([...this.#held(), ...this.ids]);
    return articles.filter(({ dataset }) => dataset.pair && !known.has(dataset.pair));
  }

  async #load(shown, count) {
    const address = new URL((this.#articles.at(-1) ?? shown).dataset.next, location.href);
    address.searchParams.set("count", count);
    address.searchParams.set("held_ids", [...new Set([...this.#held(), ...this.ids])].filter(Boolean).slice(0, 30));
    const response = await request(address);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return articlesOf(response);
  }
}
