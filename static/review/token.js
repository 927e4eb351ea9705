// Who has signed in again elsewhere has other tokens: forms of this page take one from the page of now.

import { isSignInPage, leave, soon } from "../js/fragments.js";
import { pageOf } from "../js/pages.js";

const NAME = "[name=csrfmiddlewaretoken]";

export async function renew() {
  const response = await fetch(location.href, { signal: soon() });
  const { body } = pageOf(await response.text());
  // What one person decided is nothing for the session of another.
  if (isSignInPage(response.url) || body.dataset.person !== document.body.dataset.person) return leave();
  const { value } = body.querySelector(NAME);
  for (const each of document.querySelectorAll(NAME)) each.value = value;
  return null;
}
