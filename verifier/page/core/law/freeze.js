// The question, draw.frozen: event-types.md §5.
'use strict';

const QUESTION = ['batch', 'items', 'teams', 'groups', 'seats', 'sealed', 'rounding', 'p', 'q', 'public'];

/** A record meets a filter if for every attribute it has one of the values. */
function meets(record, filter) {
  return Object.keys(filter).every((attribute) => {
    const value = record[attribute];
    if (value === undefined) return false;
    return Array.isArray(value) ? value.some((v) => filter[attribute].includes(v)) : filter[attribute].includes(value);
  });
}

/** The five lists as they follow from the question, the facts and the day; sizes of strata. */
function computeLists(law, question, task, today) {
  const excluded = law.exclusions.filter((e) => e.task === question.task).map((e) => [e.subject, e.reason]);
  const exclusions = distinctRows(excluded);
  const out = new Set(exclusions.map(([s]) => s));
  const only = listedSubjects(law, task);
  const pool = [];
  let overlap = false;
  for (const [id, record] of law.register('subjects')) {
    if (out.has(id) || (only && !only.has(id))) continue;
    const strata = question.strata.filter((s) => meets(record, s.filter));
    if (strata.length > 1) overlap = true;
    if (strata.length) pool.push([strata[0].id, id]);
  }
  pool.sort(compare);
  const departments = new Set(question.seats.map(([d]) => d));
  const officers = [];
  for (const [id, r] of law.register('officers')) {
    if (departments.has(r.department) && r.status === 'active' && certified(r, today)) {
      officers.push([id, r.department, r.qualifications.slice().sort(compareText)]);
    }
  }
  officers.sort(compare);
  const isOfficer = new Set(officers.map(([o]) => o));
  const inPool = new Set(pool.map(([, s]) => s));
  const declared = [...law.conflicts.values(), ...seatedPairs(law, task, inPool)];
  const conflicts = distinctRows(declared.filter(([o, s]) => isOfficer.has(o) && inPool.has(s)));
  const away = law.absences.filter((ev) => {
    const a = law.current(ev);
    return !ev.void && isOfficer.has(a.officer) && a.from <= today && today <= a.until;
  });
  const absences = distinctRows(away.map((ev) => [ev.data.officer, law.current(ev).reason]));
  return { exclusions, pool, officers, conflicts, absences, overlap };
}

/** In a 补抽 everybody who has or had a seat in the visit is in conflict with its subject. */
function seatedPairs(law, task, pool) {
  const filled = task.fills && law.draws.get(task.fills.draw);
  return filled ? [...pool].flatMap((s) => [...seatedEver(law, filled, s)].map((o) => [o, s])) : [];
}

/** The subjects among whom a 补抽, or a draw on the list of others, is held; undefined: all. */
function listedSubjects(law, task) {
  if (task.fills) return new Set(task.fills.visits.map(([s]) => s));
  if (task.elsewhere) return new Set([...law.register(`assigned.${task.task}`).keys()].map((s) => presentId(law, s)));
  return undefined;
}

const distinctRows = (rows) => [...new Map(rows.map((row) => [row.join('\n'), row])).values()].sort(compare);

function certified(officer, today) {
  const certificates = [officer, officer.other_certificate].filter((c) => c !== undefined);
  return certificates.some((c) => (c.valid_from === undefined || c.valid_from <= today) && today <= c.valid_to);
}

/** Map stratum → k as BigInt. */
function sizesOf(question, count) {
  if (question.rounding === 'total') {
    return totalSizes(question.strata.map((s) => ({ id: s.id, n: count(s.id), w: s.w })), question.p, question.q);
  }
  return new Map(question.strata.map((s) => [s.id, ceilSize(count(s.id), s.p, s.q)]));
}

