// After a decision: a line to undo it, say why or write a note, for a moment or while it is used.

import { announce, place, toast, toastText } from "../js/notices.js";

const SHOWN_MS = 3000;
// A line to write in is noticed later than words are read.
const LINE_SHOWN_MS = 8000;

const template = document.querySelector("[data-notices]");

// The notices that go by themselves, with what keeps each.
const fading = new WeakMap();

function fade(note, ms = SHOWN_MS) {
  let timer = 0;
  fading.get(note)?.();
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(() => note.remove(), ms);
  };
  fading.set(note, stop);
  note.addEventListener("pointerenter", stop);
  note.addEventListener("focusin", stop);
  note.addEventListener("pointerleave", () => { if (!note.matches(":focus-within")) start(); });
  note.addEventListener("focusout", ({ relatedTarget }) => {
    if (!note.contains(relatedTarget) && !note.matches(":hover")) start();
  });
  start();
  return start;
}

// Says what happened, for a moment.
export const tell = (sentence) => fade(toastText(sentence));

// Says why two pictures cannot be told apart, and where that changes.
export function tellKept(root) {
  const kept = root.querySelector("[data-kept-together]");
  announce(kept.textContent.trim());
  fade(toast(...kept.cloneNode(true).childNodes), LINE_SHOWN_MS);
}

let early = 0;

// Says beside any notice, which stays, that a key decided nothing.
export function tellEarly(sentence) {
  const line = document.querySelector("[data-toasts]");
  announce(sentence);
  line.dataset.early = sentence;
  clearTimeout(early);
  early = setTimeout(() => { delete line.dataset.early; }, SHOWN_MS);
}

// Adds to what was said of a decision, or says it by itself where that is gone.
function add(message, key) {
  const note = document.querySelector(`[data-notice="${key}"]`);
  if (note) note.querySelector("[data-said]").textContent += ` · ${message}`;
  announce(message);
  return note ?? toast(message);
}

// Says what follows from a decision; returns whether anything does.
export async function tellWhatFollows(response, key) {
  const { message } = await response.clone().json().catch(() => ({}));
  if (message) add(message, key);
  return Boolean(message);
}

// Says of a golden pair whether it was decided rightly, and why, for as long as it takes to read.
export async function tellTruth(response, key) {
  const { told } = await response.clone().json().catch(() => ({}));
  if (!told) return;
  const note = add(told, key);
  note.dataset.truth = "";
  fade(note, LINE_SHOWN_MS);
}

// `onSaid({ reason, note })` is called with what was said, again with both when a note follows a reason.
// Where claims differ, the line for the picture's own is open at once, but without the focus: letters
// decide until somebody goes to write.
export function ask({ act, key, sentence, claimed, onSaid, undo }) {
  const note = place(template.content.firstElementChild.cloneNode(true));
  const reasons = note.querySelector(`[data-of="${act}"]`);
  const form = note.querySelector("form");
  const input = form.elements.note;
  const opener = note.querySelector("[data-opens=reason]");
  note.dataset.notice = key;
  note.querySelector("[data-said]").textContent = sentence;
  announce(sentence);
  opener.hidden = !reasons;
  const said = { reason: "", note: "" };
  let stay = () => {};
  const goOn = () => document.querySelector("[data-layer][open] .decide, #decide")?.focus({ preventScroll: true });
  const leave = () => {
    note.remove();
    goOn();
  };
  const writeDown = () => {
    leave();
    said.note = input.value.trim();
    if (said.reason || said.note) onSaid(said);
  };
  // The line stays, since a note may follow.
  const choose = ({ value, lastChild }) => {
    reasons.hidden = opener.hidden = true;
    note.querySelector("[data-said]").textContent += ` · ${lastChild.textContent}`;
    said.reason = value;
    said.note = act === "confirm_image" ? "" : input.value.trim();
    onSaid({ ...said });
    goOn();
    stay();
  };
  const open = (part) => {
    for (const each of [reasons, form]) if (each) each.hidden = each !== part;
    (part === form ? input : part.firstElementChild).focus({ preventScroll: true });
  };
  note.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.matches("[data-reason]")) choose(button);
    else if (button?.matches("[data-take-back]")) undo();
    else if (button?.dataset.opens) open(button === opener ? reasons : form);
  });
  note.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return leave();
    const reason = !reasons?.hidden && reasons?.children[Number(event.key) - 1];
    if (!reason) return null;
    event.stopPropagation();
    return reason.click();
  });
  // Enter saves the note alone.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    writeDown();
  });
  stay = fade(note, act === "confirm_image" ? LINE_SHOWN_MS : SHOWN_MS);
  if (act !== "confirm_image") return;
  input.placeholder = input.ariaLabel = input.dataset.claims;
  input.value = claimed;
  form.hidden = false;
}
