// Verification of a bundle, bundle.md: the list, hashes, notes, tiles, entries, openings, draws; event-types.md does the rest.
'use strict';

const MAY_BE_THERE = /^(checkpoint|log\.vkey|verify\.html|README\.txt|index\.html|private\/openings\.msgpack|(pages|receipts)\/.+|draws\/[^/]+\/(seed\.txt|tickets\.csv|teams\.csv)|tile\/.+)$/;
const NOT_LISTED = new Set(['SHA256SUMS', 'SHA256SUMS.note']);

/** Map path → hash in hex of a well-formed list, bundle.md §3. */
function parseSums(bytes) {
  const text = String.fromCharCode.apply(null, bytes.length < 1e5 ? bytes : []) || new TextDecoder('latin1').decode(bytes);
  const sums = new Map();
  if (!text) return sums;
  if (!text.endsWith('\n')) throw new Refused('sums');
  let last = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const m = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!m || !isPath(m[2]) || NOT_LISTED.has(m[2]) || !(last < m[2])) throw new Refused('sums', line.slice(0, 80));
    last = m[2];
    sums.set(m[2], m[1]);
    if (sums.size > MAX_FOLDER_FILES) throw new Refused('sums');
  }
  checkPaths(sums.keys());
  return sums;
}

/** Map commitment hex → {salt, value} of private/openings.msgpack. */
function parseOpenings(bytes) {
  const list = new Unpacker(bytes, 2 ** 28, MAX_VALUE).whole();
  if (!Array.isArray(list)) throw new Bad('no openings');
  const openings = new Map();
  let last = null;
  for (const one of list) {
    const ok = Array.isArray(one) && one.length === 3 && bytes32(one[0]) && isBytes(one[1]) && one[1].length === 16;
    if (!ok || (last && compareBytes(last, one[0]) >= 0)) throw new Bad('openings out of form');
    last = one[0];
    openings.set(hex(one[0]), { salt: one[1], value: one[2] });
  }
  return openings;
}

/** Runs a reader of a whole file; another form refuses the bundle. */
function wellFormed(path, read) {
  try {
    return read();
  } catch (e) {
    if (e instanceof Bad) throw new Refused('file-form', path);
    throw e;
  }
}

class BundleCheck {
  /** files: Map of source.js. told: {asOf, id, head, cosigner}. progress(done, of, what). */
  constructor(files, told = {}, progress = () => {}) {
    this.files = files;
    this.told = told;
    this.progress = progress;
  }

  async run() {
    await this.open();
    await this.hashes();
    await this.entries();
    judgeHead(this.law, this.told.asOf);
    this.checkpointRules();
    await this.tiles();
    await this.openingsRule();
    await this.draws();
    return report(this);
  }

  async read(path) {
    return this.files.get(path).read();
  }

  fail(rule, found, file = null) {
    this.law.find(rule, 'fail', found, { entry: null, stream: null, file });
  }

  async open() {
    const { files } = this;
    if (!files.has('SHA256SUMS')) throw new Refused('no-bundle');
    for (const path of ['checkpoint', 'log.vkey']) if (!files.has(path)) throw new Refused('file-missing', path);
    checkFiles(files);
    const sums = await this.read('SHA256SUMS');
    this.sums = parseSums(sums);
    this.subject = hex(sha256(sums));
    const note = await this.read('checkpoint');
    this.note = wellFormed('checkpoint', () => parseNote(note));
    this.head = wellFormed('checkpoint', () => parseCheckpoint(this.note.text));
    const line = await this.read('log.vkey');
    this.vkey = wellFormed('log.vkey', () => {
      const text = fromUtf8(line);
      if (!text.endsWith('\n')) throw new Bad('no LF');
      return parseVkey(text.slice(0, -1));
    });
    let openings = null;
    if (files.has('private/openings.msgpack')) {
      const bytes = await this.read('private/openings.msgpack');
      openings = wellFormed('private/openings.msgpack', () => parseOpenings(bytes));
    }
    this.law = new Law(openings);
    for (const rule of ['bundle.files', 'bundle.hashes', 'bundle.note', 'log.tree', 'log.checkpoint', 'log.current']) this.law.ask(rule);
  }

