// The queue's own parts, as they are by now.

import { request } from "../js/fragments.js";
import { pageOf } from "../js/pages.js";
import { label } from "./keymap.js";
import { show } from "./selection.js";

// Puts the parts of the queue as it is now in place of those shown.
export async function refresh() {
  const response = await request(location.href);
  if (!response.ok) return;
  const fresh = pageOf(await response.text());
  for (const part of ["[data-part=counts]", "[data-part=views]", "[data-part=pairs]", "[data-undo-last]", "[data-to-review-total]"]) {
    const there = fresh.querySelector(part);
    if (there) document.querySelector(part)?.replaceWith(document.adoptNode(there));
  }
  label(document.querySelector("[data-part=pairs]"));
  const form = document.querySelector("[data-part=pairs] [data-selection]");
  if (form) show(form, { isSaid: false });
}
