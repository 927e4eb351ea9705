// The grid of a list: selecting by mouse and key, acting on the selection, and further pages.

import { request } from "./fragments.js";
import { announce, text, toastText } from "./notices.js";
import { pageOf, problemOf, replacePart } from "./pages.js";
import "./endless.js";

const formOf = (element) => element.closest?.("[data-workbench]");
const workbench = () => document.querySelector("[data-workbench]");
const boxesOf = (form) => [...form.querySelectorAll("[name=item]")];
const rowOf = (element) => element.closest?.("[data-row]");
const LEAVING = ["remove", "move", "restore"];
let last = null;

function show(form) {
  const chosen = boxesOf(form).filter((box) => box.checked).length;
  const all = form.querySelector("[data-select-all]");
  const words = all?.checked ? all.closest("label").textContent.trim() : form.dataset.text.replace("{n}", chosen);
  form.querySelector("[data-selection-count]").textContent = all?.checked ? "" : words;
  announce(words);
}

function set(box, isChecked, isRange) {
  const form = formOf(box);
  const boxes = boxesOf(form);
  const from = isRange && last?.isConnected ? boxes.indexOf(last) : boxes.indexOf(box);
  const [low, high] = [from, boxes.indexOf(box)].sort((a, b) => a - b);
  for (const each of boxes.slice(low, high + 1)) each.checked = isChecked;
  last = box;
  show(form);
}

function clear(form) {
  for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
  for (const menu of form.querySelectorAll("[data-menu][open]")) menu.open = false;
  last = null;
  show(form);
}

// The row whose middle is nearest above or below.
function beside(here, isBelow) {
  const middle = (row) => row.getBoundingClientRect().left + row.offsetWidth / 2;
  const rows = [...formOf(here).querySelectorAll("[data-row]")];
  const next = rows.filter((row) => (isBelow ? row.offsetTop > here.offsetTop : row.offsetTop < here.offsetTop));
  const tops = next.map((row) => row.offsetTop);
  const line = isBelow ? Math.min(...tops) : Math.max(...tops);
  const off = (row) => Math.abs(middle(row) - middle(here));
  return next.filter((row) => row.offsetTop === line).sort((a, b) => off(a) - off(b))[0];
}

function neighbour(here, key) {
  if (key === "ArrowUp" || key === "ArrowDown") return beside(here, key === "ArrowDown");
  const isBack = (key === "ArrowLeft") !== (getComputedStyle(here).direction === "rtl");
  const rows = [...formOf(here).querySelectorAll("[data-row]")];
  return rows[rows.indexOf(here) + (isBack ? -1 : 1)];
}

const isX = (event) => event.key.toLowerCase() === "x" || (event.key.charCodeAt(0) > 127 && event.code === "KeyX");

// Enter in a field of the bar would press the form's first button, which exports.
function pressBesideField(event) {
  const panel = event.target.matches("[data-bar] input[type=text]") && event.target.closest(".menu-panel");
  if (!panel || event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  panel.querySelector("button").click();
}

// In the grid alone, so keys surprise nobody who types elsewhere.
function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[data-menu][open]")) return;
  const form = workbench();
  if (event.key === "Escape" && form?.querySelector(":checked")) { clear(form); return; }
  const here = rowOf(event.target) ?? (event.target === document.body ? form?.querySelector("[data-row]") : null);
  const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (!isTyping && event.key.toLowerCase() === "u" && !event.repeat) document.querySelector("[data-undo]")?.click();
  if (!here || isTyping) return;
  const box = here.querySelector("[name=item]");
  if (isX(event) && !event.repeat) {
    if (!here.contains(document.activeElement)) here.querySelector("a").focus();
    set(box, event.shiftKey || !box.checked, event.shiftKey);
  } else if (/^Arrow/.test(event.key)) {
    const next = here.contains(event.target) ? neighbour(here, event.key) : here;
    if (!next) return;
    next.querySelector("a").focus();
  } else if (event.key === "Enter" && event.target === box) here.querySelector("a").click();
  else return;
  event.preventDefault();
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  const response = await request(form.action, { method: "POST", body });
  const answer = await response.text();
  if (!response.ok) { toastText(problemOf(answer)); return; }
  const page = pageOf(answer);
  const problem = page.querySelector(".messages .message");
  if (problem) { toastText(problem.textContent.trim()); return; }
  // Of what stays on the page nothing moves.
  if (!LEAVING.includes(body.get("act")) || body.get("all")) {
    for (const part of body.get("all") ? ["[data-items]"] : []) replacePart(page, part);
  } else {
    for (const box of boxesOf(form)) if (box.checked) rowOf(box).remove();
    if (!form.querySelector("[data-row]")) replacePart(page, "[data-items]");
  }
  for (const part of ["[data-change-place]", "[data-list-facts]", ".list-tools"]) replacePart(page, part);
  if (workbench()) clear(workbench());
  announce(document.querySelector("[data-change] [role=status]")?.textContent.trim().replace(/\s+/g, " ") ?? "");
  document.querySelector("[data-undo]")?.focus();
}

document.addEventListener("keydown", press, true);
document.addEventListener("keydown", pressBesideField);
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-workbench] [name=item]")) set(event.target, event.target.checked, event.shiftKey);
});
document.addEventListener("change", ({ target }) => { if (target.matches("[data-select-all]")) show(formOf(target)); });
document.addEventListener("reset", (event) => {
  if (!event.target.matches("[data-workbench]")) return;
  event.preventDefault();
  clear(event.target);
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-workbench]") || event.submitter?.name !== "act") return;
  event.preventDefault();
  try {
    await send(event.target, event.submitter);
  } catch {
    toastText(text("offline"));
  }
});
