// Decide and see the next pair at once: it is there, decoded, before the key is pressed.

import { elementsOf, request } from "../js/fragments.js";
import { announce, clearToasts, text, toastText } from "../js/notices.js";
import { count, showCount } from "./counts.js";
import { Outbox } from "./outbox.js";
import { listen } from "./shortcuts.js";

const root = document.querySelector("[data-review-loop]");
const stage = root.querySelector("[data-stage]");
const texts = root.querySelector("[data-review-texts]").dataset;
const decided = new Set();
let ahead = null;
let isPainted = true;
// A pair that somebody else had decided, when the answer came before the next pair was shown.
let overtaken = null;

const current = () => stage.firstElementChild;
const painted = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

// A picture that cannot be shown must not keep the pair from being shown.
const decode = (article) => Promise.allSettled([...article.querySelectorAll("img")].map((img) => img.decode()));

async function articleOf(response) {
  const [article] = elementsOf(await response.text());
  await decode(article);
  return article;
}

async function load(address) {
  const response = await request(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return articleOf(response);
}

function prefetch() {
  const address = current().dataset.next;
  ahead = address ? { address, article: load(address).catch(() => null) } : null;
}

// Returns the pair after the current one; what was fetched too early or failed is fetched anew.
async function following() {
  const early = ahead && (await ahead.article);
  if (early && !decided.has(early.dataset.pair)) return early;
  await outbox.idle();
  return load(current().dataset.next);
}

// Returns what finds the focused control again in another pair.
function focused() {
  const { dataset, id } = document.activeElement;
  if (!stage.contains(document.activeElement)) return null;
  return dataset.key ? `[data-key="${dataset.key}"]` : id && `#${id}`;
}

async function show(article) {
  const control = focused();
  isPainted = false;
  stage.replaceChildren(article);
  history.replaceState(null, "", article.dataset.address);
  prefetch();
  await null; // What others do to a pair that has just come in is done now.
  if (control) article.querySelector(control)?.focus({ preventScroll: true });
  await painted();
  isPainted = true;
}

async function decide(form) {
  const { pair } = current().dataset;
  const act = form.elements.act.value;
  decided.add(pair);
  outbox.push({ address: form.action, body: new FormData(form), pair, page: current().dataset.address });
  clearToasts();
  if (act !== "unsure") showCount(count() - 1);
  announce(texts[act]);
  await show(await following());
}

async function skip() {
  const article = await following();
  if (!article.dataset.pair) toastText(texts.only);
  else await show(article);
}

async function undo(form) {
  if (!outbox.isEmpty) announce(texts.wait);
  await outbox.idle();
  const response = await request(form.action, { method: "POST", body: new FormData(form) });
  if (response.status === 409) {
    toastText((await response.json()).message);
    return;
  }
  const article = await articleOf(response);
  decided.delete(article.dataset.pair);
  showCount(Number(article.dataset.remaining));
  announce(texts.undone);
  await show(article);
}

const outbox = new Outbox({
  onChange(unsent) {
    const note = root.querySelector("[data-unsent]");
    note.hidden = unsent === 0;
    note.textContent = note.dataset.text.replace("{n}", unsent);
  },
  async onAnswer(response, entry) {
    if (response.ok) {
      if (outbox.isEmpty) showCount(Number(response.headers.get("X-To-Review")));
      return;
    }
    decided.delete(entry.pair);
    if (response.status !== 409) {
      toastText(texts.refused);
      return;
    }
    const article = await articleOf(response);
    if (stage.ariaBusy === "true") overtaken = article;
    else await showAgain(article);
  },
});

async function showAgain(article) {
  showCount(Number(article.dataset.remaining));
  await show(article);
}

stage.addEventListener("submit", async (event) => {
  const form = event.target;
  const act = form.matches("[data-decide]") ? decide : form.matches("[data-skip]") ? skip : undo;
  event.preventDefault();
  // Nobody can have seen what is not painted yet: a key pressed twice decides once.
  if (!isPainted || stage.ariaBusy === "true") return;
  stage.ariaBusy = "true";
  try {
    await act(form);
    if (overtaken) await showAgain(overtaken);
  } catch {
    toastText(text("offline"));
  } finally {
    overtaken = null;
    stage.ariaBusy = "false";
  }
});

listen();
decode(current()).then(prefetch);
