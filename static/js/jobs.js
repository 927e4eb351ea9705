// Rows of imports: what changes is looked at again and again, and put in its place. A page that is
// not that of imports says where to look, and shows those alone that were begun on it.

import { request } from "./fragments.js";
import { pageOf, replacePart } from "./pages.js";

const LOOK_AGAIN_MS = 2000;
const CHANGING = "[data-import]:is([data-state=running], [data-state=receiving])";

const imports = document.querySelector("[data-imports]");
const isElsewhere = Boolean(imports.dataset.look);
// The imports whose file this page sends.
export const sending = new Set();

const rowOf = (id) => imports.querySelector(`[data-import="${id}"]`);

// Puts a row in the place of the one of the same import, or first; returns the one that is there.
export function show(row) {
  const there = rowOf(row.dataset.import);
  if (!there) imports.prepend(row);
  else if (there.dataset.state === row.dataset.state) renew(there, row);
  else {
    there.replaceWith(row);
    row.dispatchEvent(new Event("import-changed", { bubbles: true }));
  }
  return rowOf(row.dataset.import);
}

// Of a row that does the same as before only the figures change: buttons keep the focus.
function renew(there, row) {
  there.dataset.received = row.dataset.received;
  for (const part of row.querySelectorAll("[data-live]")) {
    const old = there.querySelector(`[data-live=${part.dataset.live}]`);
    if (!old || old.isEqualNode(part)) continue;
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(part);
    if (hadFocus) part.querySelector("a")?.focus();
  }
}

export async function look(always = false) {
  if (!always && (document.hidden || !imports.querySelector(CHANGING))) return;
  try {
    const fresh = pageOf(await (await request(imports.dataset.look ?? location.href)).text());
    const rows = [...fresh.querySelectorAll("[data-import]")];
    for (const row of rows.reverse()) {
      const { import: id } = row.dataset;
      if (isElsewhere && !rowOf(id)) continue;
      if (!sending.has(id)) show(document.importNode(row, true));
    }
    replacePart(fresh, "[data-import-tools]");
  } catch {
    // The next look may reach the server.
  }
}

setInterval(look, LOOK_AGAIN_MS);
