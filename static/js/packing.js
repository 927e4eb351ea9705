// Many files as one: a ZIP that only stores, made of the files where they lie, so that no more than
// one of them is in memory. The format is of PKWARE's APPNOTE.TXT, 4.3 (headers) and 4.5.3 (Zip64).

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50;
const NAMES_ARE_UTF8 = 0x0800;
const VERSION = 45; // the first that knows Zip64
const MOST_16 = 0xffff, MOST_32 = 0xffffffff;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function checksum(bytes) {
  let value = MOST_32;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ MOST_32) >>> 0;
}

// Returns bytes, little-endian, of [value, width in bytes].
function bytesOf(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return view.buffer;
}

// What both headers of a file say of it: no date, since none is needed.
const factsOf = ({ file, crc, name }, extra) => [
  [VERSION, 2], [NAMES_ARE_UTF8, 2], [0, 2], [0, 2], [0x21, 2], [crc, 4],
  [file.size, 4], [file.size, 4], [name.length, 2], [extra, 2],
];

// `entries` are { file, path, crc }; returns a Blob. Each file is smaller than 4 GB.
export function packed(entries) {
  const parts = [], directory = [];
  let offset = 0;
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.path);
    const header = bytesOf([LOCAL, 4], ...factsOf({ ...entry, name }, 0));
    parts.push(header, name, entry.file);
    directory.push(...placed({ ...entry, name }, offset));
    offset += header.byteLength + name.length + entry.file.size;
  }
  const length = directory.reduce((sum, part) => sum + part.byteLength, 0);
  return new Blob([...parts, ...directory, ...ends(entries.length, length, offset)]);
}

function placed(entry, offset) {
  const isFar = offset >= MOST_32;
  const extra = isFar ? bytesOf([1, 2], [8, 2], [offset, 8]) : new ArrayBuffer(0);
  const header = bytesOf(
    [CENTRAL, 4], [VERSION, 2], ...factsOf(entry, extra.byteLength),
    [0, 2], [0, 2], [0, 2], [0, 4], [isFar ? MOST_32 : offset, 4],
  );
  return [header, entry.name, extra];
}

function ends(count, length, offset) {
  const end = bytesOf(
    [END, 4], [0, 2], [0, 2], [Math.min(count, MOST_16), 2], [Math.min(count, MOST_16), 2],
    [Math.min(length, MOST_32), 4], [Math.min(offset, MOST_32), 4], [0, 2],
  );
  if (count < MOST_16 && offset + length < MOST_32) return [end];
  const large = bytesOf(
    [END_64, 4], [44, 8], [VERSION, 2], [VERSION, 2], [0, 4], [0, 4],
    [count, 8], [count, 8], [length, 8], [offset, 8],
  );
  return [large, bytesOf([LOCATOR_64, 4], [0, 4], [offset + length, 8], [1, 4]), end];
}
