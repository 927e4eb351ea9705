// The page of the queue: keys, counts, filters, and what is done with many pairs in their place.

import "./live.js";
import "./preview.js";
import { clear, selection } from "./selection.js";
import { listen } from "./shortcuts.js";

const isOff = () => document.documentElement.dataset.shortcuts === "off";
const isCovered = () => document.querySelector("dialog[open], [data-menu][open]");

function press(event) {
  if (event.repeat || isOff() || isCovered()) return null;
  const form = selection();
  if (event.key === "Escape" && form?.querySelector(":checked")) return clear(form);
  if (event.key !== "Enter" || event.target !== document.body) return null;
  return document.querySelector("[data-start]")?.click();
}

// Before a menu that Escape closes is closed.
document.addEventListener("keydown", press, true);
// The address says what is asked for and nothing else.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-submit-on-change]")) return;
  for (const [name, value] of [...formData]) {
    const usual = target.elements[name].options?.[0].value ?? "";
    if (value === usual) formData.delete(name);
  }
});
listen();
