// Removes the chosen images without leaving the page, and offers to put them back.

import { elementsOf, request } from "./fragments.js";
import { announce, clearToasts, text, toast, toastText } from "./notices.js";
import { pageOf, problemOf, refreshItems } from "./pages.js";

function showSelection() {
  const form = document.querySelector("[data-removal]");
  const count = form?.querySelector("[data-selection-count]");
  if (!count) return;
  const chosen = form.querySelectorAll("input[name=item]:checked").length;
  const { text: some, textNone: none } = count.dataset;
  count.textContent = chosen ? some.replace("{n}", chosen) : none;
  form.querySelector("button[type=submit]").disabled = !chosen;
}

async function remove(form) {
  const response = await request(form.action, { method: "POST", body: new FormData(form) });
  if (!response.ok) {
    await refreshItems();
    toastText(problemOf(await response.text()));
    return;
  }
  const note = toast(...elementsOf(await response.text()));
  announce(note.firstElementChild.textContent);
  await refreshItems();
  showSelection();
  note.querySelector("form button").focus();
}

async function restore(form) {
  const response = await request(form.action, { method: "POST", body: new FormData(form) });
  const page = pageOf(await response.text());
  const words = [...page.querySelectorAll(".message")].map((each) => each.textContent.trim());
  clearToasts();
  await refreshItems(page);
  showSelection();
  if (words.length) toastText(words.join(" "));
}

document.addEventListener("submit", async (event) => {
  const act = event.target.matches("[data-removal]") ? remove : event.target.matches("[data-restore]") ? restore : null;
  if (!act) return;
  event.preventDefault();
  try {
    await act(event.target);
  } catch {
    toastText(text("offline"));
  }
});

document.addEventListener("change", showSelection);
showSelection();
new MutationObserver(showSelection).observe(document.getElementById("main"), { childList: true });
