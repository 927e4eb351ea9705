// What is kept on this device, which may forbid it or have no room: how a person looks at pairs, too.

const LOOKS = `lookalike.compare.${document.body.dataset.person}`;

export function recalled(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, text) {
  try {
    localStorage.setItem(name, text);
  } catch {
    // It holds as long as the page is there.
  }
}

let looks = JSON.parse(recalled(LOOKS)) ?? {};

export const choice = (name, otherwise) => looks[name] ?? otherwise;

export function choose(name, value) {
  looks = { ...looks, ...JSON.parse(recalled(LOOKS)), [name]: value };
  remember(LOOKS, JSON.stringify(looks));
}
