// The field of Find and its rows: asks as one types, moves through what came, takes pictures too.

import { request } from "./fragments.js";
import { openWith } from "./handing.js";

const WAIT_MS = 120;
const REFUSED = 422;
const HANDS_OVER = "[data-find-row=hand-over]";

export class FindBox {
  #running = new AbortController();
  #waiting = null;
  #picture = null;

  constructor(root) {
    this.root = root;
    this.field = root.querySelector("[name=q]");
    this.form = root.querySelector("[data-find-form]");
    this.found = root.querySelector("[data-find-found]");
    this.status = root.querySelector("[data-find-status]");
    this.found.id = "find-found";
    this.field.setAttribute("aria-controls", this.found.id);
    Object.assign(this.field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
    this.#dress();
    this.#listen();
  }

  get #rows() {
    return [...this.found.querySelectorAll("[data-find-row]")];
  }

  get #chosen() {
    return this.#rows.findIndex((row) => row.ariaSelected === "true");
  }

  // The field keeps the focus and says which row is chosen.
  #choose(at) {
    for (const [number, row] of this.#rows.entries()) row.ariaSelected = String(number === at);
    const row = this.#rows[at];
    if (row) this.field.setAttribute("aria-activedescendant", row.id);
    else this.field.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  // Links of a page become the options of the field.
  #dress() {
    const rows = this.#rows;
    for (const each of this.found.querySelectorAll("ul, li, h2")) each.role = "none";
    for (const group of this.found.querySelectorAll("[data-find-group]")) group.role = "group";
    for (const [number, row] of rows.entries()) Object.assign(row, { id: `find-row-${number}`, role: "option", tabIndex: -1 });
    this.found.role = rows.length ? "listbox" : null;
    this.found.ariaLabel = rows.length ? this.form.querySelector("label").textContent : null;
    this.field.ariaExpanded = String(rows.length > 0);
    this.#choose(0);
    const said = this.found.querySelector("[data-find-count], .message");
    this.status.textContent = said?.textContent.trim() ?? "";
    if (said?.matches("[data-find-count]")) said.remove();
    this.found.dataset.of = this.field.value;
  }

  async #ask(address, options = {}) {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.found.ariaBusy = "true";
    try {
      const response = await request(address, { ...options, signal });
      const markup = await response.text();
      if (signal.aborted || !(response.ok || response.status === REFUSED)) return;
      this.found.innerHTML = markup;
      this.#dress();
    } catch {
      // The next letter asks again, and Enter leads to the page.
    } finally {
      if (!signal.aborted) this.found.ariaBusy = null;
    }
  }

  get #address() {
    return `${this.form.action}?${new URLSearchParams({ q: this.field.value })}`;
  }

  #askPicture(file) {
    clearTimeout(this.#waiting);
    this.field.value = "";
    this.#picture = file;
    this.status.textContent = this.status.dataset.busy;
    const body = new FormData();
    body.set("image", file);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return this.#ask(this.form.action, { method: "POST", body });
  }

  // Never opens what was found for an earlier text.
  async #follow(isApart) {
    clearTimeout(this.#waiting);
    if (this.found.dataset.of !== this.field.value) await this.#ask(this.#address);
    const isFresh = this.found.dataset.of === this.field.value;
    const row = isFresh ? this.#rows[this.#chosen] : null;
    if (row?.matches(HANDS_OVER)) return openWith(this.#picture, row.href);
    const address = isFresh ? row?.href : this.#address;
    if (address && isApart) window.open(address, "_blank", "noopener");
    else if (address) location.assign(address);
  }

  #press(event) {
    const count = this.#rows.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      this.#choose((this.#chosen + step + count) % count);
    } else if (event.key === "Enter" && event.target === this.field && !event.isComposing) {
      event.preventDefault();
      this.#follow(event.ctrlKey || event.metaKey);
    }
  }

  // The page behind takes pictures too.
  #take(event, files) {
    event.stopPropagation();
    this.root.classList.remove("is-over");
    if (!files?.length) return;
    event.preventDefault();
    this.#askPicture(files[0]);
  }

  #listen() {
    this.field.addEventListener("input", () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.#ask(this.#address), WAIT_MS);
    });
    this.root.addEventListener("keydown", (event) => this.#press(event));
    this.found.addEventListener("click", (event) => {
      const row = event.target.closest(HANDS_OVER);
      if (row) event.preventDefault();
      if (row) openWith(this.#picture, row.href);
    });
    this.root.addEventListener("paste", (event) => this.#take(event, event.clipboardData?.files));
    this.root.addEventListener("drop", (event) => this.#take(event, event.dataTransfer?.files));
    for (const name of ["dragenter", "dragover", "dragleave"]) {
      this.root.addEventListener(name, (event) => {
        event.stopPropagation();
        event.preventDefault();
        this.root.classList.toggle("is-over", name !== "dragleave");
      });
    }
  }
}
