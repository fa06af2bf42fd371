// Imports, registers, policy, calendar: event-types.md §3.
'use strict';

const emptyLists = () => ({
  registers: new Map(), // name → Map id → record
  everIds: new Map(), // register → Map lower-case id → id
  importIds: new Set(),
  chunks: [],
  lastClose: null, // {n, import, added, removed, changed, reviewer, holder} of the last import.closed
  importedAt: new Map(), // register → entry of its last import
  policy: null,
  policies: [], // {n, policy, since, place} in effect, in order
  policyIds: new Set(),
  calendars: new Map(),
  dictionary: null, // Set of tags in force
  dictionaryIds: new Set(),
  publications: [], // list.published in effect
  conflicts: new Map(), // pair → [officer, subject]
  absences: [], // officer.absent in effect
  links: new Map(), // subject → the id under which it goes on
});

const idsOf = (rows) => rows.map(([id]) => id);
const ascending = (rows) => rows.every((row, i) => i === 0 || compare(rows[i - 1], row) < 0);
const sortedRows = (register) => [...register].sort((a, b) => compareText(a[0], b[0]));

/** The id under which a subject goes on today. */
function presentId(law, subject) {
  const seen = new Set();
  while (law.links.has(subject) && !seen.has(subject)) {
    seen.add(subject);
    subject = law.links.get(subject);
  }
  return subject;
}

function chunk(law, ev) {
  const d = ev.data;
  const first = law.chunks[0];
  const ok = first
    ? first.import === d.import && first.register === d.register && first.actor === ev.actor
    : !law.importIds.has(d.import.toLowerCase());
  law.must('import.whole', ok && d.index === law.chunks.length, d.import);
  law.importIds.add(d.import.toLowerCase());
  if (d.register.startsWith('plan.')) {
    const plan = law.plans.get(d.register.slice(5));
    law.must('plan.order', !plan || plan.state === 'rejected', d.register);
  }
  askOutsideRegister(law, d.register);
  if (d.register.startsWith('received.')) {
    const draw = law.draws.get(d.register.slice(9));
    law.must('draw.received', draw && draw.state === 'open' && !draw.question.parties.length, d.register);
  }
}

function close(law, ev) {
  const d = ev.data;
  const { chunks } = law;
  law.chunks = [];
  law.lastClose = null;
  const whole = chunks.length === d.chunks &&
    chunks.every((c) => c.import === d.import && c.register === d.register && c.actor === ev.actor);
  if (!law.must('import.whole', whole, d.import)) return;
  const rows = chunks.flatMap((c) => c.rows);
  const removed = chunks.flatMap((c) => c.removed || []);
  // Rows are compared by id: two rows of one id have maps where an order would be asked for.
  const inOrder = ascending(idsOf(rows)) && ascending(idsOf(removed));
  law.must('import.root', inOrder && sameList(rows, d) && sameList(removed, d.removed));
  const held = law.register(d.register);
  difference(law, d, rows, removed, held);
  freshIds(law, d.register, rows);
  law.must('import.reviewer', law.holders.has(d.reviewer), d.reviewer);
  askRegister(law, ev, rows);
  for (const [id, record] of rows) held.set(id, record);
  for (const [id] of removed) held.delete(id);
  law.importedAt.set(d.register, ev.n);
  law.lastClose = { n: ev.n, data: d, removed: removed.length, holder: ev.holder };
}

function difference(law, d, rows, removed, held) {
  let added = 0;
  let changed = 0;
  let wrong = rows.length + removed.length === 0;
  const ids = new Set(idsOf(rows));
  for (const [id, record] of rows) {
    if (!held.has(id)) added++;
    else if (same(held.get(id), record)) wrong = true;
    else changed++;
  }
  for (const [id] of removed) if (!held.has(id) || ids.has(id)) wrong = true;
  law.must('import.diff', !wrong && added === d.added && changed === d.changed, d.import);
}

function freshIds(law, register, rows) {
  if (!law.everIds.has(register)) law.everIds.set(register, new Map());
  const ever = law.everIds.get(register);
  let twin = '';
  for (const [id] of rows) {
    const low = id.toLowerCase();
    if (ever.has(low) && ever.get(low) !== id) twin = id;
    else ever.set(low, id);
  }
  law.must('list.ids', !twin, twin);
}

/** What single registers ask of their rows. */
function askRegister(law, ev, rows) {
  const { register } = ev.data;
  if (register === 'subjects') {
    if (law.dictionary) law.must('list.tags', rows.every(([, r]) => (r.tags || []).every((t) => law.dictionary.has(t))));
    law.must('list.link', !rows.some(([id]) => law.links.has(id)));
  }
  if (register === 'officers' || register === 'experts') {
    const other = law.register(register === 'officers' ? 'experts' : 'officers');
    law.must('list.experts', !rows.some(([id]) => other.has(id)));
  }
  if (register === 'history') law.must('list.history', rows.every(([, r]) => r.date <= ev.date));
}

