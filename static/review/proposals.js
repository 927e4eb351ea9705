// What a rule proposes: Enter accepts what is left of it, arrows lead into the pictures.

import { isHeard } from "./shortcuts.js";

const form = document.querySelector("[data-proposals]");
const accept = form?.querySelector("[data-accept]");
const ARROWS = new Set(["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"]);

form?.addEventListener("submit", (event) => {
  // Sent twice by a key that bounces, it would be said to have changed nothing.
  if (form.dataset.isSent) event.preventDefault();
  form.dataset.isSent = "true";
});
addEventListener("pageshow", () => { delete form?.dataset.isSent; });
document.addEventListener("keydown", (event) => {
  if (!form || !isHeard(event)) return;
  const isElsewhere = event.target === document.body || event.target.matches("main");
  if (event.key === "Enter" && accept && !accept.disabled && !event.target.closest("a, button, summary")) {
    event.preventDefault();
    accept.click();
  } else if (ARROWS.has(event.key) && isElsewhere) {
    event.preventDefault();
    form.querySelector("[name=pair]").focus();
  }
});
