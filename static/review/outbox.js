// Decisions on their way to the server: kept on this device, sent in order and again until answered.
// The server counts each key once.

import { formOf, request } from "../js/fragments.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;
const TOO_MANY = 429;

const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  addEventListener("online", resolve, { once: true });
});

// Unlike randomUUID this is there on plain http too.
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Outbox {
  #store;
  // Where nothing can be stored.
  #memory = null;
  // What this page sends: its own, and what earlier pages left behind.
  #keys = new Set();
  #running = null;
  #hasFailed = false;

  // Set from outside.
  onAnswer = (response, entry) => {};
  onChange = (unsent, hasFailed) => {};

  constructor(person) {
    this.#store = `lookalike.outbox.${person}`;
    for (const { key } of this.#read()) this.#keys.add(key);
    addEventListener("beforeunload", (event) => {
      if (this.#memory?.length) event.preventDefault();
    });
  }

  #read() {
    if (this.#memory) return this.#memory;
    try {
      return JSON.parse(localStorage.getItem(this.#store)) ?? [];
    } catch {
      return [];
    }
  }

  #write(entries) {
    try {
      if (entries.length) localStorage.setItem(this.#store, JSON.stringify(entries));
      else localStorage.removeItem(this.#store);
      this.#memory = null;
    } catch {
      this.#memory = entries;
    }
  }

  #change(key, how) {
    this.#write(this.#read().flatMap((entry) => (entry.key === key ? how(entry) : [entry])));
  }

  get entries() {
    return this.#read().filter(({ key }) => this.#keys.has(key));
  }

  get isEmpty() {
    return this.entries.length === 0;
  }

  push(entry) {
    this.#keys.add(entry.key);
    this.#write([...this.#read(), entry]);
    this.#tell(this.#hasFailed);
    this.flush();
  }

  // Takes back what never left this device, and what was said of it. Tells whether it could.
  withdraw(wanted) {
    const about = this.entries.filter(({ key, fields }) => key === wanted || fields.of === wanted);
    if (!about.some(({ key }) => key === wanted) || about.some(({ wasTried }) => wasTried)) return false;
    for (const { key } of about) this.#change(key, () => []);
    this.#tell(this.#hasFailed);
    return true;
  }

  #tell(hasFailed) {
    this.#hasFailed = hasFailed;
    this.onChange(this.entries.length, hasFailed);
  }

  // Sends what there is; resolves when all of it is answered.
  flush() {
    this.#running ??= this.#run().finally(() => { this.#running = null; });
    return this.#running;
  }

  async #run() {
    let pauseMs = FIRST_PAUSE_MS;
    for (let [entry] = this.entries; entry; [entry] = this.entries) {
      const response = navigator.onLine ? await this.#send(entry) : null;
      if (!response || response.status >= 500 || response.status === TOO_MANY) {
        this.#tell(true);
        await pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      } else {
        pauseMs = FIRST_PAUSE_MS;
        await this.#settle(response, entry);
      }
    }
  }

  #send(entry) {
    this.#change(entry.key, (same) => [{ ...same, wasTried: true }]);
    return request(entry.address, { method: "POST", body: formOf({ ...entry.fields, key: entry.key }) }).catch(() => null);
  }

  // A further decision counts on the one before it. Where that is refused it has its version, or it
  // could overrule a colleague unseen; its answer is told instead.
  #holdBack(refused) {
    const isLater = ({ pair, key, fields }) => pair === refused.pair && key !== refused.key && fields.act;
    const later = refused.fields.act ? this.entries.find(isLater) : null;
    if (!later) return refused;
    this.#change(later.key, (same) => [{ ...same, fields: { ...same.fields, version: refused.fields.version } }]);
    return { ...refused, isReplaced: true };
  }

  // The token may have changed since the page was loaded: the next page has another.
  async #settle(response, entry) {
    if (response.status === 403 && !entry.wasRefused) {
      this.#change(entry.key, (same) => [{ ...same, wasRefused: true }]);
      this.#keys.delete(entry.key);
    } else {
      this.#change(entry.key, () => []);
    }
    this.#tell(false);
    await this.onAnswer(response, response.ok ? entry : this.#holdBack(entry));
  }
}
