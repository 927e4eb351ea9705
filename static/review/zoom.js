// Zoom and pan of both pictures in step: what lies in the middle of one lies in that of the other.

import { Alignment } from "./layers.js";
import { Pane } from "./pane.js";

const STEP = 1.5;
const MOST = 16;
// From here on thumbnails are too coarse.
const SHARP_FROM = 1.5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ARROW_PX = 48;

export class Zoom {
  #panes;
  #alignment;
  #factor = 1;
  #isNatural = false;
  #middle;

  constructor(sides, alignment) {
    this.#alignment = alignment;
    this.#panes = [...sides.querySelectorAll("[data-pane]")].map((pane) => new Pane(pane, alignment[pane.dataset.pane]));
    this.element = sides;
    for (const pane of this.#panes) this.#listen(pane);
    sides.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.target !== sides || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.pan(this.#main, arrow.map((each) => -each * ARROW_PX));
    });
    new ResizeObserver(() => this.apply()).observe(sides);
    this.fit();
  }

  get shown() {
    return this.#scale(this.#main);
  }

  get isNatural() {
    return this.#isNatural && this.#factor === 1;
  }

  fit() {
    [this.#factor, this.#isNatural, this.#middle] = [1, false, this.#alignment.b.map((side) => side / 2)];
    this.apply();
  }

  // Each picture at its own size, one px for one px; once more leads back.
  original() {
    if (this.isNatural) return this.fit();
    [this.#factor, this.#isNatural] = [1, true];
    return this.apply();
  }

  in = () => this.by(STEP);
  out = () => this.by(1 / STEP);

  // `point` is what stays in its place, in px off the middle of the pane.
  by(factor, pane = this.#main, point = [0, 0]) {
    const before = this.#scale(pane);
    const held = this.#offset(pane).map((each, axis) => each + point[axis] / before);
    this.#factor *= Math.min(MOST, Math.max(Math.min(1, 1 / pane.fit), before * factor)) / before;
    const after = this.#scale(pane);
    this.#look(pane, held.map((each, axis) => each - point[axis] / after));
  }

  pan(pane, [x, y]) {
    const scale = this.#scale(pane);
    const offset = this.#offset(pane);
    this.#look(pane, [offset[0] - x / scale, offset[1] - y / scale]);
  }

  apply() {
    for (const pane of this.#panes) {
      const scale = this.#scale(pane);
      const [x, y] = this.#offset(pane);
      pane.zoomed.style.transform = scale === 1 ? "" : `scale(${scale}) translate(${-x}px, ${-y}px)`;
      pane.zoomed.style.setProperty("--zoom", scale);
    }
    const { shown } = this;
    this.element.toggleAttribute("data-zoomed", shown > 1);
    if (shown > SHARP_FROM) for (const pane of this.#panes) pane.sharpen();
    this.element.dispatchEvent(new CustomEvent("zoomed", { bubbles: true }));
  }

  // B's, as long as it is there: in most views A has no pane.
  get #main() {
    return this.#panes.at(-1);
  }

  #scale(pane) {
    return this.#factor * (this.#isNatural && pane.fit ? 1 / pane.fit : 1);
  }

  #offset(pane) {
    const own = pane.element.dataset.pane === "a" ? Alignment.carried(this.#alignment.back, this.#middle) : this.#middle;
    const offset = (own ?? pane.size).map((each, axis) => (own ? each - pane.size[axis] / 2 : 0) * pane.fit);
    return pane.bounded(offset, this.#scale(pane));
  }

  #look(pane, offset) {
    const within = pane.bounded(offset, this.#scale(pane));
    const own = within.map((each, axis) => each / pane.fit + pane.size[axis] / 2);
    this.#middle = (pane.element.dataset.pane === "a" ? Alignment.carried(this.#alignment.forth, own) : own) ?? this.#middle;
    this.apply();
  }

  #listen(pane) {
    const { element } = pane;
    element.addEventListener("dragstart", (event) => event.preventDefault());
    element.addEventListener("wheel", (event) => {
      if (event.ctrlKey) return; // The browser's own zoom.
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const point = [event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2];
      this.by(event.deltaY < 0 ? STEP : 1 / STEP, pane, point);
    }, { passive: false });
    element.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && this.shown > 1) element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) this.pan(pane, [event.movementX, event.movementY]);
    });
  }
}
