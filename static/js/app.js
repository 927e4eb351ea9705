// What every page does: copying, menus, filters that apply themselves.

import { announce, text, toastText } from "./notices.js";

async function copy(button, words) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Browsers refuse it on plain http away from this machine.
    toastText(text("copyFailed"));
    return;
  }
  announce(text("copied"));
  button.classList.add("is-done");
  setTimeout(() => button.classList.remove("is-done"), 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (button) {
    const from = button.dataset.copyFrom;
    copy(button, from ? document.getElementById(from).textContent : button.dataset.copy);
  }
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What is opened to be filled in is begun with.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches("[data-focus-first]")) target.querySelector("form input:not([type=hidden])").focus();
}, true);

document.addEventListener("change", (event) => {
  // A date or a number is being typed when it changes.
  if (!event.target.matches("select, [type=checkbox]")) return;
  if (event.target.form?.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
