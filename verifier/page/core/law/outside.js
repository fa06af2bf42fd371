// Checks outside plan and draw, and what other platforms say: event-types.md §3, §7.
'use strict';

/** Whether an officer of the register has a certificate valid on a day. */
const certifiedOn = (law, officer, day) => {
  const record = law.register('officers').get(officer);
  return Boolean(record) && certified(record, day);
};

function askCheck(law, ev, d) {
  const twin = [...law.checks.values()].some((c) => {
    const now = law.current(c);
    return c.data.check !== d.check && !c.void && now.subject === d.subject && now.occurred === d.occurred && same(now.items, d.items);
  });
  law.must('check.once', !twin, d.check);
  law.must('list.known', law.register('subjects').has(d.subject), d.subject);
  const day = dateOf(d.occurred);
  const least = law.policy ? law.policy.values.min_officers : 1;
  law.must('check.team', d.officers.every((o) => certifiedOn(law, o, day)) && d.officers.length >= least, d.officers.join(' '));
  const until = d.until || d.occurred;
  law.must('visit.clock', d.occurred <= until && until <= ev.time, d.occurred);
  const known = (item) => law.register('items').has(item) || law.register('unsuitable').has(item);
  law.must('check.item', d.items.every(known), d.items.join(' '));
}

function unplanned(law, ev) {
  const d = ev.data;
  const id = d.check.toLowerCase();
  const isNew = !law.visitIds.has(id);
  law.visitIds.add(id);
  if (!isNew) law.find('check.once', 'fail', d.check);
  askCheck(law, ev, d);
  law.should('check.planned', d.exemption !== undefined, d.check);
}

const RECEIPTED = ['plan.published', 'list.published', 'result.published'];

function receipt(law, ev) {
  const of = hex(ev.data.of);
  const act = law.acts.get(of);
  const publication = act && RECEIPTED.includes(act.type) && act.since !== undefined && !act.void;
  const draw = [...law.draws.values()].some((w) => w.m === of && w.state === 'completed');
  law.must('platform.receipt', publication || draw, of);
  law.must('result.date', ev.data.date <= ev.date, ev.data.date);
}

function compared(law, ev) {
  const d = ev.data;
  const draw = law.draws.get(d.draw);
  const there = draw && draw.m === d.m && draw.state === 'completed' && !draw.elsewhere;
  if (!there) {
    law.must('platform.compared', false, d.draw);
    law.lost = true;
    return;
  }
  if (!law.must('draw.sealing', !draw.question.sealed || draw.unsealed) || !draw.teams) return;
  const shown = law.register(`platform.${d.draw}`);
  const rows = (ids) => ids.sort(compareText).map((id) => [id]);
  const missing = rows([...draw.teams.keys()].filter((s) => !shown.has(s)));
  const extra = rows([...shown.keys()].filter((s) => !draw.teams.has(s)));
  const differs = ([s, r]) => draw.teams.has(s) && r.officers && !same(r.officers.slice().sort(compareText), draw.teams.get(s).filter(Boolean).sort(compareText));
  const changed = rows([...shown].filter(differs).map(([s]) => s));
  const right = d.n === shown.size && sameList(missing, d.missing) && sameList(extra, d.extra) && sameList(changed, d.changed);
  if (law.must('platform.compared', right, d.draw)) law.should('platform.differs', !missing.length && !extra.length && !changed.length, d.draw);
}

/** Rows of platform.<draw> and assigned.<task> have their time. */
function askOutsideRegister(law, register) {
  const [kind, id] = [register.slice(0, register.indexOf('.')), register.slice(register.indexOf('.') + 1)];
  if (kind === 'platform') {
    const draw = law.draws.get(id);
    law.must('platform.compared', draw && draw.state === 'completed' && !draw.elsewhere && (!draw.question.sealed || draw.unsealed), register);
  }
  if (kind === 'assigned') law.must('task.elsewhere', !law.tasks.has(id), register);
}

/** A task on a list that another department drew. */
function elsewhereFits(law, d) {
  const rows = sortedRows(law.register(`assigned.${d.task}`));
  return rows.length > 0 && sameList(rows, d.elsewhere.rows) && d.rounding === 'ceil' && d.strata.every((s) => s.p === s.q) && !d.fills;
}

handle({
  'check.unplanned': [unplanned, keepCheck],
  'platform.receipt': [receipt, (law, ev) => law.receipts.push(ev)],
  'platform.compared': [compared],
});

function keepCheck(law, ev) {
  if (!law.checks.has(ev.data.check)) law.checks.set(ev.data.check, ev);
}
