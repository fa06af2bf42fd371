// One entry after another, event-types.md §1. A Law holds the facts and the findings; the rules of a type stand in
// ACTS[type] (asked at the act with second = null, and again at the confirmation with the confirming event) and
// EFFECTS[type] (what the event changes). A type without a place in ACTS is unknown to this page.
'use strict';

const ACTS = new Map();
const EFFECTS = new Map();
const PERSONS = ['admin', 'approver', 'supervisor', 'observer'];
const BODY_KEYS = 'actor,data,id,origin,prev,seq,stream,time,type,v,ver';

/** Adds the rules and the effect of a type; `told` is an object type → [rules, effect]. */
function handle(told) {
  for (const [type, [rules, effect]] of Object.entries(told)) {
    ACTS.set(type, rules || (() => {}));
    EFFECTS.set(type, effect || (() => {}));
  }
}

/** When a type needs a second holder only sometimes: type → (law, act) → boolean. */
const CONFIRMED_WHEN = {
  'key.enrolled': (law, ev) => !ev.founder && ev.data.roles.some((r) => PERSONS.includes(r)),
  'key.revoked': (law, ev) => {
    const key = law.keys.get(hex(sha256(ev.data.key)));
    return Boolean(key && key.holder !== ev.holder && key.roles.some((r) => PERSONS.includes(r)));
  },
};

/** The roles that may confirm an act: an array, 'any', or null where it takes effect alone. */
function confirmers(law, ev) {
  const words = TYPES.get(ev.type).confirm;
  if (!words) return null;
  if (words.includes('in any role')) return 'any';
  if (words.startsWith('when on paper') ? !ev.data.paper : CONFIRMED_WHEN[ev.type] && !CONFIRMED_WHEN[ev.type](law, ev)) return null;
  const approval = /`approvals\.([a-z_]+)`/.exec(words);
  if (approval) return [law.policy ? law.policy.values.approvals[approval[1]] : 'approver'];
  const roles = /another holder: ([a-z]+(?:, (?!when)[a-z]+)*)/.exec(words);
  return roles ? roles[1].split(', ') : 'any';
}

class Law {
  /** openings: Map commitment hex → {salt, value}, or null in a public bundle. */
  constructor(openings = null) {
    this.openings = openings;
    this.n = 0; // the entry that is judged
    this.asked = new Set();
    this.findings = [];
    this.leaves = [];
    this.last = null; // {time} of the last entry
    this.streams = new Map();
    this.acts = new Map(); // leaf hash hex → event
    this.statements = new Set();
    this.counts = { key: 0, file: 0, paper: 0 };
    this.places = new Map(); // "owner LF field LF commitment" of every private field → where it stands first
    this.erased = new Map(); // commitment hex → number of the private.erased
    this.erasures = new Map(); // number → its data
    this.clock = null; // leaf of a clock.corrected whose confirmation must be next
    Object.assign(this, emptyKeys(), emptyLists(), emptyWork());
  }

  ask(rule) {
    this.asked.add(rule);
  }

  find(rule, status, found = '', place = {}) {
    this.ask(rule);
    this.findings.push({ rule, status, entry: this.n, stream: this.stream || null, file: null, row: null, found, ...place });
  }

  /** Asks a rule; where it does not hold there is a finding. */
  must(rule, ok, found = '', place = {}) {
    this.ask(rule);
    if (!ok) this.find(rule, 'fail', found, place);
    return Boolean(ok);
  }

  should(rule, ok, found = '', place = {}) {
    this.ask(rule);
    if (!ok) this.find(rule, 'warn', found, place);
    return Boolean(ok);
  }

  inForce(key, n = this.n) {
    return Boolean(key) && key.from < n && (key.until === undefined || key.until >= n);
  }

  register(name) {
    if (!this.registers.has(name)) this.registers.set(name, new Map());
    return this.registers.get(name);
  }

  /** What a private field opens to, or undefined without its opening. */
  open(owner, field, value, openings = this.openings) {
    const opening = openings && openings.get(hex(value.$c));
    if (!opening) return undefined;
    return equalBytes(privateHash(this.origin, owner, field, opening), value.$c) ? opening.value : undefined;
  }

  judge(raw) {
    const leaf = leafHash(raw);
    this.n = this.leaves.length;
    this.stream = null;
    try {
      this.entry(raw, leaf, this.n ? this.leaves[this.n - 1] : new Uint8Array(32));
    } finally {
      this.leaves.push(leaf);
    }
  }

