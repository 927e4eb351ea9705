// The preview of a selection: how many pairs are left in it.

const form = document.querySelector("[data-sheet]");
const boxes = [...form.querySelectorAll("[name=pair]")];

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-sheet-count]")) place.textContent = chosen;
  form.querySelector("button[type=submit]").disabled = !chosen;
}

form.addEventListener("change", show);
addEventListener("pageshow", show);
show();
