// Picture A laid over picture B by the matrix of their alignment, as large as B is shown.

const numbers = (text) => text.split(" ").map(Number);
const sizeOf = (img) => [Number(img.getAttribute("width")), Number(img.getAttribute("height"))];

function span(name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}

function copyOf(img, name) {
  const copy = img.cloneNode();
  copy.className = name;
  copy.alt = "";
  copy.decoding = "sync";
  return copy;
}

// Rows of a 3 x 3 matrix as CSS has them: by columns; depth stays as it is.
const lifted = ([a, b, c, d, e, f, g, h, i]) => [a, d, 0, g, b, e, 0, h, 0, 0, 1, 0, c, f, 0, i];

// Without an alignment A lies in the middle of B, as large as fits.
function centred(query, item) {
  const scale = Math.min(item[0] / query[0], item[1] / query[1]);
  const [x, y] = item.map((side, axis) => (side - query[axis] * scale) / 2);
  return [scale, 0, x, 0, scale, y, 0, 0, 1];
}

// From px of the full A to px of the full B, and back.
export class Alignment {
  constructor({ querySize, itemSize, matrix }) {
    this.a = numbers(querySize);
    this.b = numbers(itemSize);
    this.rows = matrix ? numbers(matrix) : centred(this.a, this.b);
    this.forth = new DOMMatrix(lifted(this.rows));
    this.back = this.forth.inverse();
  }

  // Returns where the matrix takes a point; null for one on or behind the horizon.
  static carried(matrix, [x, y]) {
    const point = matrix.transformPoint(new DOMPoint(x, y));
    return point.w > 1e-9 ? [point.x / point.w, point.y / point.w] : null;
  }
}

export class Layers {
  #item;
  #alignment;

  constructor(query, item, alignment) {
    this.#item = item;
    this.#alignment = alignment;
    this.over = copyOf(query, "aligned-query");
    this.under = copyOf(item, "aligned-item");
    this.element = span("aligned");
    this.element.ariaHidden = "true";
    const pane = span("aligned-window");
    pane.append(this.over);
    this.element.append(this.under, pane, span("aligned-edge"));
    item.after(this.element);
    new ResizeObserver(() => this.place()).observe(item);
  }

  // The copies are laid out at their thumbnails' sizes: A goes from there to px of the full A, by
  // the matrix to px of the full B, and to px of the screen. B is enlarged in the same way, for
  // two ways to enlarge the same px differ at every edge.
  place() {
    const { a, b, rows } = this.#alignment;
    const scale = Math.min(this.#item.clientWidth / b[0], this.#item.clientHeight / b[1]);
    if (!scale) return;
    this.element.style.inlineSize = `${b[0] * scale}px`;
    this.element.style.blockSize = `${b[1] * scale}px`;
    const [thumbnail, under] = [sizeOf(this.over), sizeOf(this.under)];
    this.under.style.transform = `matrix3d(${lifted([b[0] * scale / under[0], 0, 0, 0, b[1] * scale / under[1], 0, 0, 0, 1])})`;
    const across = [scale, scale, 1];
    const along = [a[0] / thumbnail[0], a[1] / thumbnail[1], 1];
    const onScreen = rows.map((number, at) => number * across[Math.floor(at / 3)] * along[at % 3]);
    this.over.style.transform = `matrix3d(${lifted(onScreen)})`;
  }
}
