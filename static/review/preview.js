// Many pairs at once without leaving the queue: the preview is a sheet over it, and what comes of it
// a line with Undo. The pages are those that are shown without a script.

import { request } from "../js/fragments.js";
import { announce, clearToasts, place, text, toastText } from "../js/notices.js";
import { pageOf, problemOf } from "../js/pages.js";
import { label, letterOf } from "./keymap.js";
import { refresh } from "./queue_parts.js";
import { show } from "./selection.js";

const sheet = document.querySelector("[data-preview]");
// One thing after the other: a second preview would take the place of what is being done.
let isBusy = false;
let asking = new AbortController();

async function answerTo(form, submitter, address = form.action) {
  const body = new FormData(form, submitter);
  const response = await request(address, { method: "POST", body });
  const markup = await response.text();
  const page = pageOf(markup);
  // What stands between, a proxy or a hotel's network, answers with pages of its own.
  const isOurs = page.querySelector("[data-texts]");
  if (!response.ok || !isOurs) throw new Error((isOurs && problemOf(markup)) || text("offline"));
  return page;
}

function fill(part) {
  sheet.replaceChildren(document.adoptNode(part));
  label(sheet);
  const form = sheet.querySelector("[data-selection]");
  if (form) show(form, { isSaid: false });
  if (!sheet.open) sheet.showModal();
  sheet.focus();
}

const wordsIn = (page, places) => [...page.querySelectorAll(places)].map((each) => each.textContent.replace(/\s+/g, " ").trim()).join(" ");

function say(page) {
  const words = wordsIn(page, "[data-said], .messages > .message");
  const undo = page.querySelector("[data-undo]");
  if (!undo) return toastText(words);
  const note = document.createElement("div");
  note.className = "toast";
  note.dataset.notice = "";
  note.append(words, document.adoptNode(undo));
  place(note);
  announce(words);
  return sheet.open || note.querySelector("button").focus({ preventScroll: true });
}

async function preview(form, submitter) {
  const page = await answerTo(form, submitter);
  const part = page.querySelector("[data-sheet-part]");
  if (part) {
    clearToasts();
    return fill(part);
  }
  // Everything selected is gone.
  await refresh();
  return say(page);
}

// Says what became of it; what was left, and why, takes the place of the preview.
async function tell(page) {
  await refresh();
  const left = page.querySelector("[data-left-part]");
  if (left) {
    fill(left);
    sheet.querySelector("h2").before(closer());
  } else sheet.close();
  say(page);
}

function closer() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.dataset.close = "";
  button.textContent = text("close");
  return button;
}

async function apply(form, submitter) {
  try {
    await tell(await answerTo(form, submitter));
  } catch (error) {
    show(form, { isSaid: false });
    throw error;
  }
}

async function takeBack(form) {
  const page = await answerTo(form);
  clearToasts();
  await tell(page);
}

// What follows depends on what is left of the selection.
async function askAgain(form) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const response = await request(form.dataset.previewAgain, { method: "POST", body: new FormData(form), signal });
  const said = pageOf(await response.text()).querySelector("[data-consequence]");
  if (said && !signal.aborted) form.querySelector("[data-consequence]").replaceWith(document.adoptNode(said));
}

const ACTS = [["[data-part=pairs] [data-selection]", preview], ["[data-preview] [data-sheet]", apply], ["[data-toasts] [data-undo]", takeBack]];

if (sheet) {
  document.addEventListener("submit", async (event) => {
    const [, act] = ACTS.find(([which]) => event.target.matches(which)) ?? [];
    if (!act) return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await act(event.target, event.submitter);
    } catch ({ name, message }) {
      toastText(name === "Error" ? message : text("offline"));
    } finally {
      isBusy = false;
    }
  });
  sheet.addEventListener("click", (event) => {
    if (event.target !== sheet && !event.target.closest("[data-close]")) return;
    event.preventDefault();
    sheet.close();
  });
  sheet.addEventListener("change", ({ target }) => {
    const form = target.closest("[data-preview-again]");
    if (form?.dataset.previewAgain && form.querySelector(":checked")) askAgain(form).catch(() => {});
  });
  sheet.addEventListener("keydown", (event) => {
    const button = sheet.querySelector("[data-sheet] [data-key]:not(:disabled)");
    if (event.repeat || !event.shiftKey || document.documentElement.dataset.shortcuts === "off") return;
    if (!button || letterOf(event) !== button.dataset.key) return;
    event.preventDefault();
    button.click();
  });
}
