// Further pages of a grid come when its end is near; the link to the next one stays for all others.

import { elementsOf, request } from "./fragments.js";

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) goOn(target);
}, { rootMargin: "1200px" });

async function goOn(link) {
  watcher.unobserve(link);
  try {
    const response = await request(link.href);
    if (!response.ok) return;
    const grid = link.closest("[data-grid]");
    const [pictures, pager] = elementsOf(await response.text());
    if (!grid?.isConnected) return;
    grid.querySelector(".grid").append(...pictures.children);
    const next = pager?.querySelector("[rel=next]");
    link.closest(".pager").remove();
    if (next) grid.append(pager);
    watch();
  } catch {
    // The link is still there.
  }
}

function watch() {
  for (const link of document.querySelectorAll("[data-grid] [rel=next]")) watcher.observe(link);
}

watch();
new MutationObserver(watch).observe(document.getElementById("main"), { childList: true, subtree: true });
