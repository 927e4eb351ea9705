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

// What a form of the page would send: the fields and the page's token.
export function formOf(fields) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  return new URLSearchParams({ ...fields, csrfmiddlewaretoken: token });
}

// Returns the elements that the markup describes. They belong to this document already: pictures
// inside a template's own document would not begin to load.
export function elementsOf(markup) {
  const template = document.createElement("template");
  template.innerHTML = markup;
  return [...document.importNode(template.content, true).children];
}