  async hashes() {
    const { files, sums } = this;
    const total = [...sums.keys()].reduce((n, path) => n + (files.has(path) ? files.get(path).size : 0), 0);
    let done = 0;
    const tick = (n) => this.progress((done += n), total, 'hashes');
    for (const [path, expected] of sums) {
      if (!files.has(path)) {
        this.fail('bundle.files', 'missing', path);
        continue;
      }
      const { size, read } = files.get(path);
      if ((await hashFile(size, read, tick)) !== expected) this.fail('bundle.hashes', 'another hash', path);
    }
    await this.strays();
    await this.sumsNote();
  }

  /** Files that are not listed, of other names, or tiles of another size that are no earlier state. */
  async strays() {
    const { files, sums, head } = this;
    for (const path of files.keys()) {
      if (NOT_LISTED.has(path)) continue;
      if (!sums.has(path)) this.fail('bundle.files', 'not listed', path);
      if (!MAY_BE_THERE.test(path)) this.fail('bundle.files', 'another name', path);
      else if (path.startsWith('tile/') && tileNow(path, head.size) !== path) {
        if (!(await this.earlierState(path, tileNow(path, head.size)))) this.fail('bundle.files', 'no earlier state', path);
      }
    }
    if (!files.has('SHA256SUMS.note')) this.fail('bundle.files', 'missing', 'SHA256SUMS.note');
  }

  /** A partial tile that is the beginning of today's and as wide as its path says. */
  async earlierState(path, now) {
    const m = /^tile\/(entries|\d+)\/.+\.p\/([1-9]\d{0,2})$/.exec(path);
    if (!m || !now || Number(m[2]) > 255 || !this.files.has(now)) return false;
    const [early, late] = [await this.read(path), await this.read(now)];
    const begins = early.length <= late.length && equalBytes(late.subarray(0, early.length), early);
    return begins && (m[1] === 'entries' ? countEntries(early) : early.length / 32) === Number(m[2]);
  }

  async sumsNote() {
    if (!this.files.has('SHA256SUMS.note')) {
      this.fail('bundle.note', 'missing', 'SHA256SUMS.note');
      return;
    }
    const bytes = await this.read('SHA256SUMS.note');
    let ok = false;
    try {
      const note = parseNote(bytes);
      const text = `liuhen/files/1\n${this.vkey.name}\n${this.subject}\n`;
      ok = note.text === text && note.signatures.length === 1 && signedBy(note, note.signatures[0], this.vkey);
    } catch (e) {
      if (!(e instanceof Bad)) throw e;
    }
    if (!ok) this.fail('bundle.note', '', 'SHA256SUMS.note');
  }

  /** Entries are judged as they come out of their bundles; the first bundle that is missing or broken ends the reading. */
  async entries() {
    const { size } = this.head;
    this.broken = false;
    for await (const [raws, answers] of askedAhead(this.entryBundles())) {
      answered = await answers;
      const first = this.law.leaves.length;
      raws.forEach((raw, i) => {
        this.law.judge(raw);
        if (i % 64 === 63) this.progress(first + i, size, 'entries');
      });
    }
  }

  /** Raw entries, one bundle after another, up to the first that is missing or broken. */
  async *entryBundles() {
    for (const tile of tilesOf(this.head.size, 'entries')) {
      if (!this.files.has(tile.path)) {
        this.broken = true;
        this.fail('log.tree', 'missing', tile.path);
        return;
      }
      const { raws, rest } = splitEntries(await this.read(tile.path), tile.width);
      if (rest || raws.length !== tile.width) {
        this.broken = true;
        this.fail('log.tree', 'entries', tile.path);
        return;
      }
      yield raws;
    }
  }

  checkpointRules() {
    const { law, note, head, vkey } = this;
    const name = law.origin === null ? vkey.name : law.origin;
    const mine = note.signatures.filter((line) => isLineOf(line, vkey));
    const signed = mine.length > 0 && mine.every((line) => signedBy(note, line, vkey));
    if (head.origin !== name || vkey.name !== name || !signed) this.fail('log.checkpoint', '', 'checkpoint');
    const current = law.logKey && law.logKey.text === vkey.text && vkey.type === LOG_KEY;
    if (!current) this.fail('log.current', vkey.text, 'log.vkey');
    if (note.signatures.length === 1 && mine.length === 1) return;
    law.ask('log.cosignatures');
    if (mine.length > 1 || !isLineOf(note.signatures[0], vkey)) this.fail('log.cosignatures', 'the line of the log', 'checkpoint');
    let last = '';
    for (const line of note.signatures.filter((l) => !isLineOf(l, vkey))) {
      const key = law.cosigners.find((k) => isLineOf(line, k));
      const place = `${line.name} ${line.keyId}`;
      const valid = key && cosigned(line, key, head.origin, head.size, head.root);
      if (!valid || compareText(last, place) >= 0) this.fail('log.cosignatures', line.name, 'checkpoint');
      if (valid) law.lastOutside = law.leaves.length - 1;
      last = place;
    }
  }

