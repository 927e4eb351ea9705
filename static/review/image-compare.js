// Two pictures, seen in one of five ways: beside each other, or A laid over B.

import { Alignment, Layers } from "./layers.js";

// Far below the three flashes a second that can harm.
const TURN_MS = 700;
const FILTERS = { over: "exposure-of-a", under: "exposure-of-b" };

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

export class ImageCompare extends HTMLElement {
  #alignment;
  #layers = null;
  #timer = null;
  #isPaused = false;
  #isEvened = true;
  #filter = null;
  #zooming = null;

  // There once somebody zooms.
  zoom = null;

  connectedCallback() {
    this.tabIndex = 0;
    if (!this.#alignment) this.#begin();
    this.#takeTurns();
  }

  disconnectedCallback() {
    this.hold(false);
    clearInterval(this.#timer);
  }

  get canZoom() {
    return Boolean(this.querySelector("[data-pane]"));
  }

  get canLay() {
    return this.hasAttribute("data-can-lay");
  }

  get view() {
    return this.dataset.view;
  }

  set view(name) {
    this.dataset.view = this.canLay ? name : "side";
    if (this.view !== "side") this.#lay();
    this.#takeTurns();
    this.#even();
    this.zoom?.apply();
  }

  // How much of A lies over B, in percent.
  set share(percent) {
    this.style.setProperty("--share", `${percent}%`);
  }

  // Whether A's colours are brought to B's before the difference is taken.
  set evened(isEvened) {
    this.#isEvened = isEvened;
    this.#even();
  }

  // Whether the pictures take turns only when asked to.
  set paused(isPaused) {
    this.#isPaused = isPaused;
    this.#takeTurns();
  }

  // Shows the other picture as long as it lasts.
  hold(isHeld) {
    if (!this.canLay || isHeld === this.hasAttribute("data-held")) return;
    this.#lay();
    this.toggleAttribute("data-held", isHeld);
    this.#takeTurns();
    this.#even();
  }

  // Fetched on the first zoom: most pairs are decided without.
  zooming() {
    this.#zooming ??= import("./zoom.js").then(({ Zoom }) => {
      this.zoom = new Zoom(this, this.#alignment);
      return this.zoom;
    });
    this.#zooming.catch(() => { this.#zooming = null; });
    return this.#zooming;
  }

  #begin() {
    this.#alignment = new Alignment(this.dataset);
    this.addEventListener("wheel", (event) => {
      const pane = event.target.closest("[data-pane]");
      if (this.zoom || event.ctrlKey || !pane) return;
      event.preventDefault();
      this.zooming().then(() => pane.dispatchEvent(new WheelEvent("wheel", event)), () => {});
    }, { passive: false });
    this.addEventListener("sharp", ({ target, detail }) => {
      const place = target.dataset.pane === "a" ? this.#layers?.over : this.#layers?.under;
      for (const img of [target.querySelector(".picture"), place]) if (img) img.src = detail;
    });
  }

  #lay() {
    const [query, item] = this.querySelectorAll("[data-pane] .picture");
    this.#layers ??= new Layers(query, item, this.#alignment);
    this.#layers.place();
  }

  #takeTurns() {
    clearInterval(this.#timer);
    if (this.view !== "flip") return;
    this.dataset.shown ??= "a";
    if (this.#isPaused || isCalm.matches || this.hasAttribute("data-held")) return;
    this.#timer = setInterval(() => { this.dataset.shown = this.dataset.shown === "a" ? "b" : "a"; }, TURN_MS);
  }

  async #even() {
    const isWanted = () => this.#isEvened && this.view === "difference" && !this.hasAttribute("data-held");
    if (isWanted() && !this.#filter) await this.#measure();
    if (!this.#layers) return;
    const isEvened = isWanted() && this.#filter;
    for (const [layer, id] of Object.entries(FILTERS)) this.#layers[layer].style.filter = isEvened ? `url(#${id})` : "";
  }

  async #measure() {
    const { over, under } = this.#layers;
    const [{ value: exposure }] = await Promise.allSettled([import("./exposure.js"), over.decode(), under.decode()]);
    if (this.#filter || !exposure || !over.naturalWidth || !under.naturalWidth) return;
    this.#filter = exposure.filtersOf(exposure.linesOf(over, under, this.#alignment), FILTERS.over, FILTERS.under);
    this.append(this.#filter);
  }
}

customElements.define("image-compare", ImageCompare);
