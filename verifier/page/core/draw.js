// The arithmetic of a draw, draw.md. Numbers that may grow beyond 2^53 are BigInt.
'use strict';

const MAX_LINE = 200;
const linesOf = new Uint8Array(8 * (MAX_LINE + 1));

/** SHA-256 of the lines joined by LF, hex; at most eight lines of printable ASCII. */
function lineHash(...lines) {
  let at = 0;
  for (const line of lines) {
    if (line.length < 1 || line.length > MAX_LINE) throw new Bad('no line');
    if (at) linesOf[at++] = 10;
    for (let i = 0; i < line.length; i++) {
      const c = line.charCodeAt(i);
      if (c < 0x21 || c > 0x7e) throw new Bad('no line');
      linesOf[at++] = c;
    }
  }
  return hex(sha256(linesOf.subarray(0, at)));
}

function publicForm(form) {
  const m = /^(balls|dice):([1-9]\d?)$/.exec(form);
  if (m) return Number(m[2]) >= 6 && Number(m[2]) <= 64;
  const lottery = /^lottery:([^:]*):([^:]*)$/.exec(form);
  return form === 'none' || Boolean(lottery && isId(lottery[1]) && isId(lottery[2]));
}

/** The public line of a value, or null where the value is not of the form frozen. */
function publicLine(form, value) {
  if (form === 'none') return null;
  const [kind, n] = form.split(':');
  if (kind === 'lottery') {
    const line = `${form}:${value}`;
    return /^[0-9]{1,8}(\.[0-9]{1,8}){0,31}$/.test(value) && line.length <= 200 ? line : null;
  }
  return /^[0-9]+$/.test(value) && value.length === Number(n) ? `${kind}:${value}` : null;
}

const commitment = (draw, m, party, r) => lineHash('liuhen/commit/1', draw, m, party, r);
const seedText = (draw, m, reveals, line) =>
  ['liuhen/seed/1', draw, m, ...[...reveals.keys()].sort().map((p) => `${p}:${reveals.get(p)}`), line].join('\n');
const subjectTicket = (seed, subject) => lineHash('liuhen/ticket/1', seed, 'subject', subject);
const officerTicket = (seed, subject, officer) => lineHash('liuhen/ticket/1', seed, 'officer', subject, officer);
const memberTicket = (seed, officer) => lineHash('liuhen/ticket/1', seed, 'member', officer);

const ceilSize = (n, p, q) => (BigInt(p) * BigInt(n) + BigInt(q) - 1n) / BigInt(q);

/** k of each stratum, Map id → BigInt; strata: [{id, n, w}]. draw.md §3, `total`. */
function totalSizes(strata, p, q) {
  let left = strata.map(({ id, n, w }) => ({ id, n: BigInt(n), w: BigInt(w) }));
  let total = ceilSize(left.reduce((sum, s) => sum + s.n, 0n), p, q);
  const sizes = new Map();
  for (;;) {
    const weight = left.reduce((sum, s) => sum + s.n * s.w, 0n);
    const full = left.filter((s) => total * s.w >= weight);
    if (!full.length) break;
    for (const s of full) {
      sizes.set(s.id, s.n);
      total -= s.n;
    }
    left = left.filter((s) => !full.includes(s));
  }
  const weight = left.reduce((sum, s) => sum + s.n * s.w, 0n);
  let rest = total;
  for (const s of left) {
    s.k = (total * s.n * s.w) / weight;
    s.remainder = (total * s.n * s.w) % weight;
    rest -= s.k;
  }
  const bigger = (a, b) => (a > b ? -1 : a < b ? 1 : 0);
  left.sort((a, b) => bigger(a.remainder, b.remainder) || bigger(a.w, b.w) || compareText(a.id, b.id));
  for (const s of left) sizes.set(s.id, rest-- > 0n ? s.k + 1n : s.k);
  return sizes;
}

const byTicket = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : compareText(a[1], b[1]));

/** Subjects of a draw. pools: Map stratum → [subject]; k: Map stratum → number.
 *  {orders: Map stratum → [[ticket, subject]], cuts: Map stratum → ticket or undefined, results: rows, drawn: subjects in order} */
function drawSubjects(seed, pools, k) {
  const orders = new Map();
  const cuts = new Map();
  const results = [];
  const drawn = [];
  for (const [stratum, subjects] of pools) {
    const order = subjects.map((s) => [subjectTicket(seed, s), s]).sort(byTicket);
    orders.set(stratum, order);
    const chosen = order.slice(0, k.get(stratum));
    cuts.set(stratum, chosen.length && chosen.length === k.get(stratum) ? chosen[chosen.length - 1][0] : undefined);
    chosen.forEach(([ticket, subject], i) => {
      results.push([stratum, i + 1, subject]);
      drawn.push([ticket, subject]);
    });
  }
  results.sort(compare);
  drawn.sort(byTicket);
  return { orders, cuts, results, drawn: drawn.map(([, subject]) => subject) };
}

const pair = (officer, subject) => `${officer}\n${subject}`;

