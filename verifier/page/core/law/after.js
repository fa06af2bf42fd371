// What follows a result; bulletins, reports, case files, the end of a year: event-types.md §7.
'use strict';

const ASKING_RESULTS = ['04', '09', '10', '13', '14'];

/** Whether a result asks for a follow-up. */
const asksFollowup = (d) =>
  (d.results || []).some((r) => ASKING_RESULTS.includes(r)) || (d.items || []).some((i) => i.ordered && !i.corrected);

/** A visit or a check outside the plan that stands and is signed, by its id. */
function standing(law, id) {
  const visit = law.visits.get(id);
  if (visit && !visit.ev.void && signedVisit(law, visit)) return visit.ev;
  const check = law.checks.get(id);
  return check && !check.void ? check : null;
}

const fresh = (law, kind, id) => {
  const key = `${kind} ${id.toLowerCase()}`;
  const isNew = !law.usedIds.has(key);
  law.usedIds.add(key);
  return isNew;
};

function askFollowupDates(law, target, d) {
  if (target && d.due) law.must('followup.dates', dateOf(law.current(target).occurred) <= d.due, d.due);
  else law.ask('followup.dates');
}

function askKind(law, d) {
  const kind = law.open(`visit/${d.visit}`, 'kind', d.kind);
  if (kind !== undefined) law.must('followup.kind', own(SPEC.codes['follow-ups'], kind));
}

function followup(law, ev) {
  const d = ev.data;
  const target = standing(law, d.visit);
  law.must('followup.order', target && fresh(law, 'followup', d.followup), d.followup);
  if (!target) {
    law.lost = true;
    return;
  }
  askFollowupDates(law, target, d);
  askKind(law, d);
}

function followupClosed(law, ev) {
  const d = ev.data;
  const one = law.followups.get(d.followup);
  const open = one && !one.ev.void && one.ev.data.visit === d.visit && !one.closed;
  if (!law.must('followup.order', open, d.followup)) {
    law.lost = true;
    return;
  }
  const target = standing(law, d.visit);
  const since = target && dateOf(law.current(target).occurred);
  law.must('followup.dates', since && since <= d.date && d.date <= ev.date, d.date);
  const now = law.current(one.ev);
  const kind = law.open(`visit/${d.visit}`, 'kind', now.kind);
  if (kind === 'criminal') law.should('followup.receipt', now.receipt !== undefined);
}

/** A completed draw that a step of its stream names, with a date between the draw and today. */
function datedDraw(rule, mayBeSealed) {
  return (law, ev) => {
    const d = ev.data;
    const draw = law.draws.get(d.draw);
    const there = draw && draw.m === d.m && draw.state === 'completed' && (mayBeSealed || !draw.question.sealed || draw.unsealed);
    if (!draw) law.lost = true;
    law.must(rule, there && dateOf(draw.doneTime) <= d.date && d.date <= ev.date, d.date);
  };
}

function askActivity(law, d, today, isNew) {
  const counts = d.published === undefined || d.subjects === undefined || d.published <= d.subjects;
  const lead = (d.lead !== undefined) === (d.kind === 'joint_elsewhere');
  law.must('activity.record', isNew && d.date <= today && lead && counts, d.activity);
}

function reportIssued(law, ev) {
  const d = ev.data;
  const isNew = fresh(law, 'report', d.report);
  law.must('report.period', isNew && d.from <= d.until && d.from <= d.date && d.date <= ev.date, d.date);
  askFigures(law, d);
}

function caseArchived(law, ev) {
  const d = ev.data;
  const draw = [...law.draws.values()].find((w) => w.question.task === d.task && w.state === 'completed');
  const numbered = d.papers.every((p, i) => p.no === i + 1);
  const taken = [...law.cases].some(([task, c]) => task !== d.task && c.data.number === d.number);
  const open = draw && (!draw.question.sealed || draw.unsealed);
  law.must('case.archived', law.tasks.has(d.task) && open && numbered && !taken, d.number);
  if (!law.tasks.has(d.task)) law.lost = true;
  if (draw) law.should('case.complete', filesOfTask(law, draw).every((file) => d.papers.some((p) => hex(p.file) === file)), d.task);
  else law.ask('case.complete');
}

