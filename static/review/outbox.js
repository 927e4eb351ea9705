// Decisions on their way to the server: kept on this device, sent in order and again until answered.
// The server counts each key once.

import { formOf, request, soon } from "../js/fragments.js";
import { recalled } from "./device.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15000;
const TOO_MANY = 429;

// What stands between, a proxy or a hotel's network, answers too: what was taken comes with a count.
const TAKEN = "X-To-Review";

export const isUnanswered = ({ status }) => status >= 500 || status === TOO_MANY;

const pause = (ms) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  addEventListener("online", resolve, { once: true });
});

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
    this.#takeOver(`lookalike.outbox.${person}`);
    this.#adopt();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.#adopt();
      this.flush();
    });
    addEventListener("beforeunload", (event) => {
      if (this.#memory.size) event.preventDefault();
    });
  }

  // Versions before kept all of them in one place.
  #takeOver(place) {
    const kept = JSON.parse(recalled(place)) ?? [];
    kept.forEach((entry, atMs) => this.#write({ ...entry, atMs }));
    if (kept.length) localStorage.removeItem(place);
  }

  // A page that is gone, or only left, sends nothing more: who looks at this one sends for it.
  #adopt() {
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

  #write(entry) {
    try {
      localStorage.setItem(this.#store + entry.key, JSON.stringify(entry));
      this.#memory.delete(entry.key);
    } catch {
      this.#memory.set(entry.key, entry);
    }
  }

  #remove({ key }) {
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
    // Goes forward even where somebody sets the clock.
    this.#lastMs = Math.max(performance.timeOrigin + performance.now(), this.#lastMs + 1);
    this.#write({ ...entry, atMs: this.#lastMs });
    this.#tell(this.#hasFailed);
    this.flush();
  }

  // Takes back what never left this device, and what was said of it. Tells whether it could.
  withdraw(wanted) {
    const about = this.entries.filter(({ key, fields }) => key === wanted || fields.of === wanted);
    if (!about.some(({ key }) => key === wanted) || about.some(({ wasTried }) => wasTried)) return false;
    for (const entry of about) this.#remove(entry);
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
      if (!response) {
        this.#tell(true);
        await pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      } else {
        pauseMs = FIRST_PAUSE_MS;
        await this.#settle(response, entry);
      }
    }
  }

  // Returns the server's answer, or null for none.
  async #send(entry) {
    const sent = () => {
      const body = formOf({ ...entry.fields, key: entry.key });
      return request(entry.address, { method: "POST", body, signal: soon() });
    };
    this.#write({ ...entry, wasTried: true });
    try {
      let response = await sent();
      if (response.status === 403) {
        await (await import("./token.js")).renew();
        response = await sent();
      }
      return isUnanswered(response) || (response.ok && !response.headers.has(TAKEN)) ? null : response;
    } catch {
      return null;
    }
  }

  // A further decision counts on the one before it. Where that is refused it has its version, or it
  // could overrule a colleague unseen; its answer is told instead.
  #holdBack(refused) {
    const isLater = ({ pair, key, fields }) => pair === refused.pair && key !== refused.key && fields.act;
    const later = refused.fields.act ? this.entries.find(isLater) : null;
    if (!later) return refused;
    this.#write({ ...later, fields: { ...later.fields, version: refused.fields.version } });
    return { ...refused, isReplaced: true };
  }

  async #settle(response, entry) {
    this.#remove(entry);
    this.#tell(false);
    await this.onAnswer(response, response.ok ? entry : this.#holdBack(entry));
  }
}
