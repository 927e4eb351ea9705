// Asks the server to take a decision back.

import { request, soon } from "../js/fragments.js";
import { problemOf } from "../js/pages.js";
import { toastText } from "../js/notices.js";
import { articlesOf, decode } from "./ahead.js";
import { isUnanswered } from "./delivering.js";
import { newKey } from "./outbox.js";

let key = null;

// Returns the page of what was taken back, or null where nothing was, which is told. Without an answer
// the same undo is meant the next time.
export async function undoAtServer(form, fields = {}) {
  key ??= newKey();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ ...fields, key })) body.set(name, value);
  const response = await request(form.action, { method: "POST", body, signal: soon() });
  if (isUnanswered(response)) throw new Error(`status ${response.status}`);
  key = null;
  if (!response.ok) {
    toastText(response.status === 409 ? (await response.json()).message : problemOf(await response.text()));
    return null;
  }
  const [article] = await articlesOf(response);
  await decode(article);
  return article;
}