/** SHA-256 in hex of every file that the ledger names for the task of a draw. */
function filesOfTask(law, draw) {
  const visits = [...law.visits.values()].filter((v) => v.draw === draw.id && !v.ev.void);
  const leaves = new Set([draw.m, ...visits.map((v) => hex(v.ev.leaf))]);
  const attached = [...law.acts.values()].filter((ev) => ev.type === 'attached' && ev.data.of && leaves.has(hex(ev.data.of)));
  return [
    hex(draw.task.scheme.file),
    hex(draw.task.form.file),
    ...visits.filter((v) => v.ev.data.paper).map((v) => hex(v.ev.data.paper.scan)),
    ...attached.map((ev) => hex(ev.data.file)),
  ];
}

/** What is open of the plans of a year: rows [kind, name]. */
function openOfYear(law, year) {
  const rows = [];
  for (const [id, plan] of law.plans) {
    if (plan.year !== year) continue;
    const tasks = [...law.tasks.values()].filter((t) => t.plan === id);
    for (const row of law.register(`plan.${id}`).keys()) if (!tasks.some((t) => t.row === row)) rows.push(['row', `${id}/${row}`]);
    for (const task of tasks) rows.push(...openOfTask(law, task));
  }
  return rows.sort(compare);
}

function openOfTask(law, task) {
  const draw = [...law.draws.values()].find((w) => w.question.task === task.task && w.state === 'completed');
  if (!draw) return [['task', task.task]];
  if (draw.question.sealed && !draw.unsealed) return [['sealed', draw.id]];
  const rows = law.cases.has(task.task) ? [] : [['archive', task.task]];
  if (task.fills) return rows;
  for (const subject of draw.teams.keys()) if (!visitOf(law, draw, subject)) rows.push(['visit', `${draw.id}/${subject}`]);
  for (const [id, visit] of law.visits) {
    if (visit.draw !== draw.id || visit.ev.void) continue;
    if (!visit.published) rows.push(['result', id]);
    const own = [...law.followups].filter(([, f]) => f.ev.data.visit === id && !f.ev.void);
    if (asksFollowup(law.current(visit.ev)) && !own.length) rows.push(['followup', id]);
    for (const [name, f] of own) if (!f.closed) rows.push(['followup', name]);
  }
  return rows;
}

function yearClosed(law, ev, second) {
  const { year, carried } = ev.data;
  law.must('year.closed', !law.closedYears.has(year) && ev.date >= `${year}-12-01`, String(year));
  if (!second) law.must('year.carried', same(carried, openOfYear(law, year)), String(year));
}

function dutyHanded(law, ev, second) {
  const { holder, successor, tasks } = ev.data;
  const known = law.holders.has(holder) && law.holders.has(successor) && holder !== successor;
  const allowed = (ev.holder === holder || ev.roles.includes('admin')) && tasks.every((t) => law.tasks.has(t));
  law.must('duty.handed', known && allowed && (!second || second.holder === successor), successor);
}

handle({
  'followup.recorded': [
    followup,
    (law, ev) => {
      if (!law.followups.has(ev.data.followup)) law.followups.set(ev.data.followup, { ev, closed: null });
    },
  ],
  'followup.closed': [
    followupClosed,
    (law, ev) => {
      law.followups.get(ev.data.followup).closed = ev;
    },
  ],
  'bulletin.issued': [datedDraw('bulletin.draw', false), (law, ev) => law.draws.get(ev.data.draw).bulletins.push(ev)],
  'task.reported': [datedDraw('task.report', true), (law, ev) => law.draws.get(ev.data.draw).reports.push(ev)],
  'activity.recorded': [(law, ev) => askActivity(law, ev.data, ev.date, fresh(law, 'activity', ev.data.activity)), (law, ev) => law.activities.push(ev)],
  'report.issued': [reportIssued, (law, ev) => law.reports.push(ev)],
  'case.archived': [caseArchived, (law, ev) => law.cases.set(ev.data.task, ev)],
  'year.closed': [yearClosed, (law, ev) => law.closedYears.add(ev.data.year)],
  'duty.handed': [dutyHanded],
});
