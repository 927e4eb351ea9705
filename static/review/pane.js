// The place of one picture: how large it is there, and its original where the thumbnail is too coarse.

const bounded = (value, most) => Math.min(most, Math.max(-most, value));

export class Pane {
  constructor(element, size) {
    this.element = element;
    this.size = size;
    this.zoomed = element.querySelector(".side-zoom");
    this.isSharp = !element.dataset.original;
  }

  get box() {
    return [this.element.clientWidth, this.element.clientHeight];
  }

  // Px of the screen for one px of the full picture, as large as fits.
  get fit() {
    return Math.min(this.box[0] / this.size[0], this.box[1] / this.size[1]);
  }

  // Returns how far off the middle the view may be, so that the picture fills its box.
  bounded(offset, scale) {
    const { box, fit } = this;
    return offset.map((each, axis) => bounded(each, Math.max(0, this.size[axis] * fit - box[axis] / scale) / 2));
  }

  async sharpen() {
    if (this.isSharp) return;
    this.isSharp = true;
    const original = new Image();
    original.src = this.element.dataset.original;
    await original.decode().catch(() => { this.isSharp = false; });
    if (this.isSharp) this.element.dispatchEvent(new CustomEvent("sharp", { bubbles: true, detail: original.src }));
  }
}
