// Decisions on their way to the server: in order, one at a time, again until they arrive.

import { request, session } from "../js/fragments.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;

const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  addEventListener("online", resolve, { once: true });
});

export class Outbox {
  #entries = [];
  #running = Promise.resolve();

  // `onAnswer(response, entry)` is called for every decision that was answered.
  constructor({ onAnswer, onChange }) {
    this.onAnswer = onAnswer;
    this.onChange = onChange;
    addEventListener("beforeunload", (event) => {
      if (this.#entries.length && !session.hasEnded) event.preventDefault();
    });
  }

  get isEmpty() {
    return this.#entries.length === 0;
  }

  idle() {
    return this.#running;
  }

  push(entry) {
    this.#entries.push(entry);
    if (this.#entries.length === 1) this.#running = this.#run();
  }

  async #run() {
    while (this.#entries.length) {
      const entry = this.#entries[0];
      const response = await this.#deliver(entry);
      this.#entries.shift();
      this.onChange(0);
      await this.onAnswer(response, entry);
    }
  }

  async #deliver({ address, body }) {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const response = await request(address, { method: "POST", body }).catch(() => null);
      if (response && response.status < 500) return response;
      this.onChange(this.#entries.length);
      await pause(pauseMs);
    }
  }
}