  /** Every hash tile and the root, recomputed from the entries. */
  async tiles() {
    const { head, law } = this;
    let level = law.leaves;
    for (const number of hashTileLevels(head.size)) {
      for (const tile of tilesOf(head.size, number)) {
        if (this.broken && tile.first + tile.width > level.length) break; // the claimed size may be any number
        if (!this.files.has(tile.path)) this.fail('log.tree', 'missing', tile.path);
        else {
          const expected = concat(...level.slice(tile.first, tile.first + tile.width));
          this.compareTile(tile, number, await this.read(tile.path), expected);
        }
      }
      const next = [];
      for (let i = 0; i + 256 <= level.length; i += 256) next.push(treeRoot(level, i, i + 256));
      level = next;
    }
    if (!this.broken && !equalBytes(treeRoot(law.leaves), head.root)) this.fail('log.tree', 'the root', 'checkpoint');
  }

  /** The place is the first entry below the first hash that differs. */
  compareTile(tile, level, found, expected) {
    if (equalBytes(found, expected)) return;
    const byte = expected.findIndex((b, i) => b !== found[i]);
    const entry = found.length === expected.length ? (tile.first + Math.floor(byte / 32)) * 256 ** level : null;
    this.law.find('log.tree', 'fail', 'another hash', { entry, stream: null, file: tile.path });
  }

  async openingsRule() {
    const { law } = this;
    if (!law.openings) return;
    law.ask('private.openings');
    const places = new Map(); // commitment → [[owner, field]]
    for (const place of law.places.keys()) {
      const [owner, field, c] = place.split('\n');
      places.set(c, [...(places.get(c) || []), [owner, field]]);
    }
    const file = 'private/openings.msgpack';
    for (const [c, opening] of law.openings) {
      const opens = (places.get(c) || []).some(([owner, field]) => hex(privateHash(law.origin, owner, field, opening)) === c);
      if (!opens) this.fail('private.openings', c, file);
      else if (law.erased.has(c)) law.find('private.kept', 'warn', `${law.erased.get(c)}`, { entry: null, stream: null, file });
    }
    this.keptRule(places);
  }

  /** Every private field has its opening or was erased on a ground, which is told. */
  keptRule(places) {
    const { law } = this;
    law.ask('private.kept');
    for (const [c, [[owner, field]]] of places) {
      if (law.openings.has(c) || law.erased.has(c)) continue;
      law.find('private.kept', 'warn', `${owner} ${field}`, law.places.get(`${owner}\n${field}\n${c}`));
    }
    for (const [entry, { commitments, ground }] of law.erasures) {
      law.find('private.kept', 'pass', `${commitments.length}: ${ground}`, { entry, stream: null });
    }
  }

  /** Folders of draws against what the chain gives, byte for byte. */
  async draws() {
    const folders = new Set([...this.files.keys()].filter((p) => p.startsWith('draws/')).map((p) => p.split('/')[1]));
    for (const id of folders) {
      this.law.ask('draw.files');
      const draw = this.law.draws.get(id);
      const known = draw && draw.seed !== null && draw.state === 'completed' && !draw.elsewhere;
      if (!known) {
        this.fail('draw.files', 'no such draw', `draws/${id}`);
        continue;
      }
      for (const [name, expected] of drawFiles(draw)) {
        const path = `draws/${id}/${name}`;
        if (!this.files.has(path)) this.fail('draw.files', 'missing', path);
        else if (this.files.get(path).size !== expected.length || !equalBytes(await this.read(path), expected)) {
          this.fail('draw.files', 'differs', path);
        }
      }
    }
  }
}

/** Entries of one bundle, each after its length in two bytes: at most `most`; rest: bytes that are no whole entry. */
function splitEntries(bytes, most) {
  const raws = [];
  let at = 0;
  while (at + 2 <= bytes.length && raws.length < most) {
    const size = bigEndian(bytes, at, 2);
    if (at + 2 + size > bytes.length) break;
    raws.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return { raws, rest: bytes.length - at };
}

function countEntries(bytes) {
  const { raws, rest } = splitEntries(bytes, 256);
  return rest ? -1 : raws.length;
}