function reconciled(law, ev) {
  const d = ev.data;
  let ok = d.missing.n === 0 && d.changed.n === 0;
  if (d.import !== undefined) {
    const last = law.lastClose;
    ok = Boolean(last) && last.n === ev.n - 1 && last.data.import === d.import && last.data.register === d.register &&
      last.data.added === d.missing.n && last.removed === 0 &&
      [d.changed.n, d.changed.n + d.extra.n].includes(last.data.changed) && last.data.reviewer !== last.holder;
  }
  law.must('list.reconciled', ok);
}

function linkable(law, ev) {
  const { from, to } = ev.data;
  const subjects = law.register('subjects');
  if (![from, to].every((id) => subjects.has(id))) law.lost = true;
  law.must('list.link', !law.lost && from !== to && [from, to].every((id) => !law.links.has(id)), `${from} → ${to}`);
}

function link(law, ev) {
  const { from, to } = ev.data;
  if (from === to || law.links.has(from)) return;
  law.register('subjects').delete(from);
  law.links.set(from, to);
  for (const [officer, subject] of [...law.conflicts.values()]) {
    if (subject === from) law.conflicts.set(pair(officer, to), [officer, to]);
  }
  for (const e of law.exclusions) if (e.subject === from && !law.drawsOf(e.task).length) e.subject = to;
}

/** A conflict ends for all ids of the subject. */
function endConflict(law, officer, subject) {
  const now = presentId(law, subject);
  for (const [key, [o, s]] of [...law.conflicts]) {
    if (o === officer && presentId(law, s) === now) law.conflicts.delete(key);
  }
}

const known = (law, d) => law.register('officers').has(d.officer) && law.register('subjects').has(d.subject);

const calendarDays = (year, days) =>
  days.every((day, i) => isDate(`${year}-${day}`) && (i === 0 || days[i - 1] < day));
const isCalendar = ({ year, off, work }) =>
  calendarDays(year, off) && calendarDays(year, work) && !off.some((day) => work.includes(day));

handle({
  'import.chunk': [chunk, (law, ev) => law.chunks.push({ ...ev.data, actor: ev.actor, n: ev.n, stream: ev.stream })],
  'import.closed': [null, close],
  'list.reconciled': [reconciled],
  'subject.linked': [linkable, link],
  'tags.adopted': [
    (law, ev) => {
      const { version, tags } = ev.data;
      law.must('list.dictionary', !law.dictionaryIds.has(version.toLowerCase()) && new Set(tags).size === tags.length, version);
    },
    (law, ev) => {
      law.dictionaryIds.add(ev.data.version.toLowerCase());
      law.dictionary = new Set(ev.data.tags);
    },
  ],
  'list.published': [
    (law, ev) => {
      law.must('list.known', law.register(ev.data.register).size > 0, ev.data.register);
      law.must('result.date', ev.data.date <= ev.date, ev.data.date);
    },
    (law, ev) => law.publications.push(ev),
  ],
  'conflict.declared': [
    (law, ev) => {
      const forOthers = ev.roles.some((r) => r === 'admin' || r === 'clerk');
      law.must('role.permitted', forOthers || ev.holder === ev.data.officer, ev.data.officer);
      law.must('list.known', known(law, ev.data));
    },
    (law, ev) => law.conflicts.set(pair(ev.data.officer, ev.data.subject), [ev.data.officer, ev.data.subject]),
  ],
  'conflict.withdrawn': [
    (law, ev) => law.must('list.known', known(law, ev.data) && law.conflicts.has(pair(ev.data.officer, ev.data.subject))),
    (law, ev) => endConflict(law, ev.data.officer, ev.data.subject),
  ],
  'officer.absent': [
    (law, ev) => {
      law.must('list.known', law.register('officers').has(ev.data.officer), ev.data.officer);
      law.must('list.period', ev.data.from <= ev.data.until);
    },
    (law, ev) => law.absences.push(ev),
  ],
  'policy.adopted': [
    (law, ev, second) => {
      const id = ev.data.policy.toLowerCase();
      if (!second) law.must('policy.in-force', !law.policyIds.has(id), ev.data.policy);
      law.policyIds.add(id);
    },
    (law, ev) => {
      law.policy = ev.data;
      law.policies.push({ n: law.n, policy: ev.data, since: law.last.time.slice(0, 10), place: { entry: law.n, stream: law.stream } });
    },
  ],
  'calendar.adopted': [
    (law, ev) => law.must('calendar.days', isCalendar(ev.data), String(ev.data.year)),
    (law, ev) => {
      const { year, off, work } = ev.data;
      if (isCalendar(ev.data)) law.calendars.set(year, { off: new Set(off), work: new Set(work) });
    },
  ],
});
