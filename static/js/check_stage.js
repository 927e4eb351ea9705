// Puts a hit beside the checked picture, in the component of the pages of pairs.

const room = document.querySelector("[data-review-loop]");
const stage = room.querySelector("[data-stage]");

let loading = null;

async function styled() {
  if (room.querySelector("link")) return;
  const styles = document.createElement("link");
  await new Promise((done, failed) => {
    Object.assign(styles, { rel: "stylesheet", href: room.dataset.styles, onload: done, onerror: failed });
    room.prepend(styles);
  });
}

// The views listen to the stage from then on; without them the pictures stand beside each other still.
async function load() {
  await styled();
  await import("../review/views.js");
  await import("../review/keys.js");
}

// What this browser cannot draw is not laid over anything.
async function fill(compared, address) {
  const place = compared.querySelector("template[data-query-picture]");
  if (!place || !address) return;
  const parts = document.importNode(place.content, true);
  const picture = parts.querySelector(".picture");
  picture.src = address;
  try {
    await picture.decode();
  } catch {
    return;
  }
  place.parentElement.querySelector("[data-query-missing]").remove();
  place.replaceWith(parts);
  compared.querySelector("image-compare").toggleAttribute("data-can-lay", true);
}

// Shows the hit, or nothing without one; `address` is that of the chosen file, if there is one.
export async function stageBeside(result, hit, address) {
  for (const each of result.querySelectorAll(".match")) each.classList.toggle("is-compared", each === hit);
  const source = hit?.querySelector("template[data-compare]");
  room.hidden = !source;
  if (!source) return stage.replaceChildren();
  const compared = document.importNode(source.content, true).firstElementChild;
  await fill(compared, address);
  loading ??= load().catch(() => { loading = null; });
  await loading;
  if (!source.isConnected || !hit.classList.contains("is-compared")) return null;
  return stage.replaceChildren(compared);
}
