// Whole pages, rendered by the server: what they say, and parts of them put in place here.

export function pageOf(markup) {
  return new DOMParser().parseFromString(markup, "text/html");
}

// Returns what an error page says, as one line.
export function problemOf(markup) {
  const page = pageOf(markup);
  const words = [...page.querySelectorAll(".problem h1, .problem-lead")];
  return words.map((each) => each.textContent.trim()).join(". ");
}

// Replaces the list's images and counts by those of a page, or of this page as it is now.
export async function refreshItems(page) {
  const fresh = page ?? pageOf(await (await fetch(location.href)).text());
  for (const part of ["[data-items]", "[data-list-facts]"]) replacePart(fresh, part);
}

// Replaces the list's counts alone.
export async function refreshFacts() {
  replacePart(pageOf(await (await fetch(location.href)).text()), "[data-list-facts]");
}

export function replacePart(fresh, part) {
  const there = fresh.querySelector(part);
  if (there) document.querySelector(part)?.replaceWith(document.adoptNode(there));
}
