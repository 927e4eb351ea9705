// Selecting pairs: by mouse, and in a row by X; with Shift all from the last one selected.

const form = document.querySelector("[data-selection]");
const boxes = [...form?.querySelectorAll("[name=pair]") ?? []];
const page = form?.querySelector("[data-select-page]");
const all = form?.querySelector("[data-select-all]");
const rowOf = (element) => element.closest("[data-row]");
let last = null;

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  const { text, textNone: none } = form.dataset;
  const label = form.querySelector("[data-selection-count]");
  const words = chosen ? text.replace("{n}", chosen) : none;
  label.textContent = all?.checked ? all.closest("label").textContent.trim() : words;
  for (const box of boxes) rowOf(box)?.classList.toggle("is-selected", box.checked || Boolean(all?.checked));
  if (page) {
    page.checked = chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  for (const button of form.querySelectorAll("button[name=act]")) button.disabled = !chosen && !all?.checked;
}

function set(box, isChecked, isRange) {
  const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
  const range = isRange ? boxes.slice(from, to + 1) : [box];
  for (const each of range) each.checked = isChecked;
  last = box;
  show();
}

function move(row, step) {
  const rows = [...form.querySelectorAll("[data-row]")];
  const next = rows[rows.indexOf(row) + step];
  next?.querySelector(".queue-link").focus();
}

// Keys work in a row alone, so they are nobody's way to be surprised elsewhere.
function press(event) {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = row.querySelector("[name=pair]");
  const isX = event.key.toLowerCase() === "x" || (event.key.charCodeAt(0) > 127 && event.code === "KeyX");
  if (isX && !event.repeat) set(box, !box.checked, event.shiftKey);
  else if (event.key === "ArrowDown") move(row, 1);
  else if (event.key === "ArrowUp") move(row, -1);
  // Enter in a checkbox would send the form by its first button.
  else if (event.key !== "Enter" || event.target !== box) return;
  event.preventDefault();
}

if (form) {
  form.addEventListener("keydown", press);
  form.addEventListener("click", (event) => {
    if (event.target.matches("[name=pair]")) set(event.target, event.target.checked, event.shiftKey);
  });
  form.addEventListener("change", ({ target }) => {
    if (target === page) for (const box of boxes) box.checked = page.checked;
    show();
  });
  // A page that comes back from the history has its boxes as they were left.
  addEventListener("pageshow", show);
  show();
}