  entry(raw, leaf, previous) {
    const parsed = this.parse(raw);
    if (!parsed) {
      this.founding = false;
      return;
    }
    const { body, bytes, signature } = parsed;
    const { type, data } = body;
    const actor = hex(body.actor);
    this.stream = body.stream;
    const first = this.n === 0;
    const carried = bytes32(data.key) && equalBytes(sha256(data.key), body.actor) && data.key;
    const publicKey = first ? carried : this.keys.has(actor) && this.keys.get(actor).publicKey;
    if (publicKey) this.must('entry.signature', verifySignature(publicKey, eventMessage(bytes), signature));
    this.chain(body, leaf, previous);
    if (type !== 'key.enrolled' && this.n > 0) this.founding = false;
    const key = this.keys.get(actor);
    const known = first ? Boolean(carried) : Boolean(key);
    this.must('entry.actor', first ? known : this.inForce(key));
    if (key && key.unit !== this.unit) this.lastOutside = this.n;
    if (!TYPES.has(type) || !ACTS.has(type)) {
      this.find('entry.known', 'inconclusive', type);
      return;
    }
    this.ask('entry.known');
    if (!this.must('entry.schema', dataFits(type, data), type)) {
      if (type === 'import.closed') this.chunks = []; // after a close, also one that is refused, no chunk waits
      return;
    }
    if (known) this.counts[data.statement ? 'file' : data.paper ? 'paper' : 'key']++;
    if (!known || (!first && type === 'ledger.created')) return;
    const ev = { n: this.n, leaf, type, data, time: body.time, date: dateOf(body.time), stream: body.stream, actor, key: actor };
    if (data.statement && !this.statement(ev)) return;
    Object.assign(ev, this.person(ev));
    this.act(ev);
  }

  /** Form, event-log.md §1–§3, §5; null where it does not hold. */
  parse(raw) {
    try {
      const { body, bytes, signature } = entriesRead.get(raw) || readEntry(raw);
      entriesRead.delete(raw);
      if (body.v !== 1) {
        this.ask('entry.canonical');
        this.find('entry.known', 'inconclusive', `v ${body.v}`);
        return null;
      }
      checkBody(body);
      this.ask('entry.canonical');
      return { body, bytes, signature };
    } catch (e) {
      if (!(e instanceof Bad)) throw e;
      this.find('entry.canonical', 'fail', e.message);
      return null;
    }
  }

  chain(body, leaf, previous) {
    const { type, data } = body;
    if (this.origin === null) this.origin = body.origin;
    if (this.n === 0) this.ledger = leaf;
    this.must('entry.chain', body.seq === this.n && equalBytes(body.prev, previous) && body.origin === this.origin);
    this.must('entry.stream', body.ver === (this.streams.get(body.stream) || 0) + 1, String(body.ver));
    this.streams.set(body.stream, body.ver);
    this.must('entry.time', !this.last || type === 'clock.corrected' || body.time >= this.last.time, body.time);
    if (this.clock) {
      this.must('entry.time', type === 'confirmed' && isBytes(data.of) && equalBytes(data.of, this.clock), 'clock.corrected');
    }
    this.clock = type === 'clock.corrected' ? leaf : null;
    this.last = { time: body.time };
    this.must('ledger.first', (this.n === 0) === (type === 'ledger.created'), type);
    if (this.chunks.length && type !== 'import.chunk' && type !== 'import.closed') {
      this.find('import.whole', 'fail', type);
      this.chunks = [];
    }
  }

  statement(ev) {
    const { statement, ...rest } = ev.data;
    const by = hex(statement.by);
    const key = this.keys.get(by);
    const of = rest.of || (rest.m ? unhex(rest.m) : this.ledger);
    const text = encode({ ledger: this.ledger, kind: ev.type, of, data: rest });
    const once = `${by} ${hex(statement.text)}`;
    const ok =
      this.inForce(key) &&
      verifySignature(key.publicKey, concat(utf8('liuhen/statement/1\n'), statement.text), statement.sig) &&
      equalBytes(text, statement.text) &&
      !this.statements.has(once);
    this.must('act.statement', ok);
    this.statements.add(once);
    ev.key = by;
    return Boolean(key);
  }

  /** Holder, unit and roles of the key that acts. */
  person(ev) {
    const { holder, unit, roles } = ev.n === 0 ? ev.data : this.keys.get(ev.key);
    return { holder, unit, roles };
  }

