// Shows which picture was chosen, before the server has seen it, and asks the server about it.

import { request } from "./fragments.js";
import { announce, text, toastText } from "./notices.js";
import { problemOf } from "./pages.js";

const REFUSED = 422;

export function showChosen(form, input) {
  const picture = form.querySelector("[data-chosen-picture]");
  const name = form.querySelector("[data-chosen-name]");
  const [file] = input.files;
  URL.revokeObjectURL(picture.src);
  // A picture that cannot be drawn here may still be one: the server says.
  picture.onerror = () => { picture.hidden = true; };
  if (file) picture.src = URL.createObjectURL(file);
  else picture.removeAttribute("src");
  picture.hidden = !file;
  name.textContent = file?.name ?? "";
  name.hidden = !file;
  form.querySelector(".drop-icon").toggleAttribute("hidden", Boolean(file));
}

// Puts a file that was dropped or pasted where a chosen one would be.
export function choose(form, input, file) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  input.files = chosen.files;
  showChosen(form, input);
}

// Returns what sends the form and puts the answer into `result`. The last answer asked for counts,
// whichever comes first; it is said aloud what it is, not all of it.
export function asker(form, result, onShown) {
  let running = new AbortController();

  async function ask() {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    result.setAttribute("aria-busy", "true");
    announce(result.dataset.busy);
    try {
      const response = await request(form.action, { method: "POST", body: new FormData(form), signal });
      const markup = await response.text();
      if (signal.aborted) return;
      if (response.ok || response.status === REFUSED) {
        result.innerHTML = markup;
        const words = result.querySelectorAll(".message, .verdict h2, [data-threshold-shown]");
        announce([...words].map((each) => each.textContent.trim()).join(". "));
        await onShown();
      } else toastText(problemOf(markup));
    } catch {
      if (!signal.aborted) toastText(text("offline"));
    } finally {
      if (!signal.aborted) result.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  return ask;
}
