// Visits, results, corrections: event-types.md §7, §8.
'use strict';

/** What is asked of a visit and of every correction of it; `d` is its data as it stands or would stand. */
function askVisit(law, ev, d) {
  const draw = law.draws.get(d.draw);
  if (!draw) law.must('visit.drawn', false, d.draw);
  if (!draw || !law.must('draw.order', draw.state === 'completed', d.draw)) {
    law.lost = true;
    return;
  }
  if (draw.task.fills) {
    law.must('visit.drawn', false, d.draw);
    law.lost = true;
    return;
  }
  whenKnown(law, draw, () => askTeam(law, draw, d));
  const fills = fillsOf(law, draw, d.subject);
  const drawnAt = [draw, ...fills].map((w) => w.doneTime).filter(Boolean).sort().pop();
  law.must('visit.after-draw', !drawnAt || d.occurred >= drawnAt, d.occurred);
  const until = d.until || d.occurred;
  law.must('visit.clock', d.occurred <= until && until <= ev.time, d.occurred);
  if (draw.teams || !hidesAround(draw)) askAround(law, draw, d);
  const days = [dateOf(d.occurred), dateOf(until)].filter((day) => day <= ev.date);
  law.must('visit.certified', d.officers.every((o) => days.every((day) => certifiedOn(law, o, day))), d.officers.join(' '));
  const steps = d.items.every((i) => (!i.corrected || i.ordered) && (!i.ordered || i.checked) && (i.result !== undefined) === i.checked);
  const signed = d.subject_signature === 'signed' || d.unsigned_reason !== undefined;
  law.must('visit.form', same(d.items.map((i) => i.item), draw.task.items) && steps && signed);
}

const FINE = '01';
const NO_PROBLEM = '未发现问题';
const FOUND_ON_SITE = ['02', '09'];

/** Whether the result of a visit and its boxes say the same. */
function oneStory(d) {
  const checked = d.items.filter((i) => i.checked);
  const ordered = checked.some((i) => i.ordered);
  const told = ordered || checked.some((i) => i.result !== NO_PROBLEM);
  const has = (codes) => d.results.some((r) => codes.includes(r));
  const fine = has([FINE]) && (ordered || has(PROBLEMS));
  return !fine && (told || !has(FOUND_ON_SITE));
}

function askTeam(law, draw, d) {
  const team = draw.teams.get(d.subject);
  if (!law.must('visit.drawn', team, d.subject)) return;
  const members = team.filter((o) => o).sort();
  const clean = !d.officers.some((o) => draw.outcome.mustReplace.has(pair(o, d.subject)));
  const settled = !openFill(law, draw, d.subject);
  law.must('visit.team', same(d.officers.slice().sort(), members) && clean && settled, d.officers.join(' '));
}

function visited(law, ev, second) {
  const d = ev.data;
  if (!second) {
    law.must('visit.drawn', !law.visitIds.has(d.visit.toLowerCase()), d.visit);
    law.visitIds.add(d.visit.toLowerCase());
  }
  askVisit(law, ev, d);
  if (d.paper && !second && !law.lost) law.ask('act.paper');
  const draw = law.draws.get(d.draw);
  if (draw) law.ask('visit.once');
  if (draw && isCompleted(draw) && (second || !ev.confirmers)) law.must('visit.once', !visitOf(law, draw, d.subject), d.subject);
}

const signedVisit = (law, visit) =>
  visit.signed || Boolean(visit.ev.data.paper) || law.current(visit.ev).officers.every((o) => visit.signatures.has(o));

function visitSigned(law, ev) {
  const visit = law.visits.get(ev.data.visit);
  const ok = visit && !visit.ev.void && equalBytes(visit.ev.leaf, ev.data.of) &&
    law.current(visit.ev).officers.includes(ev.holder) && !visit.signatures.has(ev.holder);
  law.must('visit.signed', ok, ev.data.visit);
}

function published(law, ev) {
  const d = ev.data;
  const visit = law.visits.get(d.visit);
  const ok = visit && !visit.ev.void && signedVisit(law, visit) && !visit.published && equalBytes(visit.ev.leaf, d.of);
  law.must('result.visit', ok, d.visit);
  if (!visit) return;
  askReview(law, visit);
  law.must('result.unit', visit.ev.unit === ev.unit, ev.unit);
  law.must('result.date', dateOf(law.current(visit.ev).occurred) <= d.date && d.date <= ev.date, d.date);
}

/** `old` is not asked of what no rule reads. */
const readsOld = (type, field) =>
  !['address', 'screenshot', 'details'].includes(field) &&
  !(field === 'channel' && (type === 'plan.published' || type === 'result.published'));

const correctable = (target) => TYPES.get(target.type).correct || [];

