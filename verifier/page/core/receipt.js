// Receipts, receipt.md: the file, the claim of its QR code, and both beside a bundle that has been judged.
// A check is {id, status}: pass, fail, or open where what it needs is not there.
'use strict';

const MAX_RECEIPT = 1 << 18;
const NUMBER = '(0|[1-9]\\d{0,15})';
const RECEIPT = new RegExp(
  `^liuhen/receipt/1\\ndraw (\\S+)\\nsubject (\\S+)\\nstratum (\\S+)\\nn ${NUMBER}\\nk ${NUMBER}\\nrank ${NUMBER}\\n` +
    `ticket ([0-9a-f]{64})\\ncut ([0-9a-f]{64}|-)\\nrow ${NUMBER}\\n((?:pool \\S+\\n){0,64})` +
    'frozen (\\S+)\\nexecuted (\\S+)\\n(?:opening (\\S+)\\n)?\\n' +
    `c2sp\\.org/tlog-proof@v1\\nindex ${NUMBER}\\n((?:[^\\n]+\\n){0,64})\\n([^]*)$`,
);

const idsFit = ({ draw, subject, stratum }) => isDrawId(draw) && isId(subject) && isId(stratum);

function hashLine(line) {
  const hash = fromBase64(line);
  if (hash.length !== 32) throw new Bad('no hash');
  return hash;
}

/** A receipt as read; throws Bad. Every line has one spelling, so nothing can be added. */
function parseReceipt(bytes) {
  const m = bytes.length <= MAX_RECEIPT && RECEIPT.exec(fromUtf8(bytes));
  if (!m) throw new Bad('no receipt');
  const [draw, subject, stratum] = m.slice(1, 4);
  const [n, k, rank, row, index] = [m[4], m[5], m[6], m[9], m[14]].map(Number);
  const told = { draw, subject, stratum, n, k, rank, row, index, ticket: m[7], cut: m[8] === '-' ? '' : m[8] };
  if (!idsFit(told) || ![n, k, rank, row, index].every(Number.isSafeInteger)) throw new Bad('no receipt');
  const note = parseNote(utf8(m[16]));
  return {
    ...told,
    pool: m[10].split('\n').slice(0, -1).map((line) => hashLine(line.slice(5))),
    frozen: fromBase64(m[11]),
    executed: fromBase64(m[12]),
    opening: m[13] === undefined ? null : fromBase64(m[13]),
    siblings: m[15].split('\n').slice(0, -1).map(hashLine),
    note,
    head: parseCheckpoint(note.text),
    file: hex(sha256(bytes)),
  };
}

function longHash(text) {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) throw new Bad('no hash');
  return hex(hashLine(`${text.replace(/-/g, '+').replace(/_/g, '/')}=`));
}

/** The claim of a QR code's text; throws Bad. */
function parseClaim(text) {
  const words = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '').split(' ');
  if (text.length > 400 || words.length !== 12 || words[0] !== 'liuhen/claim/1') throw new Bad('no claim');
  const [, draw, subject, stratum, n, k, rank, ticket, cut, size, root, file] = words;
  const numbers = [n, k, rank, size];
  if (!idsFit({ draw, subject, stratum }) || !numbers.every((w) => new RegExp(`^${NUMBER}$`).test(w) && Number.isSafeInteger(Number(w)))) {
    throw new Bad('no claim');
  }
  const hashes = { ticket: longHash(ticket), cut: cut === '-' ? '' : longHash(cut), root: longHash(root), file: longHash(file) };
  return { draw, subject, stratum, n: Number(n), k: Number(k), rank: Number(rank), size: Number(size), ...hashes };
}

const claimOf = ({ draw, subject, stratum, n, k, rank, ticket, cut, head, file }) =>
  ({ draw, subject, stratum, n, k, rank, ticket, cut, size: head.size, root: hex(head.root), file });

const saysDrawn = ({ ticket, cut }) => cut !== '' && ticket <= cut;

/** Body and leaf of a raw entry of this type whose data is in form; throws Bad. */
function entryOf(raw, type) {
  const { body } = readEntry(raw);
  if (body.v !== 1) throw new Bad('no entry of this version');
  checkBody(body);
  if (body.type !== type || !dataFits(type, body.data)) throw new Bad(`no ${type}`);
  return { body, leaf: leafHash(raw) };
}

/** What the executed entry says, opened where it was sealed; throws Bad. */
function statedOutcome({ body }, opening) {
  if (!body.data.outcome) return body.data;
  const opened = opening && decode(opening);
  if (!Array.isArray(opened) || opened.length !== 2 || !isBytes(opened[0]) || opened[0].length !== 16) throw new Bad('no opening');
  const [salt, value] = opened;
  const hash = privateHash(body.origin, `draw/${body.data.draw}`, 'outcome', { salt, value });
  if (!equalBytes(hash, body.data.outcome.$c) || !isOutcome(value)) throw new Bad('another opening');
  return value;
}

