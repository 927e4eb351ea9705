// Checks a picture as soon as it is dropped, pasted or chosen.

import { onFiles } from "./drop.js";
import { problemOf, request } from "./fragments.js";
import { text, toastText } from "./notices.js";

const REFUSED = 422;

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-check-result]");
const input = form.elements.image;

async function check() {
  result.setAttribute("aria-busy", "true");
  try {
    const response = await request(form.action, { method: "POST", body: new FormData(form) });
    const markup = await response.text();
    if (response.ok || response.status === REFUSED) result.innerHTML = markup;
    else toastText(problemOf(markup));
  } catch {
    toastText(text("offline"));
  } finally {
    result.removeAttribute("aria-busy");
  }
}

onFiles(form, input, ([file]) => {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  input.files = chosen.files;
  check();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
