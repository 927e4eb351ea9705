// Picture A laid over picture B by the matrix of their alignment, as large as B is shown.

const numbers = (text) => text.split(" ").map(Number);
const sizeOf = (img) => [Number(img.getAttribute("width")), Number(img.getAttribute("height"))];

function copyOf(img, name) {
  const copy = img.cloneNode();
  copy.className = name;
  copy.alt = "";
  copy.decoding = "sync";
  return copy;
}

// Returns where B's picture lies in its box: as large as fits.
function shownSize(img) {
  const [width, height] = sizeOf(img);
  const box = img.getBoundingClientRect();
  const scale = Math.min(box.width / width, box.height / height);
  return [width * scale, height * scale];
}

export class Alignment {
  #item;
  #matrix;
  #querySize;
  #itemSize;

  constructor(sides) {
    const [query, item] = ["a", "b"].map((side) => sides.querySelector(`.side.is-${side} .picture`));
    this.#item = item;
    this.#matrix = numbers(sides.dataset.matrix);
    this.#querySize = numbers(sides.dataset.querySize);
    this.#itemSize = numbers(sides.dataset.itemSize);
    this.over = copyOf(query, "aligned-query");
    this.element = document.createElement("span");
    this.element.className = "aligned";
    this.element.ariaHidden = "true";
    this.element.append(copyOf(item, "aligned-item"), this.over);
    item.after(this.element);
    new ResizeObserver(() => this.#place()).observe(item);
    this.#place();
  }

  // The copy of A is laid out at its thumbnail's size; from there to px of the full A, by the
  // matrix to px of the full B, and to px of the screen.
  #place() {
    const [width, height] = shownSize(this.#item);
    this.element.style.inlineSize = `${width}px`;
    this.element.style.blockSize = `${height}px`;
    const across = [width / this.#itemSize[0], height / this.#itemSize[1], 1];
    const thumbnail = sizeOf(this.over);
    const along = [this.#querySize[0] / thumbnail[0], this.#querySize[1] / thumbnail[1], 1];
    const [a, b, c, d, e, f, g, h, i] = this.#matrix.map(
      (number, place) => number * across[Math.floor(place / 3)] * along[place % 3],
    );
    // By columns; depth stays as it is.
    this.over.style.transform = `matrix3d(${[a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i]})`;
  }
}
