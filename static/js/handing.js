// Hands a picture over to the next page of this browser, which takes it once and soon or not at all.

const NAME = "lookalike.handed";
const PLACE = "picture";
const LONGEST_MS = 60_000;

// The mark in an address that a picture comes with it.
export const MARK = "#handed";

function inStore(act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(PLACE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const change = database.transaction(PLACE, "readwrite");
      const asked = act(change.objectStore(PLACE));
      change.oncomplete = () => {
        database.close();
        resolve(asked.result);
      };
      change.onabort = () => reject(change.error);
    };
  });
}

// Opens a page and hands it the file, if there is one; a page that gets none asks for it.
export async function openWith(file, address) {
  try {
    if (file) await inStore((store) => store.put({ file, at: Date.now() }, PLACE));
  } finally {
    location.assign(address);
    // Another place in the page that is shown would not be loaded.
    if (new URL(address).pathname === location.pathname) location.reload();
  }
}

// Returns the file that was handed over, or null.
export async function takeOver() {
  const kept = await inStore((store) => {
    const asked = store.get(PLACE);
    store.delete(PLACE);
    return asked;
  });
  return kept && Date.now() - kept.at < LONGEST_MS ? kept.file : null;
}
