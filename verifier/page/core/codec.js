// Canonical msgpack, event-log.md §1. Maps become objects without prototype, bin Uint8Array, integers numbers.
'use strict';

const MAX_VALUE = 65535;
const MAX_LEVEL = 16;
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const MAP_KEY = /^[a-z0-9_$.]{1,32}$/;
const MAX_SHORT = 64;
const KEYS = new Array(1024).fill(undefined);

/** Reads one value. `limit`: bytes of the whole; `each`: bytes of one element of the outermost array. */
class Unpacker {
  constructor(bytes, limit = MAX_VALUE, each = Infinity) {
    if (bytes.length > limit) throw new Bad('a value is too long');
    this.bytes = bytes;
    this.at = 0;
    this.each = each;
  }

  whole() {
    const value = this.value(0);
    if (this.at !== this.bytes.length) throw new Bad('bytes after the value');
    return value;
  }

  take(n) {
    if (this.at + n > this.bytes.length) throw new Bad('cut off');
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  /** A length or number of `size` bytes that is at least `least`, else a shorter form exists. */
  number(size, least) {
    const value = bigEndian(this.take(size), 0, size);
    if (value < least || value > Number.MAX_SAFE_INTEGER) throw new Bad('a number in another form');
    return value;
  }

  negative(size, below) {
    const unsigned = BigInt('0x' + hex(this.take(size)));
    const value = BigInt.asIntN(8 * size, unsigned);
    if (value >= BigInt(below) || value < -BigInt(Number.MAX_SAFE_INTEGER)) throw new Bad('a number in another form');
    return Number(value);
  }

  byte() {
    if (this.at >= this.bytes.length) throw new Bad('cut off');
    return this.bytes[this.at++];
  }

  value(level) {
    const tag = this.byte();
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 256;
    if (tag < 0x90) return this.map(tag & 15, level + 1);
    if (tag < 0xa0) return this.array(tag & 15, level + 1);
    if (tag < 0xc0) return this.text(tag & 31);
    switch (tag) {
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return this.take(this.number(1, 0));
      case 0xc5: return this.take(this.number(2, 0x100));
      case 0xc6: return this.take(this.number(4, 0x10000));
      case 0xcc: return this.number(1, 0x80);
      case 0xcd: return this.number(2, 0x100);
      case 0xce: return this.number(4, 0x10000);
      case 0xcf: return this.number(8, 0x100000000);
      case 0xd0: return this.negative(1, -32);
      case 0xd1: return this.negative(2, -128);
      case 0xd2: return this.negative(4, -32768);
      case 0xd3: return this.negative(8, -2147483648);
      case 0xd9: return this.text(this.number(1, 32));
      case 0xda: return this.text(this.number(2, 0x100));
      case 0xdb: return this.text(this.number(4, 0x10000));
      case 0xdc: return this.array(this.number(2, 16), level + 1);
      case 0xdd: return this.array(this.number(4, 0x10000), level + 1);
      case 0xde: return this.map(this.number(2, 16), level + 1);
      case 0xdf: return this.map(this.number(4, 0x10000), level + 1);
      default: throw new Bad('a type that is not allowed');
    }
  }

  text(size) {
    if (size <= MAX_SHORT) {
      const { bytes, at } = this;
      if (at + size > bytes.length) throw new Bad('cut off');
      let n = 0;
      while (n < size && bytes[at + n] >= 0x20 && bytes[at + n] < 0x7f) n++;
      if (n === size) return String.fromCharCode.apply(null, this.take(size));
    }
    const text = fromUtf8(this.take(size));
    if (FORBIDDEN.test(text)) throw new Bad('a character that is not allowed');
    return text;
  }

  /** A key of a map; those that were read before are found by their bytes and need not be tested again. */
  key(size) {
    const { bytes, at } = this;
    if (at + size > bytes.length) throw new Bad('cut off');
    let place = size;
    for (let i = 0; i < size; i++) place = (place * 31 + bytes[at + i]) & 1023;
    const known = KEYS[place];
    if (known !== undefined && known.length === size) {
      let n = 0;
      while (n < size && known.charCodeAt(n) === bytes[at + n]) n++;
      if (n === size) {
        this.at += size;
        return known;
      }
    }
    const key = this.text(size);
    if (!MAP_KEY.test(key)) throw new Bad('a key out of form or order');
    KEYS[place] = key;
    return key;
  }

  enter(n, level) {
    if (level > MAX_LEVEL) throw new Bad('nested too deep');
    if (n > this.bytes.length - this.at) throw new Bad('cut off');
  }

  array(n, level) {
    this.enter(n, level);
    const out = [];
    for (let i = 0; i < n; i++) {
      const from = this.at;
      out.push(this.value(level));
      if (level === 1 && this.at - from > this.each) throw new Bad('an element is too long');
    }
    return out;
  }

  map(n, level) {
    this.enter(n, level);
    const out = Object.create(null);
    let last = '';
    for (let i = 0; i < n; i++) {
      const tag = this.byte();
      if (!(tag >= 0xa0 && tag < 0xc0) && tag !== 0xd9) throw new Bad('a key that is no short string');
      const key = this.key(tag === 0xd9 ? this.number(1, 32) : tag & 31);
      if (!(last < key)) throw new Bad('a key out of form or order');
      last = key;
      out[key] = this.value(level);
    }
    return out;
  }
}

const decode = (bytes) => new Unpacker(bytes).whole();

class Packer {
  constructor() {
    this.bytes = new Uint8Array(256);
    this.at = 0;
  }

