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
    this.state = new Int32Array(8);
    this.words = new Int32Array(64);
    this.block = new Uint8Array(64);
    this.begin();
  }

  begin() {
    this.state.set(START256);
    this.filled = 0;
    this.length = 0;
    return this;
  }

  add(bytes) {
    const { block } = this;
    const n = bytes.length;
    this.length += n;
    let at = 0;
    while (this.filled && at < n) {
      block[this.filled++] = bytes[at++];
      if (this.filled === 64) {
        this.mix(block, 0);
        this.filled = 0;
      }
    }
    for (; at + 64 <= n; at += 64) this.mix(bytes, at);
    while (at < n) block[this.filled++] = bytes[at++];
    return this;
  }

  /** The hash: 32 bytes of its own, or into `out` at `at`. */
  end(out = new Uint8Array(32), at = 0) {
    const { block, length, state } = this;
    block[this.filled] = 0x80;
    block.fill(0, this.filled + 1);
    if (this.filled >= 56) {
      this.mix(block, 0);
      block.fill(0);
    }
    const high = Math.floor(length / 0x20000000);
    for (let i = 0; i < 4; i++) {
      block[59 - i] = high >>> (8 * i);
      block[63 - i] = (length << 3) >>> (8 * i);
    }
    this.mix(block, 0);
    for (let i = 0; i < 8; i++) {
      const word = state[i];
      out[at++] = word >>> 24;
      out[at++] = word >>> 16;
      out[at++] = word >>> 8;
      out[at++] = word;
    }
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

const oneShot = new Sha256();

/** SHA-256 of the pieces one after another; a piece is bytes or text. */
function sha256(...pieces) {
  oneShot.begin();
  for (const piece of pieces) oneShot.add(typeof piece === 'string' ? utf8(piece) : piece);
  return oneShot.end();
}

// Words of 64 bits as two of 32, high before low.
const halves = (words) => Int32Array.from(words.flatMap((w) => [Number(BigInt.asIntN(32, w >> 32n)), Number(BigInt.asIntN(32, w))]));
const K512 = halves(rootsOfPrimes(80, 3, 64));
const START512 = halves(rootsOfPrimes(8, 2, 64));
const words512 = new Int32Array(160);

/** SHA-512 of the pieces. */
function sha512(...pieces) {
  const message = concat(...pieces);
  const padded = new Uint8Array((message.length + 17 + 127) & ~127);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x20000000));
  view.setUint32(padded.length - 4, (message.length << 3) >>> 0);
  const state = START512.slice();
  for (let at = 0; at < padded.length; at += 128) {
    for (let i = 0; i < 32; i++) words512[i] = view.getInt32(at + 4 * i);
    mix512(state, words512);
  }
  const out = new Uint8Array(64);
  for (let i = 0; i < 64; i++) out[i] = state[i >> 2] >>> (24 - 8 * (i & 3));
  return out;
}

/** High and low half of a word turned right by n < 32 places; by n + 32 with h and l exchanged. */
const turnHigh = (h, l, n) => (h >>> n) | (l << (32 - n));
const turnLow = (h, l, n) => (l >>> n) | (h << (32 - n));

function mix512(state, w) {
  for (let i = 32; i < 160; i += 2) {
    const [xh, xl, yh, yl] = [w[i - 30], w[i - 29], w[i - 4], w[i - 3]];
    const s0h = turnHigh(xh, xl, 1) ^ turnHigh(xh, xl, 8) ^ (xh >>> 7);
    const s0l = turnLow(xh, xl, 1) ^ turnLow(xh, xl, 8) ^ turnLow(xh, xl, 7);
    const s1h = turnHigh(yh, yl, 19) ^ turnHigh(yl, yh, 29) ^ (yh >>> 6);
    const s1l = turnLow(yh, yl, 19) ^ turnLow(yl, yh, 29) ^ turnLow(yh, yl, 6);
    const low = (w[i - 31] >>> 0) + (s0l >>> 0) + (w[i - 13] >>> 0) + (s1l >>> 0);
    w[i + 1] = low | 0;
    w[i] = (w[i - 32] + s0h + w[i - 14] + s1h + Math.floor(low / 0x100000000)) | 0;
  }
  let [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = state;
  for (let i = 0; i < 160; i += 2) {
    const s1h = turnHigh(eh, el, 14) ^ turnHigh(eh, el, 18) ^ turnHigh(el, eh, 9);
    const s1l = turnLow(eh, el, 14) ^ turnLow(eh, el, 18) ^ turnLow(el, eh, 9);
    const low1 = (hl >>> 0) + (s1l >>> 0) + (((el & fl) ^ (~el & gl)) >>> 0) + (K512[i + 1] >>> 0) + (w[i + 1] >>> 0);
    const high1 = (hh + s1h + ((eh & fh) ^ (~eh & gh)) + K512[i] + w[i] + Math.floor(low1 / 0x100000000)) | 0;
    const s0h = turnHigh(ah, al, 28) ^ turnHigh(al, ah, 2) ^ turnHigh(al, ah, 7);
    const s0l = turnLow(ah, al, 28) ^ turnLow(al, ah, 2) ^ turnLow(al, ah, 7);
    const low2 = (s0l >>> 0) + (((al & bl) ^ (al & cl) ^ (bl & cl)) >>> 0);
    const high2 = (s0h + ((ah & bh) ^ (ah & ch) ^ (bh & ch)) + Math.floor(low2 / 0x100000000)) | 0;
    hh = gh; hl = gl;
    gh = fh; gl = fl;
    fh = eh; fl = el;
    const lowE = (dl >>> 0) + ((low1 | 0) >>> 0);
    eh = (dh + high1 + Math.floor(lowE / 0x100000000)) | 0;
    el = lowE | 0;
    dh = ch; dl = cl;
    ch = bh; cl = bl;
    bh = ah; bl = al;
    const lowA = ((low1 | 0) >>> 0) + ((low2 | 0) >>> 0);
    ah = (high1 + high2 + Math.floor(lowA / 0x100000000)) | 0;
    al = lowA | 0;
  }
  const added = [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl];
  for (let i = 0; i < 16; i += 2) {
    const low = (state[i + 1] >>> 0) + (added[i + 1] >>> 0);
    state[i + 1] = low | 0;
    state[i] = (state[i] + added[i] + Math.floor(low / 0x100000000)) | 0;
  }
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
