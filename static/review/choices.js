// How a person looks at pairs, kept on this device: the view, and what was switched on and off.

const STORE = `lookalike.compare.${document.body.dataset.person}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

let kept = read();

export const choice = (name, otherwise) => kept[name] ?? otherwise;

export function choose(name, value) {
  kept = { ...read(), [name]: value };
  localStorage.setItem(STORE, JSON.stringify(kept));
}
