// Tells people what happened: aloud for screen readers, and as toasts.

const texts = document.querySelector("[data-texts]").dataset;
const announcer = document.querySelector("[data-announcer]");
const toasts = document.querySelector("[data-toasts]");

export const text = (name) => texts[name];

export function announce(sentence) {
  announcer.textContent = "";
  // A change that the same task takes back is not read out.
  setTimeout(() => { announcer.textContent = sentence; }, 50);
}

// Shows a notice in the place of any other.
export function place(note) {
  toasts.replaceChildren(note);
  return note;
}

// Shows the nodes until they are closed or another toast comes.
export function toast(...nodes) {
  const note = document.createElement("div");
  note.className = "toast";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button is-small";
  close.textContent = "×";
  close.setAttribute("aria-label", text("close"));
  close.addEventListener("click", () => note.remove());
  note.append(...nodes, close);
  return place(note);
}

export function toastText(sentence) {
  announce(sentence);
  return toast(sentence);
}

export function clearToasts() {
  toasts.replaceChildren();
}
