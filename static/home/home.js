// The first page: Enter starts, and the demo's progress is asked for while it changes.

import { elementsOf, request } from "../js/fragments.js";

const EVERY_MS = 1500;
const isOff = () => document.documentElement.dataset.shortcuts === "off";

function press(event) {
  if (event.key !== "Enter" || event.repeat || isOff() || event.target !== document.body) return;
  document.querySelector("[data-start]")?.click();
}

async function refresh() {
  const shown = document.querySelector("[data-refresh]");
  if (!shown) return;
  try {
    const response = await request(shown.dataset.refresh);
    if (response.ok) shown.replaceWith(...elementsOf(await response.text()));
  } catch {
    // The network is away: asked again.
  }
  later();
}

function later() {
  if (document.querySelector("[data-refresh]")) setTimeout(refresh, EVERY_MS);
}

document.addEventListener("keydown", press);
later();
