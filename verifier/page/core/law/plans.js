// Plans and tasks: event-types.md §4.
'use strict';

const emptyWork = () => ({
  plans: new Map(), // plan → {state, leaf, holder, year, submitted, filings}
  tasks: new Map(),
  taskIds: new Set(),
  exclusions: [], // {task, subject, reason} in effect
  draws: new Map(),
  drawIds: new Set(),
  secrets: new Set(), // every r revealed in this ledger
  outcomes: new Map(), // task → g
  visits: new Map(),
  visitsOf: new Map(), // draw → Map subject → [visit]
  visitIds: new Set(),
  checks: new Map(), // check.unplanned in effect
  followups: new Map(), // followup → {ev, closed}
  usedIds: new Set(), // "kind id" in lower case
  cases: new Map(), // task → case.archived
  closedYears: new Set(),
  forms: new Map(), // form → form.published last
  formVersions: new Set(),
  activities: [],
  reports: [],
  receipts: [],
});

Law.prototype.drawsOf = function (task) {
  return [...this.draws.values()].filter((d) => d.question.task === task && d.state !== 'aborted');
};

const NOT_COMPARED = /[ \t0-9０-９，。、；：,.;:（）()“”"《》\u3000]/g;
const bareLine = (line) => line.replace(NOT_COMPARED, '').replace(/^对/, '');

/** A table of rows against its register, and each row's items: as in plan.submitted. */
function askRows(law, register, list) {
  const rows = sortedRows(law.register(register));
  law.must('plan.rows', rows.length > 0 && sameList(rows, list), register);
  const items = law.register('items');
  for (const [id, row] of rows) {
    if (!law.must('plan.items', row.items.every((item) => items.has(item)), id)) continue;
    const text = row.items.flatMap((item) => items.get(item).text);
    law.should('plan.item-text', same(row.text.map(bareLine), text.map(bareLine)), id);
  }
}

/** What comes out of its order has no effect. */
function askPlanOrder(law, ok, plan) {
  if (!law.must('plan.order', ok, plan)) law.lost = true;
}

function submitted(law, ev) {
  const { plan, rows } = ev.data;
  const before = law.plans.get(plan);
  askPlanOrder(law, !before || before.state === 'rejected', plan);
  askRows(law, `plan.${plan}`, rows);
}

function decided(law, ev, second) {
  const plan = law.plans.get(ev.data.plan);
  askPlanOrder(law, plan && plan.state === 'submitted' && equalBytes(plan.leaf, ev.data.of), ev.data.plan);
  if (ev.type !== 'plan.approved') return;
  if (ev.data.paper) {
    law.ask('act.paper');
    return;
  }
  law.must('role.permitted', ev.roles.includes('approver'));
  if (plan) law.must('role.separate', plan.holder !== ev.holder, ev.holder);
}

const setState = (state) => (law, ev) => {
  const plan = law.plans.get(ev.data.plan);
  if (plan) plan.state = state;
};

const inState = (law, id, ...states) => {
  const plan = law.plans.get(id);
  return Boolean(plan) && states.includes(plan.state);
};

function amended(law, ev) {
  const { plan, rows } = ev.data;
  askPlanOrder(law, inState(law, plan, 'approved', 'published'), plan);
  askRows(law, `amend.${plan}`, rows);
  const now = law.register(`plan.${plan}`);
  const next = law.register(`amend.${plan}`);
  const changed = [...new Set([...now.keys(), ...next.keys()])].filter((id) => !same(now.get(id), next.get(id)));
  const used = [...law.tasks.values()].some((t) => t.plan === plan && now.has(t.row) && !next.has(t.row));
  law.must('plan.amended', changed.length > 0 && !used, plan);
}

function filed(law, ev) {
  const { plan, date } = ev.data;
  askPlanOrder(law, inState(law, plan, 'approved', 'published'), plan);
  law.must('result.date', date <= ev.date, date);
  askFilingOrder(law, plan, date);
}

function askFilingOrder(law, id, date) {
  if (!law.policy || !law.policy.values.publish_before_file) return;
  const plan = law.plans.get(id);
  const published = plan && plan.published;
  law.should('plan.filing-order', published && law.current(published).date <= date, date);
}

/** The parts of a task or question fit each other. */
function partsFit(q) {
  const every = (test) => q.strata.every(test);
  const total = every((s) => s.w !== undefined) && q.p !== undefined && q.q !== undefined && q.p <= q.q;
  const ceil = every((s) => s.p !== undefined && s.p <= s.q) && q.p === undefined && q.q === undefined;
  const ids = new Set(q.strata.map((s) => s.id.toLowerCase()));
  return (q.rounding === 'total' ? total : ceil) && (q.groups !== undefined) === (q.teams === 'groups') && ids.size === q.strata.length;
}

const ratesOf = (q) => (q.rounding === 'total' ? [[q.p, q.q]] : q.strata.map((s) => [s.p, s.q]));
const below = ([p, q], [least, of]) => BigInt(p) * BigInt(of) < BigInt(least) * BigInt(q);
const equalRate = (a, b) => !below(a, b) && !below(b, a);

/** Rate and seats against the policy in force. */
function askPolicy(law, q, task) {
  if (!law.policy) return;
  const { min_rate: least, min_officers: seats } = law.policy.values;
  const low = ratesOf(q).some((rate) => below(rate, least));
  if (task.exception) law.should('policy.min-rate', !low);
  else law.must('policy.min-rate', !low);
  if (task.fills && task.fills.visits.some(([, seat]) => seat > 0)) return; // single seats join a team
  law.must('policy.officers', q.seats.reduce((n, [, , count]) => n + count, 0) >= seats);
}

/** Items and window against the row. */
const planFits = (task, row) =>
  Boolean(row) && same(row.items, task.items) && task.window[0] <= task.window[1] && task.window[1].slice(0, 7) <= row.until;

function askRate(law, task, row) {
  const byRisk = !row.by_risk || (task.rounding === 'total' && task.strata.every((s) => s.filter.risk !== undefined));
  law.must('task.rate', ratesOf(task).every((rate) => equalRate(rate, [row.p, row.q])) && byRisk);
}

function askFilter(law, task, row) {
  if (row.draw !== 'undirected' || !row.tags) return;
  const tags = new Set(task.strata.flatMap((s) => s.filter.tags || []));
  const wanted = new Set(row.tags);
  const keys = task.strata.every((s) => Object.keys(s.filter).every((k) => ['tags', 'status', 'risk'].includes(k)));
  law.must('task.filter', keys && tags.size === wanted.size && [...tags].every((t) => wanted.has(t)));
}

/** Rates rise with the risk class, where the policy says so. */
function askClassRates(law, q) {
  if (!law.policy || law.policy.values.class_rates !== 'rising') return;
  const classes = q.strata.filter((s) => s.filter.risk && s.filter.risk.length === 1);
  const rate = (s) => (s.w === undefined ? [s.p, s.q] : [s.w, 1]);
  const falls = classes.some((a) => classes.some((b) => a.filter.risk[0] < b.filter.risk[0] && below(rate(b), rate(a))));
  law.should('task.class-rates', !falls);
}

function askPublished(law) {
  const targets = law.policy && law.policy.values.list_targets;
  if (!targets) return;
  const since = law.importedAt.has('items') ? law.importedAt.get('items') : -1;
  const there = law.publications.filter((p) => !p.void && p.data.register === 'items' && p.n > since);
  law.should('list.published', new Set(there.map((p) => law.current(p).channel)).size >= targets);
}

function taskCreated(law, ev, second) {
  const d = ev.data;
  const twin = !d.fills && [...law.tasks.values()].some((t) => !t.fills && t.plan === d.plan && t.row === d.row && t.batch === d.batch);
  if (second) {
    law.must('draw.once', !twin, d.task);
    askYear(law, d);
    if (d.elsewhere) law.must('task.elsewhere', elsewhereFits(law, d), d.task);
    if (d.fills) law.must('task.fills', fillsFit(law, d), d.fills.draw);
    if (law.policy !== ev.policy) askPolicy(law, d, d);
    return;
  }
  law.must('draw.once', !twin && !law.taskIds.has(d.task.toLowerCase()), d.task);
  law.taskIds.add(d.task.toLowerCase());
  if (!law.must('policy.in-force', law.policy)) {
    law.lost = true;
    return;
  }
  if (!law.must('task.plan', law.plans.has(d.plan), d.plan)) {
    law.lost = true;
    return;
  }
  law.must('plan.order', inState(law, d.plan, 'published'), d.plan);
  askYear(law, d);
  ev.row = law.register(`plan.${d.plan}`).get(d.row);
  law.must('task.plan', planFits(d, ev.row), d.row);
  askPublished(law);
  if (!law.must('task.form', partsFit(d))) {
    law.lost = true;
    return;
  }
  if (ev.row && ordinary(d)) {
    askRate(law, d, ev.row);
    askFilter(law, d, ev.row);
  }
  if (ordinary(d)) askClassRates(law, d);
  askPolicy(law, d, d);
  if (d.elsewhere) law.must('task.elsewhere', elsewhereFits(law, d), d.task);
  if (d.fills && !law.must('task.fills', fillsFit(law, d), d.fills.draw) && !seatsExist(law, d.fills)) law.lost = true;
}

/** Neither a 补抽 nor on a list that others drew: the row's rate and class are asked. */
const ordinary = (task) => !task.fills && !task.elsewhere;

function askYear(law, d) {
  const plan = law.plans.get(d.plan);
  law.must('year.closed', !plan || !law.closedYears.has(plan.year), d.plan);
}

function excluded(law, ev) {
  const { task, subject } = ev.data;
  if (!law.must('task.exists', law.tasks.has(task), task)) law.lost = true;
  law.must('list.known', law.register('subjects').has(subject), subject);
  law.must('draw.after-freeze', !law.drawsOf(task).length, task);
  law.must('draw.exclusions', !law.exclusions.some((e) => e.task === task && e.subject === subject), subject);
}

handle({
  'plan.submitted': [
    submitted,
    (law, ev) => {
      const { plan, year } = ev.data;
      law.plans.set(plan, { state: 'submitted', leaf: ev.leaf, holder: ev.holder, year, submitted: ev, filings: [], published: null });
    },
  ],
  'plan.approved': [decided, setState('approved')],
  'plan.rejected': [decided, setState('rejected')],
  'plan.published': [
    (law, ev) => {
      askPlanOrder(law, inState(law, ev.data.plan, 'approved', 'published'), ev.data.plan);
      law.must('result.date', ev.data.date <= ev.date, ev.data.date);
    },
    (law, ev) => {
      const plan = law.plans.get(ev.data.plan);
      if (plan && plan.state !== 'published') Object.assign(plan, { state: 'published', published: ev });
    },
  ],
  'plan.filed': [
    filed,
    (law, ev) => {
      const plan = law.plans.get(ev.data.plan);
      if (plan) plan.filings.push(ev);
    },
  ],
  'plan.amended': [
    amended,
    (law, ev) => {
      const { plan } = ev.data;
      law.registers.set(`plan.${plan}`, new Map(law.register(`amend.${plan}`)));
      setState('approved')(law, ev);
    },
  ],
  'task.created': [
    taskCreated,
    (law, ev, second) => {
      if (law.tasks.has(ev.data.task)) return;
      law.tasks.set(ev.data.task, { ...ev.data, clerk: ev.holder, approver: second.holder, record: ev.row, policy: ev.policy });
    },
  ],
  'task.excluded': [
    excluded,
    (law, ev) => {
      const { task, subject, reason } = ev.data;
      law.exclusions.push({ task, subject, reason });
    },
  ],
});