/** The roster of a draw, from its frozen lists: who is able for which seats, who has a conflict with whom. */
class Roster {
  constructor(question, officers, conflicts, absences) {
    this.mode = question.teams;
    this.groups = question.teams === 'groups' ? question.groups : 1;
    this.classes = question.seats;
    this.officers = officers;
    this.conflicts = new Set(conflicts.map(([o, s]) => pair(o, s)));
    this.absent = new Set(absences.map(([o]) => o));
    this.able = this.classes.map(([department, qualification]) =>
      officers
        .filter(([o, d, qs]) => d === department && (qualification === '-' || qs.includes(qualification)) && !this.absent.has(o))
        .map(([o]) => o),
    );
  }

  get seats() {
    return this.classes.reduce((n, [, , count]) => n + count, 0);
  }

  /** Index of the class of a seat, counted from 1; -1 where there is none. */
  classOf(seat) {
    let last = 0;
    return this.classes.findIndex(([, , count]) => seat <= (last += count));
  }

  conflict(officer, subject) {
    return this.conflicts.has(pair(officer, subject));
  }

  /** Able officers of a class in the order drawn; in `each` the order is the subject's own. */
  order(seed, index, subject) {
    const ticket = (o) => (this.mode === 'each' ? officerTicket(seed, subject, o) : this.member(seed, o));
    return this.able[index].map((o) => [ticket(o), o]).sort(byTicket).map(([, o]) => o);
  }

  member(seed, officer) {
    if (this.memberSeed !== seed) [this.memberSeed, this.members] = [seed, new Map()];
    if (!this.members.has(officer)) this.members.set(officer, memberTicket(seed, officer));
    return this.members.get(officer);
  }

  /** {teams: Map subject → [officer or undefined by seat], mustReplace: Set of pair, standing: [[officer]]} */
  draw(seed, drawn) {
    return this.mode === 'each' ? this.drawEach(seed, drawn) : this.drawGroups(seed, drawn);
  }

  drawEach(seed, drawn) {
    const teams = new Map();
    for (const subject of drawn) {
      const team = [];
      this.classes.forEach(([, , count], i) => {
        const free = this.order(seed, i, subject).filter((o) => !this.conflict(o, subject) && !team.includes(o));
        for (let n = 0; n < count; n++) team.push(free[n]);
      });
      teams.set(subject, team);
    }
    return { teams, mustReplace: new Set(), standing: [] };
  }

  drawGroups(seed, drawn) {
    const standing = Array.from({ length: this.groups }, () => []);
    const seated = new Set();
    this.classes.forEach(([, , count], i) => {
      const chosen = this.order(seed, i).filter((o) => !seated.has(o)).slice(0, this.groups * count);
      chosen.forEach((o, n) => {
        seated.add(o);
        standing[n % this.groups].push(o);
      });
    });
    const teams = new Map();
    const mustReplace = new Set();
    drawn.forEach((subject, j) => {
      const turns = Array.from({ length: this.groups }, (_, i) => (j + i) % this.groups);
      const free = turns.find((g) => !standing[g].some((o) => this.conflict(o, subject)));
      const team = standing[free === undefined ? turns[0] : free];
      for (const o of team) if (this.conflict(o, subject)) mustReplace.add(pair(o, subject));
      teams.set(subject, team.slice());
    });
    return { teams, mustReplace, standing };
  }

  /** Who follows on a seat, in order, besides those seated by the draw itself. */
  following(seed, outcome, subject, seat) {
    const index = this.classOf(seat);
    if (index < 0) return [];
    const seated = new Set(this.mode === 'each' ? outcome.teams.get(subject) : outcome.standing.flat());
    return this.order(seed, index, subject).filter((o) => !seated.has(o) && !this.conflict(o, subject));
  }
}

const teamRows = (teams) =>
  [...teams].flatMap(([s, team]) => team.flatMap((o, i) => (o ? [[s, i + 1, o]] : []))).sort(compare);

function choose(n, k) {
  if (k < 0n || k > n) return 0n;
  let result = 1n;
  for (let i = 1n; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

/** Whether a draw can be held and how many teams are possible, draw.md §5. */
function seatCheck(roster, subjects) {
  const count = (without) => {
    const able = roster.able.map((list) => list.filter((o) => !without.has(o)));
    const need = roster.classes.map(([, , own], i) => {
      const earlier = roster.classes.filter((_, j) => j < i && able[j].some((o) => able[i].includes(o)));
      return roster.groups * (own + earlier.reduce((n, c) => n + c[2], 0));
    });
    const teams = roster.classes.reduce((product, [, , own], i) => {
      const shared = need[i] / roster.groups - own;
      return product * choose(BigInt(able[i].length - shared), BigInt(own));
    }, 1n);
    return { teams, short: need.some((n, i) => able[i].length < n), exact: need.every((n, i) => able[i].length === n) };
  };
  const base = count(new Set());
  const result = { teams: base.teams, fewest: base.teams, allSent: base.exact, short: base.short, unserved: [], halved: [] };
  if (roster.mode === 'groups' || base.short) return result;
  const declared = new Map();
  for (const one of roster.conflicts) {
    const [officer, subject] = one.split('\n');
    if (!declared.has(subject)) declared.set(subject, new Set());
    declared.get(subject).add(officer);
  }
  result.fewest = null;
  for (const subject of subjects) {
    const own = declared.has(subject) ? count(declared.get(subject)) : base;
    if (own.short) {
      result.unserved.push(subject);
      continue;
    }
    if (result.fewest === null || own.teams < result.fewest) result.fewest = own.teams;
    if (own !== base && 2n * own.teams <= base.teams) result.halved.push(subject);
  }
  return result;
}
