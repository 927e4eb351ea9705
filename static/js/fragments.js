// Parts of pages, rendered by the server and put in place here.

const SIGN_IN_PATH = "/login/";

export const fragmentHeaders = { "X-Fragment": "1" };

// A network may swallow a request: what can be asked again is not waited for any longer.
export const soon = () => AbortSignal.timeout(30_000);

// Fetches; when the session has ended, the page is left for the sign-in page and nothing returns.
export async function request(address, options = {}) {
  const response = await fetch(address, {
    ...options,
    headers: { ...fragmentHeaders, ...options.headers },
  });
  return isSignInPage(response.url) ? leave() : response;
}

export const isSignInPage = (address) => Boolean(address) && new URL(address, location.href).pathname === SIGN_IN_PATH;

export const session = { hasEnded: false };

export function leave() {
  session.hasEnded = true;
  location.reload();
  return new Promise(() => {});
}

// Returns the elements that the markup describes. They belong to this document already: pictures
// inside a template's own document would not begin to load.
export function elementsOf(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return [...document.importNode(template.content, true).children];
}

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

function replacePart(fresh, part) {
  const there = fresh.querySelector(part);
  if (there) document.querySelector(part)?.replaceWith(document.adoptNode(there));
}
