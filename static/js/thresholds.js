// Thresholds are tried as their sliders move: the server says what they would do, soon after the last
// move, and nothing that has the focus is touched.

import { elementsOf, formOf, request } from "./fragments.js";

const SOON_MS = 120;
const form = document.querySelector("[data-thresholds]");
const address = form.querySelector("[name=try]").formAction;
// The one counts as a duplicate, the other is put up for review: it is never the higher one.
const [high, low] = ["duplicate_threshold", "suggestion_threshold"].map((name) => ({
  typed: form.elements[name],
  slid: form.elements[`${name}_slid`],
}));
let waiting;
let asking = new AbortController();

// The track is filled from the thumb on; without a script it is plain.
function fill({ slid }) {
  const share = (slid.value - slid.min) / (slid.max - slid.min);
  slid.style.setProperty("--at", `${100 * share}%`);
}

function set(one, value) {
  one.typed.value = value;
  one.slid.value = value;
  fill(one);
}

function place(parts) {
  for (const part of parts) {
    const old = document.querySelector(`[data-live="${part.dataset.live}"]`);
    if (old && old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
  }
}

async function ask() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const body = formOf({ try: 1, [high.typed.name]: high.typed.value, [low.typed.name]: low.typed.value });
  form.setAttribute("aria-busy", "true");
  try {
    const response = await request(address, { method: "POST", body, signal });
    const [section] = elementsOf(await response.text());
    if (response.ok && !signal.aborted) place(section.querySelectorAll("[data-live]"));
  } catch {
    // What was shown before stands until something is asked again.
  }
  if (!signal.aborted) form.removeAttribute("aria-busy");
}

form.addEventListener("input", ({ target }) => {
  const moved = [high, low].find(({ typed, slid }) => [typed, slid].includes(target));
  if (!moved || !target.value) return;
  if (target === moved.slid) moved.typed.value = target.value;
  else moved.slid.value = target.value;
  fill(moved);
  if (target === moved.slid && Number(low.typed.value) > Number(high.typed.value)) {
    set(moved === high ? low : high, target.value);
  }
  clearTimeout(waiting);
  waiting = setTimeout(ask, SOON_MS);
});

for (const one of [high, low]) fill(one);
form.dataset.isLive = "";
