// The preview of a selection: how many pairs are left in it.

const form = document.querySelector("[data-sheet]");
const boxes = [...form.querySelectorAll("[name=pair]")];

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-sheet-count]")) place.textContent = chosen;
  form.querySelector("button[type=submit]").disabled = !chosen;
}

form.addEventListener("change", show);
// Pressed twice, the second answer would say that all of it stood like this already.
form.addEventListener("submit", () => { form.querySelector("button[type=submit]").disabled = true; });
addEventListener("pageshow", show);
show();