  act(ev) {
    const { type, data } = ev;
    const told = TYPES.get(type);
    this.must('role.permitted', told.by === 'any' || told.by.some((r) => ev.roles.includes(r)), type);
    if (type.startsWith('draw.')) this.must('entry.stream', ev.stream === `draw/${data.draw}`, ev.stream);
    this.notePrivate(ev);
    ev.founder = type === 'key.enrolled' && this.founding;
    ev.policy = this.policy;
    ev.confirmers = confirmers(this, ev);
    this.acts.set(hex(ev.leaf), ev);
    this.lost = false; // set by rules that find nothing to act on
    ACTS.get(type)(this, ev, null);
    if (this.lost) return;
    if (ev.confirmers) ev.waiting = true;
    else this.effect(ev, null);
  }

  effect(ev, second) {
    ev.waiting = false;
    ev.since = this.n;
    EFFECTS.get(ev.type)(this, ev, second);
  }

  /** An event in effect that may be corrected keeps its data as it stands now. */
  current(ev) {
    return ev.current || ev.data;
  }

  notePrivate(ev) {
    const note = (owner, field, value) => {
      if (!isPrivate(value)) return;
      const place = `${owner}\n${field}\n${hex(value.$c)}`;
      if (!this.places.has(place)) this.places.set(place, { entry: ev.n, stream: ev.stream });
    };
    const { data } = ev;
    const told = TYPES.get(ev.type).private;
    if (told) for (const field of told.fields) note(told.owner.replace(/<(\w+)>/, (_, key) => data[key]), field, data[field]);
    if (ev.type === 'import.chunk') {
      const owner = data.register === 'officers' ? 'officer' : 'subject';
      for (const [id, record] of data.rows) for (const field of Object.keys(record)) note(`${owner}/${id}`, field, record[field]);
    }
    if (ev.type === 'corrected' && isPrivate(data.new)) {
      const target = this.acts.get(hex(data.of));
      const owner = target && TYPES.get(target.type).private;
      if (owner) note(owner.owner.replace(/<(\w+)>/, (_, key) => target.data[key]), data.field, data.new);
    }
  }
}

const entriesRead = new Map(); // raw → what it says, read for WebCrypto ahead of the law, which takes it from here

/** {body, bytes, signature} of a raw entry; throws Bad. */
function readEntry(raw) {
  const entry = decode(raw);
  if (!Array.isArray(entry) || entry.length !== 2 || !entry.every(isBytes) || entry[1].length !== 64) throw new Bad('no entry');
  const body = decode(entry[0]);
  if (!isMap(body) || !isInteger(body.v)) throw new Bad('no body');
  return { body, bytes: entry[0], signature: entry[1] };
}

const eventMessage = (bytes) => concat(utf8('liuhen/event/1\n'), bytes);
const privateHash = (origin, owner, field, { salt, value }) =>
  sha256(`liuhen/private/1\n${origin}\n${owner}\n${field}\n`, salt, encode(value));

function checkBody(body) {
  const ok =
    Object.keys(body).join() === BODY_KEYS &&
    isOrigin(body.origin) &&
    isInteger(body.seq) && body.seq >= 0 &&
    bytes32(body.prev) &&
    isTime(body.time) &&
    bytes32(body.actor) &&
    isStream(body.stream) &&
    isInteger(body.ver) && body.ver >= 1 &&
    isType(body.type) &&
    isBytes(body.id) && body.id.length === 16 &&
    isMap(body.data);
  if (!ok) throw new Bad('a body out of form');
}

/** §1, Confirmation. */
function confirm(law, second) {
  const act = law.acts.get(hex(second.data.of));
  if (!law.must('act.confirmed', act && act.waiting, 'nothing waits')) return;
  const allowed = act.confirmers === 'any' || act.confirmers.some((r) => second.roles.includes(r));
  const own = act.type === 'key.enrolled' && act.data.holder === second.holder;
  const inForce = law.inForce(law.keys.get(act.key));
  law.must('act.confirmed', second.holder !== act.holder && allowed && !own && inForce, second.holder);
  law.lost = false;
  ACTS.get(act.type)(law, act, second);
  act.waiting = false;
  act.confirmer = second.holder;
  if (!law.lost) law.effect(act, second);
}

handle({ confirmed: [null, confirm], attached: [], 'clock.corrected': [] });