function askParties(law, ev, task) {
  const { parties } = ev.data;
  const keys = parties.map((p) => law.keys.get(p));
  const holders = new Set(keys.map((k) => k && k.holder));
  const outside = keys.filter((k) => k && k.roles.some((r) => r === 'supervisor' || r === 'observer'));
  const ok =
    parties.every((p, i) => i === 0 || parties[i - 1] < p) &&
    keys.every((k) => law.inForce(k)) &&
    holders.size === parties.length &&
    (parties.length === 0 || (parties.length >= 2 && outside.length > 0));
  law.must('draw.parties', ok);
  const oneOfThem = outside.some((k) => k.holder === ev.holder || k.holder === task.approver);
  law.must('role.separate', ev.holder !== task.approver && !oneOfThem, ev.holder);
}

function askQuestion(law, ev, task) {
  const d = ev.data;
  const bare = d.strata.map(({ n, k, ...rest }) => rest);
  law.must('draw.question', QUESTION.every((key) => same(d[key], task[key])) && same(bare, task.strata));
}

/** What is asked again where row or policy changed since the task was proposed. */
function askAgain(law, ev, task) {
  const row = law.register(`plan.${task.plan}`).get(task.row);
  if (!task.fills && !same(row, task.record)) {
    law.must('task.plan', planFits(task, row), task.row);
    if (row && !task.elsewhere) {
      askRate(law, task, row);
      askFilter(law, task, row);
    }
  }
  if (law.policy !== task.policy) {
    askPolicy(law, ev.data, task);
    if (ordinary(task)) askClassRates(law, ev.data);
  }
  return row;
}

/** Nobody of the row's class falls out of pool and exclusions. */
function askComplete(law, question, task, row, lists) {
  if (!row || !ordinary(task)) return;
  const seen = new Set([...lists.pool.map(([, s]) => s), ...lists.exclusions.map(([s]) => s)]);
  const unseen = [...law.register('subjects')].filter(([id]) => !seen.has(id)).map(([, r]) => r);
  if (row.by_risk) {
    const filters = question.strata.map(({ filter: { risk, ...rest } }) => rest);
    law.must('task.filter', !unseen.some((r) => filters.some((f) => meets(r, f))));
  }
  if (row.draw === 'undirected' && row.tags) {
    law.must('task.filter', !unseen.some((r) => r.status === 'active' && (r.tags || []).some((t) => row.tags.includes(t))));
  }
}

/** Each listed subject is in the pool or excluded. */
function askListed(law, task, lists) {
  const seen = new Set([...lists.pool.map(([, s]) => s), ...lists.exclusions.map(([s]) => s)]);
  const rows = sameList(sortedRows(law.register(`assigned.${task.task}`)), task.elsewhere.rows);
  law.must('task.elsewhere', rows && [...listedSubjects(law, task)].every((s) => seen.has(s)), task.task);
}

function askChoice(law, check) {
  law.ask('draw.choice');
  const few = law.policy && !check.allSent && check.fewest !== null && check.fewest < BigInt(law.policy.values.min_choices);
  if (few) law.find('draw.choice', 'warn', String(check.fewest));
  if (check.halved.length) law.find('draw.choice', 'warn', check.halved[0]);
}

/** Who was drawn or inspected this year already. */
function askRepeat(law, task, pool, today) {
  const values = law.policy && law.policy.values;
  if (task.fills || !values) return;
  const refuses = values.repeat !== undefined && values.repeat !== 'allow';
  if (task.elsewhere) law.ask('draw.repeat');
  if (!refuses && !values.yearly_cap) return;
  const year = today.slice(0, 4);
  const own = new Map();
  const all = new Map();
  const count = (map, subject) => map.set(presentId(law, subject), (map.get(presentId(law, subject)) || 0) + 1);
  for (const draw of law.draws.values()) {
    if (draw.state !== 'completed' || draw.task.fills || !draw.teams || draw.doneTime.slice(0, 4) !== year) continue;
    for (const subject of draw.teams.keys()) {
      count(own, subject);
      count(all, subject);
    }
  }
  for (const r of law.register('history').values()) {
    if (r.date.slice(0, 4) !== year) continue;
    count(all, r.subject);
    if (r.by === 'own') count(own, r.subject);
  }
  for (const check of law.checks.values()) {
    const d = law.current(check);
    if (!check.void && d.occurred.slice(0, 4) === year) count(all, d.subject);
  }
  law.ask('draw.repeat');
  for (const [, subject] of pool) {
    const id = presentId(law, subject);
    if (values.yearly_cap && (all.get(id) || 0) >= values.yearly_cap) law.find('draw.repeat', task.elsewhere ? 'warn' : 'fail', subject);
    else if (refuses && own.get(id)) {
      law.find('draw.repeat', values.repeat === 'warn' || task.exception || task.elsewhere ? 'warn' : 'fail', subject);
    }
  }
}

