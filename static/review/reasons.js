// After a decision: why? A notice that stays for a moment, and as long as somebody is at it.

import { toast, toastText } from "../js/notices.js";

const SHOWN_MS = 4000;

const template = document.querySelector("[data-reasons]");

function fade(note) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => note.remove(), SHOWN_MS);
  };
  note.addEventListener("pointerenter", stop);
  note.addEventListener("focusin", stop);
  note.addEventListener("pointerleave", () => { if (!note.matches(":focus-within")) start(); });
  note.addEventListener("focusout", ({ relatedTarget }) => {
    if (!note.contains(relatedTarget) && !note.matches(":hover")) start();
  });
  start();
}

// Says what happened, for a moment.
export const tell = (sentence) => fade(toastText(sentence));

// `onSaid({ reason, note })` is called at most once.
export function ask(sentence, onSaid) {
  const form = template.content.firstElementChild.cloneNode(true);
  const note = toast(sentence, form);
  note.classList.add("has-reasons");
  const say = (reason) => {
    const said = { reason, note: form.elements.note.value.trim() };
    if (!said.reason && !said.note) return;
    note.remove();
    onSaid(said);
  };
  form.addEventListener("click", ({ target }) => { if (target.matches("[data-reason]")) say(target.value); });
  // Enter in the note saves the note alone.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say("");
  });
  fade(note);
}
