// Files of dropped and chosen folders, with the paths that they have there.

const PACKED = /\.(?:zip|csv|tsv|jsonl|ndjson)$/i;

// Tells an archive or a table: an import by itself, unless it is part of a folder.
export const isPacked = ({ path }) => PACKED.test(path) && !path.includes("/");

const named = (file, path) => ({ file, path: path.replace(/^\/+/, "") });

export const chosen = (files) => [...files].map((file) => named(file, file.webkitRelativePath || file.name));

// Entries have to be taken while the event is handled: afterwards the browser forgets them.
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return chosen(transfer.files);
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    found.push(named(file, entry.fullPath));
    return;
  }
  const reader = entry.createReader();
  // It hands out a hundred at a time, and in the end none.
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return;
    for (const each of some) await walk(each, found);
  }
}
