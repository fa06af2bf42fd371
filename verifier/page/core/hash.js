// SHA-256 and SHA-512 (FIPS 180-4) in plain JavaScript, and WebCrypto's SHA-256 for large files.
// Hashing an entry takes about a microsecond here, less than asking WebCrypto would; verdicts do not depend on which.
'use strict';

/** First `bits` bits of the fractional parts of the square or cube roots of primes, as FIPS 180-4 defines its constants. */
function rootsOfPrimes(count, power, bits) {
  const primes = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((p) => n % p)) primes.push(n);
  return primes.map((p) => {
    const target = BigInt(p) << BigInt(bits * power); // floor of the root of p · 2^(bits · power)
    let root = 0n;
    for (let bit = 1n << BigInt(bits + 5); bit; bit >>= 1n) {
      const next = root | bit;
      if (next ** BigInt(power) <= target) root = next;
    }
    return root & ((1n << BigInt(bits)) - 1n);
  });
}

const K256 = Int32Array.from(rootsOfPrimes(64, 3, 32), (k) => Number(BigInt.asIntN(32, k)));
const START256 = Int32Array.from(rootsOfPrimes(8, 2, 32), (k) => Number(BigInt.asIntN(32, k)));

/** SHA-256 over bytes that come in pieces: `add(bytes)…`, then `end()` → 32 bytes. */
class Sha256 {
  constructor() {
    this.state = Int32Array.from(START256);
    this.words = new Int32Array(64);
    this.block = new Uint8Array(64);
    this.filled = 0;
    this.length = 0;
  }

  add(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.filled) {
      const n = Math.min(64 - this.filled, bytes.length);
      this.block.set(bytes.subarray(0, n), this.filled);
      this.filled += n;
      at = n;
      if (this.filled < 64) return this;
      this.mix(this.block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.mix(bytes, at);
    this.block.set(bytes.subarray(at));
    this.filled = bytes.length - at;
    return this;
  }

  end() {
    const { length } = this;
    const padding = new Uint8Array((this.filled < 56 ? 64 : 128) - this.filled);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 0x20000000));
    view.setUint32(padding.length - 4, (length << 3) >>> 0);
    this.add(padding);
    const out = new Uint8Array(32);
    const result = new DataView(out.buffer);
    for (let i = 0; i < 8; i++) result.setInt32(4 * i, this.state[i]);
    return out;
  }

  mix(bytes, at) {
    const w = this.words;
    const s = this.state;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let a = s[0];
    let b = s[1];
    let c = s[2];
    let d = s[3];
    let e = s[4];
    let f = s[5];
    let g = s[6];
    let h = s[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K256[i] + w[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    s[0] = (s[0] + a) | 0;
    s[1] = (s[1] + b) | 0;
    s[2] = (s[2] + c) | 0;
    s[3] = (s[3] + d) | 0;
    s[4] = (s[4] + e) | 0;
    s[5] = (s[5] + f) | 0;
    s[6] = (s[6] + g) | 0;
    s[7] = (s[7] + h) | 0;
  }
}

/** SHA-256 of the pieces one after another; a piece is bytes or text. */
function sha256(...pieces) {
  const hash = new Sha256();
  for (const piece of pieces) hash.add(typeof piece === 'string' ? utf8(piece) : piece);
  return hash.end();
}

const K512 = rootsOfPrimes(80, 3, 64).map((k) => [Number(k >> 32n) | 0, Number(k & 0xffffffffn) | 0]);
const START512 = rootsOfPrimes(8, 2, 64).map((k) => [Number(k >> 32n) | 0, Number(k & 0xffffffffn) | 0]);

/** SHA-512 of the pieces; words of 64 bits are kept as two of 32, high and low. */
function sha512(...pieces) {
  const message = concat(...pieces);
  const padded = new Uint8Array((message.length + 17 + 127) & ~127);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, (message.length << 3) >>> 0);
  const state = START512.map((x) => x.slice());
  const high = new Int32Array(80);
  const low = new Int32Array(80);
  for (let at = 0; at < padded.length; at += 128) {
    for (let i = 0; i < 16; i++) {
      high[i] = view.getInt32(at + 8 * i);
      low[i] = view.getInt32(at + 8 * i + 4);
    }
    mix512(state, high, low);
  }
  const out = new Uint8Array(64);
  const result = new DataView(out.buffer);
  state.forEach(([h, l], i) => {
    result.setInt32(8 * i, h);
    result.setInt32(8 * i + 4, l);
  });
  return out;
}

/** Sum of 64-bit words [high, low]. */
function sum64(...words) {
  let l = 0;
  let h = 0;
  for (const [wh, wl] of words) {
    l += wl >>> 0;
    h += wh;
  }
  return [(h + Math.floor(l / 0x100000000)) | 0, l | 0];
}

const rotate64 = ([h, l], n) =>
  n < 32
    ? [(h >>> n) | (l << (32 - n)), (l >>> n) | (h << (32 - n))]
    : n === 32 ? [l, h] : [(l >>> (n - 32)) | (h << (64 - n)), (h >>> (n - 32)) | (l << (64 - n))];
const shift64 = ([h, l], n) => [h >>> n, (l >>> n) | (h << (32 - n))];
const xor64 = (x, y, z) => [x[0] ^ y[0] ^ z[0], x[1] ^ y[1] ^ z[1]];

function mix512(state, high, low) {
  for (let i = 16; i < 80; i++) {
    const x = [high[i - 15], low[i - 15]];
    const y = [high[i - 2], low[i - 2]];
    const s0 = xor64(rotate64(x, 1), rotate64(x, 8), shift64(x, 7));
    const s1 = xor64(rotate64(y, 19), rotate64(y, 61), shift64(y, 6));
    [high[i], low[i]] = sum64([high[i - 16], low[i - 16]], s0, [high[i - 7], low[i - 7]], s1);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i++) {
    const s1 = xor64(rotate64(e, 14), rotate64(e, 18), rotate64(e, 41));
    const choice = [(e[0] & f[0]) ^ (~e[0] & g[0]), (e[1] & f[1]) ^ (~e[1] & g[1])];
    const t1 = sum64(h, s1, choice, K512[i], [high[i], low[i]]);
    const s0 = xor64(rotate64(a, 28), rotate64(a, 34), rotate64(a, 39));
    const most = [(a[0] & b[0]) ^ (a[0] & c[0]) ^ (b[0] & c[0]), (a[1] & b[1]) ^ (a[1] & c[1]) ^ (b[1] & c[1])];
    const t2 = sum64(s0, most);
    [h, g, f, e, d, c, b, a] = [g, f, e, sum64(d, t1), c, b, a, sum64(t1, t2)];
  }
  [a, b, c, d, e, f, g, h].forEach((x, i) => {
    state[i] = sum64(state[i], x);
  });
}

/** Whether WebCrypto may be used; the tests switch it off to try the fallback. */
const webCrypto = { use: true };
const subtle = () => (webCrypto.use && globalThis.crypto && globalThis.crypto.subtle) || null;

const PIECE = 8 << 20;

/** SHA-256 of a file, hex. `read(from, to)` gives bytes; small files go to WebCrypto where there is one. */
async function hashFile(size, read, tick) {
  if (subtle() && size > 4096 && size <= PIECE * 4) {
    const digest = await subtle().digest('SHA-256', await read(0, size));
    tick(size);
    return hex(new Uint8Array(digest));
  }
  const hash = new Sha256();
  for (let at = 0; at < size; at += PIECE) {
    const piece = await read(at, Math.min(size, at + PIECE));
    hash.add(piece);
    tick(piece.length);
  }
  return hex(hash.end());
}