  room(n) {
    if (this.at + n <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + n));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  number(tag, value, size) {
    this.room(size + 1);
    this.bytes[this.at++] = tag;
    for (let i = size - 1; i >= 0; i--) this.bytes[this.at++] = Math.floor(value / 2 ** (8 * i)) % 256;
  }

  /** The shortest header for a length: one byte up to `fix`, then tags for 1, 2 and 4 bytes (0: none). */
  header(n, first, fix, one, two, four) {
    if (n <= fix) this.number(first | n, 0, 0);
    else if (one && n < 0x100) this.number(one, n, 1);
    else if (n < 0x10000) this.number(two, n, 2);
    else this.number(four, n, 4);
  }

  raw(bytes) {
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  value(v) {
    if (typeof v === 'string') {
      this.text(v);
    } else if (typeof v === 'number') {
      this.integer(v);
    } else if (typeof v === 'boolean') {
      this.number(v ? 0xc3 : 0xc2, 0, 0);
    } else if (isBytes(v)) {
      this.header(v.length, 0, -1, 0xc4, 0xc5, 0xc6);
      this.raw(v);
    } else if (Array.isArray(v)) {
      this.header(v.length, 0x90, 15, 0, 0xdc, 0xdd);
      for (const x of v) this.value(x);
    } else {
      const keys = Object.keys(v).sort();
      this.header(keys.length, 0x80, 15, 0, 0xde, 0xdf);
      for (const key of keys) {
        this.value(key);
        this.value(v[key]);
      }
    }
  }

  text(v) {
    const [start, n] = [this.at, v.length];
    if (n < 32) {
      this.room(n + 1);
      this.bytes[this.at++] = 0xa0 | n;
      for (let i = 0; i < n; i++) {
        const c = v.charCodeAt(i);
        if (c > 127) break;
        this.bytes[this.at++] = c;
      }
      if (this.at === start + 1 + n) return;
      this.at = start; // not ASCII
    }
    const bytes = utf8(v);
    this.header(bytes.length, 0xa0, 31, 0xd9, 0xda, 0xdb);
    this.raw(bytes);
  }

  integer(v) {
    if (v >= 0) {
      if (v < 0x80) this.number(v, 0, 0);
      else if (v < 0x100) this.number(0xcc, v, 1);
      else if (v < 0x10000) this.number(0xcd, v, 2);
      else if (v < 0x100000000) this.number(0xce, v, 4);
      else this.number(0xcf, v, 8);
    } else if (v >= -32) this.number(256 + v, 0, 0);
    else {
      const [tag, size] = v >= -128 ? [0xd0, 1] : v >= -32768 ? [0xd1, 2] : v >= -2147483648 ? [0xd2, 4] : [0xd3, 8];
      const unsigned = BigInt.asUintN(8 * size, BigInt(v));
      this.raw(concat(Uint8Array.of(tag), unhex(unsigned.toString(16).padStart(2 * size, '0'))));
    }
  }
}

const packer = new Packer(); // one for all: a value is packed at once

function encode(value) {
  packer.at = 0;
  packer.value(value);
  return packer.bytes.slice(0, packer.at);
}

/** The bytes of a value until the next one is packed. */
function packed(value) {
  packer.at = 0;
  packer.value(value);
  return packer.bytes.subarray(0, packer.at);
}

/** Whether two values are one value; undefined stands for a key that is left out. */
const same = (a, b) => (a === undefined || b === undefined ? a === b : equalBytes(encode(a), encode(b)));

/** Order of the fields of rows, event-log.md §7. */
function compare(a, b) {
  if (typeof a === 'string') return compareText(a, b);
  if (Array.isArray(a)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const c = compare(a[i], b[i]);
      if (c) return c;
    }
    return a.length - b.length;
  }
  if (isBytes(a)) return compareBytes(a, b);
  return a - b;
}
