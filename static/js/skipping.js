// Files that a list has already are found by their SHA-256 and need not be sent.

import { checksum } from "./packing.js";

const ASKED_AT_ONCE = 500;

// `ask` returns those of the hashes that the list has. Returns what is left to send.
export async function unknownOf(files, { ask, onRead }) {
  const read = [];
  for (const { file, path } of files) {
    const content = new Uint8Array(await file.arrayBuffer());
    read.push({ file, path, crc: checksum(content), hash: await hashOf(content) });
    onRead(read.length);
  }
  const hashes = read.map(({ hash }) => hash).filter(Boolean);
  const kept = new Set();
  for (let at = 0; at < hashes.length; at += ASKED_AT_ONCE) {
    for (const hash of await ask(hashes.slice(at, at + ASKED_AT_ONCE))) kept.add(hash);
  }
  return read.filter(({ hash }) => !kept.has(hash));
}

// Away from this machine browsers hash on https alone; the server then finds what it has.
async function hashOf(content) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", content);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
