// WebCrypto's Ed25519, where a browser has it and answers as event-log.md §6 asks: the signatures of an entry bundle are
// put to it at once, after the strict checks; verifySignature then finds the answers. Without it everything is computed here.
'use strict';

let ed25519Works = null;

/** Known answers: a valid signature, the same with one bit changed, and one that only a cofactored equation accepts. */
const KNOWN_ANSWERS = [
  ['d025bacb3b38b5c0dfb203e3daeaf8a08bb6711c787a4195cec968685a8acecf', 'liuhen', '6ffab66f5ffac705feb7dec37a577d0b853b3241bbd023edaf64cd9e469371414b6c16ec9e82e6601e834d08fbc79e8e4922a02f6cb9f118eeabb669d60a8f01', true],
  ['d025bacb3b38b5c0dfb203e3daeaf8a08bb6711c787a4195cec968685a8acecf', 'liuhen', '6ffab66f5ffac705feb7dec37a577d0b853b3241bbd023edaf64cd9e469371414b6d16ec9e82e6601e834d08fbc79e8e4922a02f6cb9f118eeabb669d60a8f01', false],
  ['f47c362c4c17d7a51d84af4be66860fd5dd5564af4149faa390368cd317cbdb4', 'liuhen0', '6ffab66f5ffac705feb7dec37a577d0b853b3241bbd023edaf64cd9e46937141338488bdf2621d8c0e0bf5f1f239d77d74d480beb4a28411d29b459df0501905', false],
];

async function subtleVerify(publicKey, message, signature) {
  const key = await subtle().importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
  return subtle().verify({ name: 'Ed25519' }, key, signature, message);
}

async function webCryptoWorks() {
  if (!subtle()) return false;
  if (ed25519Works === null) {
    try {
      ed25519Works = true;
      for (const [publicKey, message, signature, valid] of KNOWN_ANSWERS) {
        if ((await subtleVerify(unhex(publicKey), utf8(message), unhex(signature))) !== valid) ed25519Works = false;
      }
    } catch {
      ed25519Works = false;
    }
  }
  return ed25519Works;
}

/** Asks WebCrypto for the signatures of entries before they are judged. */
class Asking {
  constructor() {
    this.keys = new Map(); // key id hex → public key, of every key that an entry so far carries
    this.imported = new Map();
  }

  /** Map of answers by signature for these entries, which follow those asked before; empty without WebCrypto. */
  async ask(raws) {
    const answers = new Map();
    if (!(await webCryptoWorks())) return answers;
    const questions = [];
    for (const raw of raws) {
      try {
        const read = readEntry(raw);
        entriesRead.set(raw, read);
        const { body: { actor, data }, bytes, signature } = read;
        if (bytes32(data.key)) this.keys.set(hex(sha256(data.key)), data.key);
        const publicKey = this.keys.get(hex(actor));
        if (publicKey && strictForm(publicKey, signature)) questions.push([publicKey, eventMessage(bytes), signature]);
      } catch {
        continue; // not in form: judged, and said, when its turn comes
      }
    }
    await Promise.all(
      questions.map(async ([publicKey, message, signature]) => {
        try {
          const valid = await subtle().verify({ name: 'Ed25519' }, await this.keyOf(publicKey), signature, message);
          answers.set(hex(signature), { publicKey, message, valid });
        } catch {
          this.imported.delete(publicKey); // a key that WebCrypto refuses is computed here
        }
      }),
    );
    return answers;
  }

  keyOf(publicKey) {
    if (!this.imported.has(publicKey)) {
      this.imported.set(publicKey, subtle().importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']));
    }
    return this.imported.get(publicKey);
  }
}

/** Gives [entries, what WebCrypto says of them] of each lot in order; the next lots are asked while one is judged. */
async function* askedAhead(lots, ahead = 1) {
  const asking = new Asking();
  const waiting = [];
  for await (const lot of lots) {
    waiting.push([lot, asking.ask(lot)]);
    if (waiting.length > ahead) yield waiting.shift();
  }
  yield* waiting;
}
