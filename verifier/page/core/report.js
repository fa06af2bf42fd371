// The report, report.md: checks of every rule, verdict, anchor.
'use strict';

const CATEGORIES = ['completeness', 'authenticity', 'integrity', 'consistency', 'fairness', 'compliance'];
const RULES = new Map(Object.entries(SPEC.rules));

/** First nulls, then by value. */
const compareNullable = (a, b) => (a === null ? (b === null ? 0 : -1) : b === null ? 1 : typeof a === 'number' ? a - b : compareText(a, b));

/** One check that passes or is n/a, or one for each place where the rule does not hold. */
function checksOf(law) {
  const found = new Map();
  for (const f of law.findings) {
    if (!found.has(f.rule)) found.set(f.rule, []);
    found.get(f.rule).push(f);
  }
  const checks = [];
  for (const category of CATEGORIES) {
    for (const [rule, { category: own, required, zh, en }] of RULES) {
      if (own !== category) continue;
      const base = { rule, category, required, zh, en };
      const places = found.get(rule);
      if (!places) {
        const status = law.asked.has(rule) ? 'pass' : 'n/a';
        checks.push({ ...base, status, location: { entry: null, stream: null, file: null, row: null }, expected: '', found: '' });
        continue;
      }
      places.sort((a, b) => ['entry', 'stream', 'file', 'row', 'status', 'found'].reduce((c, k) => c || compareNullable(a[k], b[k]), 0));
      for (const { status, entry, stream, file, row, found: what } of places) {
        checks.push({ ...base, status, location: { entry, stream, file, row }, expected: '', found: what });
      }
    }
  }
  return checks;
}

function verdictOf(checks, anchorMatches) {
  const statuses = new Set(checks.filter((c) => c.required).map((c) => c.status));
  if (statuses.has('fail') || !anchorMatches) return 'fail';
  if (statuses.has('inconclusive') || !(statuses.has('pass') || statuses.has('warn'))) return 'inconclusive';
  return 'pass';
}

const groupsOfHex = (text) => text.replace(/[\s-]/g, '').toLowerCase();

/** What a reader typed, in the form of report.md §3; null where it is none of them. */
function parseAnchor(text) {
  const typed = text.trim();
  const head = /^([0-9]{1,16})\s*[:：]\s*([0-9a-fA-F\s-]+)$/.exec(typed);
  if (head && hex64(groupsOfHex(head[2]))) return { kind: 'head', value: `${Number(head[1])}:${groupsOfHex(head[2])}` };
  if (hex64(groupsOfHex(typed))) return { kind: 'id', value: groupsOfHex(typed) };
  const vkey = tryVkey(typed);
  return vkey && vkey.type === COSIGNER_KEY ? { kind: 'cosigned', value: typed } : null;
}

function anchorMatches(check, { kind, value }) {
  const { law, head, note } = check;
  if (kind === 'id') return law.ledger !== null && hex(law.ledger) === value;
  if (kind === 'head') {
    const [size, root] = value.split(':');
    return Number(size) <= law.leaves.length && hex(treeRoot(law.leaves, 0, Number(size))) === root;
  }
  const key = tryVkey(value);
  return Boolean(key) && note.signatures.some((line) => cosigned(line, key, head.origin, head.size, head.root));
}

const STRENGTH = ['cosigned', 'head', 'id'];

/** {anchor, anchor_value, anchor_matches}: one that does not match before all others, else the strongest. */
function anchorOf(check) {
  const given = (check.told.anchors || []).map((a) => ({ ...a, matches: anchorMatches(check, a) }));
  given.sort((a, b) => a.matches - b.matches || STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind));
  if (!given.length) return { anchor: 'self', anchor_value: null, anchor_matches: true };
  return { anchor: given[0].kind, anchor_value: given[0].value, anchor_matches: given[0].matches };
}

function drawsOf(law) {
  const holder = (party) => {
    const key = law.keys.get(party);
    return key ? `${key.holder} (${key.unit})` : party;
  };
  const draws = [...law.draws.values()].map((d) => ({
    draw: d.id,
    task: d.question.task,
    state: d.elsewhere ? 'elsewhere' : d.state,
    g: law.outcomes.get(d.question.task) || 0,
    seed: d.seed,
    parties: d.question.parties.map(holder),
    public: d.question.public,
  }));
  return draws.sort((a, b) => compareText(a.draw, b.draw));
}

/** The report of a check of a bundle, or of entries alone (check.head is null then). */
function report(check) {
  const { law, head } = check;
  const checks = checksOf(law);
  const anchor = anchorOf(check);
  const root = head ? head.root : treeRoot(law.leaves);
  const draws = [...law.draws.values()];
  return {
    format: 'liuhen-report/1',
    verdict: verdictOf(checks, anchor.anchor_matches),
    practice: Boolean(law.origin) && law.origin.startsWith('practice/'),
    strict: false,
    subject: check.subject || hex(root),
    tool_version: `liuhen-page ${SPEC.version}`,
    ledger: law.ledger && hex(law.ledger),
    head: `${head ? head.size : law.leaves.length}:${hex(root)}`,
    last_time: law.last && law.last.time,
    ...anchor,
    tail: tailOf(law),
    draws: drawsOf(law),
    not_unsealed: draws.filter((d) => d.question.sealed && d.state === 'completed' && !d.unsealed).length,
    elsewhere: draws.filter((d) => d.elsewhere).length,
    acts: law.counts,
    founders: law.founders.slice().sort(compareText),
    unproven: SPEC.unproven,
    checks,
  };
}

/** Judges entries alone, as bytes in their order. */
async function verifyEntries(raws, told = {}) {
  const law = new Law(null);
  const lots = Array.from({ length: Math.ceil(raws.length / 256) }, (_, i) => raws.slice(256 * i, 256 * (i + 1)));
  for await (const [lot, answers] of askedAhead(lots)) {
    answered = await answers;
    for (const raw of lot) law.judge(raw);
  }
  judgeHead(law, told.asOf);
  return report({ law, head: null, note: null, told });
}