function frozen(law, ev) {
  const d = ev.data;
  law.must('draw.once', isDrawId(d.draw) && !law.drawIds.has(d.draw.toLowerCase()) && !law.drawsOf(d.task).length, d.draw);
  law.drawIds.add(d.draw.toLowerCase());
  const task = law.tasks.get(d.task);
  if (!law.must('task.exists', task, d.task)) {
    law.lost = true;
    return;
  }
  law.must('policy.in-force', law.policy);
  askQuestion(law, ev, task);
  askParties(law, ev, task);
  const row = askAgain(law, ev, task);
  if (!law.must('draw.question', partsFit(d))) {
    law.lost = true;
    return;
  }
  const lists = computeLists(law, d, task, ev.date);
  askComplete(law, d, task, row, lists);
  askForms(law, d);
  if (task.fills) law.must('task.fills', fillsFit(law, task), task.fills.draw);
  if (task.elsewhere) askListed(law, task, lists);
  law.must('draw.exclusions', sameList(lists.exclusions, d.lists.exclusions));
  law.must('draw.pool', sameList(lists.pool, d.lists.pool));
  const roster = ['officers', 'conflicts', 'absences'].every((name) => sameList(lists[name], d.lists[name]));
  law.must('draw.roster', roster);
  law.must('draw.strata-disjoint', !lists.overlap);
  const pools = new Map(d.strata.map((s) => [s.id, []]));
  for (const [stratum, subject] of lists.pool) pools.get(stratum).push(subject);
  const sizes = sizesOf(d, (id) => pools.get(id).length);
  law.must('draw.sizes', d.strata.every((s) => s.n === pools.get(s.id).length && BigInt(s.k) === sizes.get(s.id)));
  const able = new Roster(d, lists.officers, lists.conflicts, lists.absences);
  const check = seatCheck(able, lists.pool.map(([, s]) => s));
  if (law.must('draw.able', !check.short && !check.unserved.length, check.unserved[0] || '') && !task.fills) askChoice(law, check);
  askRepeat(law, task, lists.pool, ev.date);
  ev.found = { lists, pools, roster: able };
}

function openDraw(law, ev) {
  const d = ev.data;
  if (law.draws.has(d.draw)) return;
  const { lists, pools, roster } = ev.found;
  const subjects = law.register('subjects');
  law.draws.set(d.draw, {
    id: d.draw,
    m: hex(ev.leaf),
    question: d,
    task: law.tasks.get(d.task),
    policy: law.policy,
    frozen: ev,
    lists,
    pools,
    roster,
    sizes: new Map(d.strata.map((s) => [s.id, s.k])),
    names: new Map(lists.pool.map(([, s]) => [s, subjects.get(s).name])),
    state: 'open',
    elsewhere: false,
    commits: new Map(),
    reveals: new Set(),
    secrets: new Map(), // party → r, as far as this reader knows
    line: d.public === 'none' ? 'none' : null,
    done: null,
    doneTime: null, // time of the entry that executed or recorded it
    seed: null,
    seedText: null,
    outcome: null, // what drawSubjects and Roster.draw give
    teams: null, // Map subject → officers as of now, null while unknown to this reader
    replacements: [],
    filled: new Map(), // subject → seats that a 补抽 filled, 0: all
    seatedEver: new Map(), // subject → everybody who has or had a seat
    filings: [],
    bulletins: [],
    reports: [],
    hidden: [], // {field, value, ev}: private fields in effect
    later: [], // judgments that wait until the outcome is known
    notices: new Map(), // subject → notice
    extensions: new Map(), // subject → last day
    openings: new Map(), // of draw.unsealed
    unsealed: false,
  });
}

handle({ 'draw.frozen': [frozen, openDraw] });
