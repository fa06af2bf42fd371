// Where the files of a bundle come from: a zip, a folder, or a site. All give a Map path → {size, read(from, to)};
// nothing is read before it is asked for. What is not in the allowed form is refused (class Refused): bundle.md §2, §5.
'use strict';

/** The whole is refused: `code` names the sentence that the page says, `detail` the place. */
class Refused extends Error {
  constructor(code, detail = '') {
    super(`${code} ${detail}`.trim());
    this.code = code;
    this.detail = detail;
  }
}

const MAX_ZIP_FILES = 65534;
const MAX_FOLDER_FILES = 200000;
const MAX_PAGE_BYTES = 1 << 30; // of one bundle in a browser; larger ones are for the command line

async function readBlob(blob, from, to) {
  return new Uint8Array(await blob.slice(from, to).arrayBuffer());
}

const fileOf = (blob) => ({ size: blob.size, read: (from = 0, to = blob.size) => readBlob(blob, from, to) });

/** Files of a folder: pairs [path, Blob]. */
function fromFolder(pairs) {
  if (pairs.length > MAX_FOLDER_FILES) throw new Refused('too-many-files', String(pairs.length));
  return new Map(pairs.map(([path, blob]) => [path, fileOf(blob)]));
}

const CRC = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(crc, bytes) {
  let c = ~crc;
  for (let i = 0; i < bytes.length; i++) c = CRC[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

/** Little-endian fields [[value, size] …] as bytes. */
function fields(...list) {
  const out = new Uint8Array(list.reduce((n, [, size]) => n + size, 0));
  let at = 0;
  for (const [value, size] of list) for (let i = 0; i < size; i++) out[at++] = Math.floor(value / 256 ** i) % 256;
  return out;
}

const localHeader = (f) =>
  concat(fields([0x04034b50, 4], [10, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [f.crc, 4], [f.size, 4], [f.size, 4], [f.name.length, 2], [0, 2]), utf8(f.name));
const directoryEntry = (f) =>
  concat(
    fields([0x02014b50, 4], [10, 2], [10, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [f.crc, 4], [f.size, 4], [f.size, 4], [f.name.length, 2]),
    fields([0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [f.offset, 4]),
    utf8(f.name),
  );
const endRecord = (count, size, offset) =>
  fields([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);

/** Files of a zip of the one allowed spelling; every header and CRC is compared. */
async function fromZip(blob, tick) {
  const magic = await readBlob(blob, 0, 4);
  if (blob.size < 22 || bigEndian(concat(magic, new Uint8Array(4)), 0, 4) !== 0x504b0304) throw new Refused('not-a-zip');
  const end = new DataView((await readBlob(blob, blob.size - 22, blob.size)).buffer);
  if (end.getUint32(0, true) !== 0x06054b50) throw new Refused('cut-zip');
  const [count, size, offset] = [end.getUint16(10, true), end.getUint32(12, true), end.getUint32(16, true)];
  const wrong = (detail) => new Refused('zip-form', detail);
  if (count < 1 || count > MAX_ZIP_FILES || size > MAX_ZIP_FILES * 301) throw wrong('files');
  if (offset + size + 22 !== blob.size) throw new Refused('cut-zip');
  if (!equalBytes(new Uint8Array(end.buffer), endRecord(count, size, offset))) throw wrong('end record');
  const list = directory(await readBlob(blob, offset, offset + size), count, wrong);
  let at = 0;
  for (const f of list) {
    if (f.offset !== at) throw wrong(f.name);
    const header = localHeader(f);
    if (!equalBytes(await readBlob(blob, at, at + header.length), header)) throw wrong(f.name);
    at += header.length;
    f.from = at;
    at += f.size;
    if (at > offset) throw wrong(f.name);
    await checkCrc(blob, f, tick);
  }
  if (at !== offset) throw wrong('gap');
  return new Map(list.map(({ name, from, size: n }) => [name, fileOf(blob.slice(from, from + n))]));
}

function directory(bytes, count, wrong) {
  const view = new DataView(bytes.buffer);
  const list = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length) throw wrong('directory');
    const length = view.getUint16(at + 28, true);
    const name = String.fromCharCode(...bytes.subarray(at + 46, at + 46 + length));
    if (!isPath(name)) throw new Refused('path', name);
    const f = { name, crc: view.getUint32(at + 16, true), size: view.getUint32(at + 24, true), offset: view.getUint32(at + 42, true) };
    const entry = directoryEntry(f);
    if (!equalBytes(bytes.subarray(at, at + entry.length), entry)) throw wrong(name);
    if (list.length && !(list[list.length - 1].name < name)) throw wrong(name);
    at += entry.length;
    list.push(f);
  }
  if (at !== bytes.length) throw wrong('directory');
  return list;
}

async function checkCrc(blob, f, tick) {
  let crc = 0;
  for (let at = 0; at < f.size; at += PIECE) {
    const piece = await readBlob(blob, f.from + at, f.from + Math.min(f.size, at + PIECE));
    crc = crc32(crc, piece);
    tick(piece.length);
  }
  if (crc !== f.crc) throw new Refused('damaged-zip', f.name);
}

const LIMITS = [
  [/^tile\/entries\//, 16777472],
  [/^tile\//, 8192],
  [/^(checkpoint|SHA256SUMS\.note|draws\/[^/]+\/seed\.txt)$/, 65536],
  [/^log\.vkey$/, 4096],
  [/^draws\//, 2 ** 30],
  [/^private\/openings\.msgpack$/, 2 ** 28],
  [/^README\.txt$/, 2 ** 20],
];

/** What a set of paths must be, bundle.md §2: in the grammar, once, one spelling, none both file and folder. */
function checkPaths(paths) {
  const places = new Map(); // lower-case path of a file or folder → its spelling and kind
  for (const path of paths) {
    if (!isPath(path)) throw new Refused('path', path);
    const parts = path.split('/');
    parts.forEach((_, i) => {
      const place = parts.slice(0, i + 1).join('/');
      const spelled = `${place}${i + 1 < parts.length ? '/' : ''}`;
      const before = places.get(place.toLowerCase());
      if (before !== undefined && (before !== spelled || i + 1 === parts.length)) throw new Refused('path', path);
      places.set(place.toLowerCase(), spelled);
    });
  }
}

/** Paths and sizes, bundle.md §1, §2. */
function checkFiles(files) {
  checkPaths(files.keys());
  for (const [path, { size }] of files) {
    const limit = LIMITS.find(([pattern]) => pattern.test(path));
    if (size > (limit ? limit[1] : 2 ** 26)) throw new Refused('file-too-large', path);
  }
}