function formOfField(target, field) {
  const found = correctable(target).includes(field) && TYPES.get(target.type).fields.get(field);
  return found ? found.form : null;
}

function targetOf(law, ev) {
  const target = law.acts.get(hex(ev.data.of));
  const ok = target && correctable(target).length > 0 && target.since !== undefined && !target.void;
  if (!law.must('correction.lawful', ok)) law.lost = true;
  return ok ? target : null;
}

function corrected(law, ev, second) {
  const d = ev.data;
  const target = targetOf(law, ev);
  if (!target) return;
  const form = formOfField(target, d.field);
  if (!law.must('correction.lawful', form && form(d.new), d.field)) return;
  const now = law.current(target);
  if (readsOld(target.type, d.field)) law.must('correction.lawful', same(d.old, now[d.field]), d.field);
  const next = { ...now, [d.field]: d.new };
  if (target.type === 'visit.recorded') askVisit(law, ev, next);
  if (target.type === 'check.unplanned') askCheck(law, ev, next);
  if (target.type === 'followup.recorded') {
    askFollowupDates(law, standing(law, next.visit), next);
    askKind(law, next);
  }
  if (target.type === 'activity.recorded') askActivity(law, next, (second || ev).date, true);
  if (target.type === 'officer.absent') law.must('list.period', next.from <= next.until);
  if (d.field !== 'date') return;
  let inTime = d.new <= (second || ev).date;
  if (target.type === 'result.published') {
    const visit = law.visits.get(target.data.visit);
    inTime = inTime && Boolean(visit) && dateOf(law.current(visit.ev).occurred) <= d.new;
  }
  if (target.type === 'draw.filed') inTime = inTime && dateOf(law.draws.get(target.data.draw).doneTime) <= d.new;
  if (['bulletin.issued', 'task.reported'].includes(target.type)) {
    const rule = target.type === 'bulletin.issued' ? 'bulletin.draw' : 'task.report';
    law.must(rule, inTime && dateOf(law.draws.get(target.data.draw).doneTime) <= d.new, d.new);
    return;
  }
  if (target.type === 'activity.recorded') return;
  law.must('result.date', inTime, d.new);
  if (target.type === 'plan.filed') askFilingOrder(law, target.data.plan, d.new);
}

function correct(law, ev) {
  const { field, new: value, of } = ev.data;
  const target = law.acts.get(hex(of));
  const form = formOfField(target, field);
  if (!form || !form(value)) return;
  target.current = { ...law.current(target), [field]: value };
  const visit = target.type === 'visit.recorded' && law.visits.get(target.data.visit);
  if (visit) Object.assign(visit, { published: null, signed: false, review: null });
}

/** What a voided entry undoes besides its own mark. */
const UNDO = {
  'conflict.declared': (law, target) => endConflict(law, target.data.officer, target.data.subject),
  'result.published': (law, target) => {
    const visit = law.visits.get(target.data.visit);
    if (visit && visit.published === target) visit.published = null;
  },
  'followup.closed': (law, target) => {
    const one = law.followups.get(target.data.followup);
    if (one && one.closed === target) one.closed = null;
  },
  'plan.filed': (law, target) => {
    const plan = law.plans.get(target.data.plan);
    if (plan) plan.filings = plan.filings.filter((f) => f !== target);
  },
};

function voided(law, ev) {
  const target = targetOf(law, ev);
  if (target) law.must('correction.lawful', target.type !== 'plan.published');
}

function makeVoid(law, ev) {
  const target = law.acts.get(hex(ev.data.of));
  if (target.type === 'plan.published') return;
  target.void = law.n;
  if (UNDO[target.type]) UNDO[target.type](law, target);
}

handle({
  'visit.recorded': [
    visited,
    (law, ev) => {
      const { visit, draw, subject } = ev.data;
      if (law.visits.has(visit)) return;
      const one = { draw, subject, ev, since: law.n, signatures: new Set(), signed: false, published: null, departments: new Set(), review: null };
      law.visits.set(visit, one);
      if (!law.visitsOf.has(draw)) law.visitsOf.set(draw, new Map());
      const ofDraw = law.visitsOf.get(draw);
      ofDraw.set(subject, [...(ofDraw.get(subject) || []), one]);
    },
  ],
  'visit.signed': [
    visitSigned,
    (law, ev) => {
      const visit = law.visits.get(ev.data.visit);
      if (visit) visit.signatures.add(ev.holder);
    },
  ],
  'result.published': [
    published,
    (law, ev) => {
      const visit = law.visits.get(ev.data.visit);
      if (visit) Object.assign(visit, { published: ev, signed: true });
    },
  ],
  corrected: [corrected, correct],
  voided: [voided, makeVoid],
});
