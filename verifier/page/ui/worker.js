// The worker: reads and judges, answers questions, says how far it is. The page stays free meanwhile.
'use strict';

let check = null;
let lastTold = 0;

function tell(message) {
  self.postMessage(message);
}

function progress(done, of, what) {
  const now = Date.now();
  if (now - lastTold < 100) return;
  lastTold = now;
  tell({ kind: 'progress', done, of, what });
}

async function readBundle({ zip, folder }) {
  const size = zip ? zip.size : folder.reduce((n, [, blob]) => n + blob.size, 0);
  if (size > MAX_PAGE_BYTES) throw new Refused('too-large');
  let done = 0;
  return zip ? fromZip(zip, (n) => progress((done += n), size, 'reading')) : fromFolder(folder);
}

async function verify(message) {
  check = null;
  webCrypto.use = message.webCrypto;
  const started = Date.now();
  const one = new BundleCheck(await readBundle(message), { anchors: message.anchors, asOf: message.asOf }, progress);
  const told = await one.run();
  check = one;
  tell({ kind: 'report', report: told, sizes: sizesOfDraws(one.law), milliseconds: Date.now() - started });
}

/** What the draws say of a subject, and the receipts of it that are in the bundle. */
function about(id) {
  const told = aboutSubject(check.law, id);
  for (const d of told.draws) d.receipt = [`receipts/${d.draw}/${id}.receipt`].find((path) => check.files.has(path)) || null;
  return told;
}

const ANSWERS = {
  verify,
  async compare({ text }) {
    const anchor = parseAnchor(text);
    check.told.anchors = anchor ? [anchor] : [];
    tell({ kind: 'report', report: report(check), sizes: sizesOfDraws(check.law), understood: Boolean(anchor) });
  },
  async find({ text }) {
    const found = findSubjects(check.law, text);
    const only = found.matches.length === 1 ? about(found.matches[0].id) : null;
    tell({ kind: 'found', text, ...found, only });
  },
  async about({ id }) {
    tell({ kind: 'found', text: id, matches: [], all: 1, only: about(id) });
  },
  async receipt(given) {
    try {
      tell({ kind: 'receipt', ...judgeReceipt(given, check) });
    } catch (e) {
      if (!(e instanceof Refused)) throw e;
      tell({ kind: 'receipt', unreadable: e.code });
    }
  },
  async again({ draw, text }) {
    tell({ kind: 'again', draw, ...drawAgain(check.law, draw, text) });
  },
};

self.onmessage = async ({ data }) => {
  try {
    await ANSWERS[data.kind](data);
  } catch (e) {
    const refused = e instanceof Refused;
    const unreadable = !refused && typeof DOMException !== 'undefined' && e instanceof DOMException;
    tell({ kind: 'refused', code: refused ? e.code : unreadable ? 'unreadable' : 'internal', detail: refused ? e.detail : String(e.stack || e) });
  }
};
