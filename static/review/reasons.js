// After a decision: why? A notice that stays for a moment, and as long as somebody is at it.

import { toast } from "../js/notices.js";

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

// `onSaid({ reason, note })` is called at most once.
export function ask(sentence, onSaid) {
  const form = template.content.firstElementChild.cloneNode(true);
  const note = toast(sentence, form);
  note.classList.add("has-reasons");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = { reason: event.submitter?.value ?? "", note: form.elements.note.value.trim() };
    if (!said.reason && !said.note) return;
    note.remove();
    onSaid(said);
  });
  fade(note);
}
