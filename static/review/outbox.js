// Decisions on their way to the server, kept on this device until they are answered.

import { recalled } from "./device.js";

const PAUSE_MS = 1000;

// Unlike randomUUID this is there on plain http too.
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Outbox {
  #store;
  // Where storage is refused or full, by key.
  #memory = new Map();
  // What this page sends: its own, and what earlier pages left behind.
  #keys = new Set();
  #lastMs = 0;
  #running = null;
  #hasFailed = false;

  // Set from outside.
  onAnswer = (response, entry) => {};
  onChange = (unsent, hasFailed) => {};

  constructor(person) {
    this.#store = `lookalike.outbox.${person}.`;
    this.adopt();
    const earlier = `lookalike.outbox.${person}`;
    if (recalled(earlier)) import("./earlier_outbox.js").then(({ takeOver }) => takeOver(earlier, this), () => {});
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.adopt();
      this.flush();
    });
    addEventListener("beforeunload", (event) => {
      if (this.#memory.size) event.preventDefault();
    });
  }

  // A page that is gone, or only left, sends nothing more: who looks at this one sends for it.
  adopt() {
    for (const { key } of this.#read()) this.#keys.add(key);
  }

  // Each has a place of its own: of two tabs that write one place at once, one would undo the other.
  #read() {
    const found = new Map();
    try {
      for (const name of Object.keys(localStorage)) {
        const entry = name.startsWith(this.#store) && JSON.parse(localStorage.getItem(name));
        if (entry) found.set(entry.key, entry);
      }
    } catch {
      // Storage is forbidden.
    }
    return [...new Map([...found, ...this.#memory]).values()].sort((one, other) => one.atMs - other.atMs);
  }

  write(entry) {
    try {
      localStorage.setItem(this.#store + entry.key, JSON.stringify(entry));
      this.#memory.delete(entry.key);
    } catch {
      this.#memory.set(entry.key, entry);
    }
  }

  remove({ key }) {
    this.#memory.delete(key);
    try {
      localStorage.removeItem(this.#store + key);
    } catch {
      // It was never there.
    }
  }

  get entries() {
    return this.#read().filter(({ key }) => this.#keys.has(key));
  }

  get isEmpty() {
    return this.entries.length === 0;
  }

  push(entry) {
    this.#keys.add(entry.key);
    // Goes forward even where somebody sets the clock, and behind what an earlier page left.
    const last = Math.max(this.#lastMs, ...this.entries.map(({ atMs }) => atMs));
    this.#lastMs = Math.max(performance.timeOrigin + performance.now(), last + 1);
    this.write({ ...entry, atMs: this.#lastMs });
    this.tell();
    this.flush();
  }

  tell(hasFailed = this.#hasFailed) {
    this.#hasFailed = hasFailed;
    this.onChange(this.entries.length, hasFailed);
  }

  // Sends what there is; resolves when all of it is answered.
  flush() {
    this.#running ??= this.#send().finally(() => { this.#running = null; });
    return this.#running;
  }

  // What sends is fetched when there is something to send.
  async #send() {
    while (!this.isEmpty) {
      const deliver = await import("./delivering.js").then((module) => module.deliver, () => null);
      if (deliver) await deliver(this);
      else {
        this.tell(true);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}
