// Duties with a last day besides those of draws and visits: event-types.md §9.
'use strict';

/** Whether a day is beyond a limit {earliest, latest}: true, false, or null where a calendar is missing. */
const beyond = (day, limit) => (day <= limit.earliest ? false : limit.latest === null ? null : day > limit.latest);

/** A warning after the last day, also for a deed done later; not due while there is time; inconclusive in between. */
function askDue(law, rule, done, limit, day, found, at) {
  law.ask(rule);
  const late = limit ? beyond(done === undefined ? day : done, limit) : false;
  if (late) law.find(rule, 'warn', found, at);
  else if (done === undefined) law.find(rule, 'not_due', found, at);
  else if (late === null) law.find(rule, 'inconclusive', found, at);
}

const after = (law, start, days, unit, values) => deadline(start, days, unit || 'calendar', values.rest_day, law.calendars);
const firstDate = (law, events) => events.filter((e) => !e.void).map((e) => law.current(e).date).sort()[0];
const placeOf = (ev) => ({ entry: ev.n, stream: ev.stream });
const lastDayOf = (law, ev) => dateOf(law.current(ev).until || law.current(ev).occurred);

/** Filing, bulletin and report of a completed draw. */
function dueAfterDraw(law, draw, visits, day) {
  const values = draw.policy && draw.policy.values;
  if (!values) return;
  const at = placeOf(draw.done);
  if (values.filing_days && values.filing_unit) {
    const limit = after(law, dateOf(draw.doneTime), values.filing_days, values.filing_unit, values);
    askDue(law, 'draw.filing', firstDate(law, draw.filings), limit, day, draw.id, at);
  }
  if (draw.task.fills) return;
  const end = draw.task.window[1];
  if (values.bulletin) {
    const limit = after(law, end, values.publish_days, values.publish_unit, values);
    askDue(law, 'bulletin.due', firstDate(law, draw.bulletins), limit, day, draw.id, at);
  }
  if (!values.report_days) return;
  const all = draw.teams && [...draw.teams.keys()].every((s) => visits.some((v) => v.subject === s));
  const latest = visits.map((v) => lastDayOf(law, v.ev)).sort().pop();
  const start = all ? latest : day > end ? end : null;
  const limit = start && after(law, start, values.report_days, values.report_unit, values);
  const reported = firstDate(law, draw.reports);
  const late = limit && beyond(reported === undefined ? day : reported, limit);
  law.ask('task.reporting');
  if (late) law.find('task.reporting', 'warn', draw.id, at);
  else if (reported === undefined && start) law.find('task.reporting', 'not_due', draw.id, at);
}

/** A result that asks for a follow-up has one; a follow-up with a last day is closed. */
function dueOfFollowups(law, day) {
  const asking = [];
  for (const [id, visit] of law.visits) {
    const draw = law.draws.get(visit.draw);
    if (!visit.ev.void && signedVisit(law, visit)) asking.push([id, visit.ev, draw && draw.policy]);
  }
  for (const [id, check] of law.checks) if (!check.void) asking.push([id, check, law.policy]);
  for (const [id, ev, policy] of asking) {
    const has = [...law.followups.values()].some((f) => f.ev.data.visit === id && !f.ev.void);
    if (has) law.ask('followup.open');
    if (has || !asksFollowup(law.current(ev))) continue;
    const values = policy && policy.values;
    const limit = values && values.followup_days && after(law, lastDayOf(law, ev), values.followup_days, values.followup_unit, values);
    askDue(law, 'followup.open', undefined, limit, day, id, placeOf(ev));
  }
  for (const [id, { ev, closed }] of law.followups) {
    const { due } = law.current(ev);
    if (ev.void || due === undefined) continue;
    const done = closed && !closed.void ? law.current(closed).date : undefined;
    askDue(law, 'followup.overdue', done, { earliest: due, latest: due }, day, id, placeOf(ev));
  }
}

/** The tables of a year's plans that the policy wants filed by a day. */
function dueOfPlans(law, day) {
  const told = new Set();
  for (const plan of law.plans.values()) {
    const inForce = law.policies.filter(({ n }) => n < plan.submitted.n).pop() || law.policies[0];
    const values = inForce && inForce.policy.values;
    for (const [table, date] of (values && values.plan_deadlines) || []) {
      const name = `${plan.year} ${table}`;
      const plans = [...law.plans].filter(([id, p]) => p.year === plan.year && hasTable(law, id, table));
      if (told.has(name) || !plans.length) continue;
      told.add(name);
      const limit = fixedDay(`${plan.year}-${date}`, values.rest_day, law.calendars);
      const filings = plans.flatMap(([, p]) => p.filings).filter((f) => !f.void && law.current(f).table === table);
      const first = filings.sort((a, b) => compareText(law.current(a).date, law.current(b).date))[0];
      askDue(law, 'plan.filing', first && law.current(first).date, limit, day, name, placeOf(first || plan.submitted));
    }
  }
}

const hasTable = (law, id, table) =>
  !['internal', 'joint'].includes(table) || [...law.register(`plan.${id}`).values()].some((r) => r.kind === table);

/** Days MM-DD of a form that a policy asks for, by form. */
function reportDays(values) {
  const forms = new Map();
  const add = (form, day) => forms.set(form, [...(forms.get(form) || []), day]);
  for (const [form, day] of values.report_deadlines || []) add(form, day);
  if (values.monthly_report) {
    for (let month = 1; month <= 12; month++) add('monthly', `${String(month).padStart(2, '0')}-${String(values.monthly_report).padStart(2, '0')}`);
  }
  return forms;
}

/** Reports that the policy of a day asked for on it; the next of each form is not due yet. */
function dueOfReports(law, day) {
  law.policies.forEach(({ policy, since, place }, i) => {
    const next = law.policies[i + 1];
    const { values } = policy;
    for (const [form, wanted] of reportDays(values)) {
      const days = [];
      for (let year = Number(since.slice(0, 4)) - 1; year <= Number(day.slice(0, 4)) + 1; year++) days.push(...[...new Set(wanted)].map((d) => `${year}-${d}`));
      days.sort();
      for (let n = 1; n < days.length; n++) {
        if (days[n] <= since || (next && days[n] > next.since)) continue;
        const handed = law.reports.filter((r) => !r.void && r.data.form === form && r.data.until > days[n - 1] && r.data.until <= days[n]);
        const limit = fixedDay(days[n], values.rest_day, law.calendars);
        askDue(law, 'report.due', firstDate(law, handed), limit, day, `${form} ${days[n]}`, place);
        if (days[n] > day) break;
      }
    }
  });
}

/** Receipts of the platform that the policy names. */
function dueOfPlatform(law) {
  if (!law.policy || !law.policy.values.platform) return;
  const have = new Set(law.receipts.filter((r) => !r.void).map((r) => hex(r.data.of)));
  const wanted = [];
  for (const plan of law.plans.values()) if (plan.published && plan.state === 'published') wanted.push([hex(plan.published.leaf), plan.submitted]);
  for (const draw of law.draws.values()) {
    const isPublic = !draw.question.sealed || draw.unsealed;
    if (draw.state === 'completed' && !draw.elsewhere && isPublic && ordinary(draw.task)) wanted.push([draw.m, draw.done]);
  }
  for (const [leaf, ev] of wanted) {
    law.ask('platform.missing');
    if (!have.has(leaf)) law.find('platform.missing', 'not_due', leaf, placeOf(ev));
  }
}