/** Checks 1–7 of receipt.md; without a key the seventh is left out. */
function checkReceipt(receipt, vkey) {
  try {
    const [frozen, executed] = [entryOf(receipt.frozen, 'draw.frozen'), entryOf(receipt.executed, 'draw.executed')];
    return receiptChecks(receipt, vkey, frozen, executed, statedOutcome(executed, receipt.opening));
  } catch (e) {
    if (!(e instanceof Bad)) throw e;
    return [{ id: 'read', status: 'fail' }];
  }
}

function receiptChecks(receipt, vkey, frozen, executed, outcome) {
  const { draw, subject, stratum, n, k, rank, ticket, cut, head, note } = receipt;
  const question = frozen.body.data;
  const told = outcome.strata.find((s) => s.id === stratum);
  const asked = question.strata.find((s) => s.id === stratum);
  const { pool } = question.lists;
  const row = leafHash(encode([stratum, subject]));
  const origins = [frozen.body.origin, executed.body.origin];
  const checks = {
    draw: question.draw === draw && executed.body.data.draw === draw && executed.body.data.m === hex(frozen.leaf),
    pool: included(receipt.row, pool.n, row, receipt.pool, pool.root),
    ticket: subjectTicket(outcome.seed, subject) === ticket,
    strata: Boolean(told && asked) && [told, asked].every((s) => s.n === n && s.k === k) && (told.cut || '') === cut,
    rank: rankFits(receipt),
    log: included(receipt.index, head.size, executed.leaf, receipt.siblings, head.root) &&
      executed.body.seq === receipt.index && origins.every((o) => o === head.origin),
  };
  if (vkey) checks.signed = vkey.name === head.origin && note.signatures.some((line) => isLineOf(line, vkey)) &&
    note.signatures.filter((line) => isLineOf(line, vkey)).every((line) => signedBy(note, line, vkey));
  return Object.entries(checks).map(([id, ok]) => ({ id, status: ok ? 'pass' : 'fail' }));
}

const rankFits = (told) => told.rank >= 1 && told.rank <= told.n && (told.rank <= told.k) === saysDrawn(told);

/** What a claim says beside the log and the draw of a bundle. `verdict`: that of the bundle. */
function checkBesideBundle(claim, { law, head }, verdict) {
  const checks = [];
  const say = (id, ok) => checks.push({ id, status: ok === null ? 'open' : ok ? 'pass' : 'fail' });
  say('bundle', verdict === 'inconclusive' ? null : verdict === 'pass');
  const draw = law.draws.get(claim.draw);
  const covered = claim.size <= law.leaves.length && (!head || claim.size <= head.size);
  if (!covered) say('head', null);
  else say('head', hex(treeRoot(law.leaves, 0, claim.size)) === claim.root && (!draw || !draw.done || draw.done.n < claim.size));
  if (!covered && !(draw && draw.done)) return [...checks, { id: 'list', status: 'open' }];
  const row = draw && draw.lists.pool.some(([stratum, subject]) => stratum === claim.stratum && subject === claim.subject);
  say('list', Boolean(row) && draw.state === 'completed' && !draw.elsewhere);
  if (!row || draw.state !== 'completed' || draw.elsewhere) return checks;
  if (!draw.outcome) return [...checks, { id: 'drawn', status: 'open' }];
  const order = draw.outcome.orders.get(claim.stratum);
  const place = order.findIndex(([, subject]) => subject === claim.subject);
  say('sizes', claim.n === order.length && claim.k === draw.sizes.get(claim.stratum));
  say('cut', claim.ticket === order[place][0] && claim.cut === (draw.outcome.cuts.get(claim.stratum) || ''));
  say('order', claim.rank === place + 1);
  return checks;
}

/** Reads what was given: text of the QR code, bytes of the file and of log.vkey; `check`: a bundle that has been judged.
 *  {refused: what cannot be read} or {verdict, claim, drawn, checks, anchored, head}. */
function judgeReceipt({ text, file, vkey }, check) {
  const read = (what, parse) => {
    try {
      return parse();
    } catch (e) {
      if (!(e instanceof Bad)) throw e;
      throw new Refused(what);
    }
  };
  const key = vkey ? read('vkey', () => parseVkey(fromUtf8(vkey).replace(/\n$/, ''))) : null;
  const receipt = file ? read('receipt', () => parseReceipt(file)) : null;
  const typed = text ? read('claim', () => parseClaim(text)) : null;
  const claim = receipt ? claimOf(receipt) : typed;
  const checks = receipt ? checkReceipt(receipt, key) : [{ id: 'rank', status: rankFits(claim) ? 'pass' : 'fail' }];
  if (receipt && typed) checks.push({ id: 'claim', status: same({ ...typed }, { ...claim }) ? 'pass' : 'fail' });
  if (check) checks.push(...checkBesideBundle(claim, check, report(check).verdict));
  const anchored = Boolean(check) || Boolean(receipt && key);
  const has = (status) => checks.some((c) => c.status === status);
  const verdict = has('fail') ? 'fail' : has('open') || !anchored ? 'inconclusive' : 'pass';
  return { verdict, claim, drawn: saysDrawn(claim), checks, compared: check ? 'bundle' : anchored ? 'vkey' : 'self', whole: Boolean(receipt) };
}
