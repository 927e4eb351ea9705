// Checks a picture as soon as it is dropped, pasted or chosen.

import { asker, choose } from "./chosen.js";
import { onFiles } from "./drop.js";
import { refreshFacts } from "./pages.js";

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-check-result]");
const { image, keeping } = form.elements;

const check = asker(form, result, async () => {
  if (keeping.value !== "nothing") await refreshFacts();
});

onFiles(form, image, ([file]) => {
  choose(form, image, file);
  check();
});
