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

/** Asks for the signatures of these entries in advance. A key that is not enrolled yet may be among them. */
async function askWebCrypto(law, raws) {
  answered.clear();
  if (!(await webCryptoWorks())) return;
  const keys = new Map([...law.keys].map(([id, key]) => [id, key.publicKey]));
  const imported = new Map();
  const questions = [];
  for (const raw of raws) {
    try {
      const [bytes, signature] = decode(raw);
      const { actor, data } = decode(bytes);
      if (bytes32(data.key)) keys.set(hex(sha256(data.key)), data.key);
      const publicKey = keys.get(hex(actor));
      if (publicKey && strictForm(publicKey, signature)) questions.push([hex(actor), publicKey, eventMessage(bytes), signature]);
    } catch {
      continue; // not in form: judged, and said, when its turn comes
    }
  }
  await Promise.all(
    questions.map(async ([actor, publicKey, message, signature]) => {
      if (!imported.has(actor)) {
        imported.set(actor, subtle().importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']));
      }
      try {
        const valid = await subtle().verify({ name: 'Ed25519' }, await imported.get(actor), signature, message);
        answered.set(hex(signature), { publicKey, message, valid });
      } catch {
        imported.delete(actor); // a key that WebCrypto refuses is computed here
      }
    }),
  );
}
