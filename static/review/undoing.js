// Asks the server to take a decision back.

import { request } from "../js/fragments.js";
import { toastText } from "../js/notices.js";
import { articlesOf } from "./ahead.js";
import { newKey } from "./outbox.js";

let key = null;

// Returns the page of what was taken back, or null where nothing was, which is told. Without an answer
// the same undo is meant the next time.
export async function undoAtServer(form, fields = {}) {
  key ??= newKey();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ ...fields, key })) body.set(name, value);
  const response = await request(form.action, { method: "POST", body });
  key = null;
  if (response.status === 409) {
    toastText((await response.json()).message);
    return null;
  }
  const [article] = await articlesOf(response);
  return article;
}
