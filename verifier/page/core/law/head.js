// What is due at the head: event-types.md §9. `day` is the date of the last entry unless the reader names another.
'use strict';

const HIDDEN_RULES = ['draw.reveal', 'draw.reveal-fresh', 'draw.seed', 'draw.strata', 'draw.cut', 'draw.results', 'draw.teams', 'visit.drawn', 'visit.team'];
const CHANGE_RULES = ['draw.replacement', 'draw.substitute', 'draw.replacement-holders'];

function judgeHead(law, asOf) {
  const day = asOf || (law.last && dateOf(law.last.time));
  Object.assign(law, { n: null, stream: null });
  const [chunk] = law.chunks.slice(-1);
  if (chunk) law.find('import.whole', 'fail', chunk.import, { entry: chunk.n, stream: chunk.stream });
  for (const ev of law.acts.values()) {
    if (ev.waiting) law.find('act.waiting', 'not_due', ev.type, { entry: ev.n, stream: ev.stream });
  }
  if (!day) return;
  for (const draw of law.draws.values()) dueOfDraw(law, draw, day);
  dueOfPlans(law, day);
}

function dueOfDraw(law, draw, day) {
  const over = day > draw.task.window[1];
  const since = draw.done || draw.frozen;
  const place = { entry: since.n, stream: since.stream };
  const duty = (rule, done, found, at = place) => {
    law.ask(rule);
    if (!done) law.find(rule, over ? 'fail' : 'not_due', found, at);
  };
  duty('draw.finished', draw.state !== 'open', draw.id);
  if (draw.state !== 'completed') return;
  if (draw.question.sealed && !draw.teams) {
    const rules = draw.hidden.some((h) => h.field === 'change') ? HIDDEN_RULES.concat(CHANGE_RULES) : HIDDEN_RULES;
    for (const rule of rules) law.find(rule, 'not_due', draw.id, place);
  }
  if (draw.question.sealed) duty('draw.unsealed', draw.unsealed, draw.id);
  const visits = [...law.visits.values()].filter((v) => v.draw === draw.id && !v.ev.void);
  const seen = new Set(visits.map((v) => v.subject));
  if (draw.teams) for (const subject of draw.teams.keys()) duty('visit.complete', seen.has(subject), subject, place);
  else law.find('visit.complete', 'not_due', draw.id, place);
  const all = Boolean(draw.teams) && [...draw.teams.keys()].every((s) => seen.has(s));
  const lastDay = (v) => dateOf(law.current(v.ev).until || law.current(v.ev).occurred);
  const latest = visits.map(lastDay).sort().pop();
  for (const visit of visits) {
    const at = { entry: visit.ev.n, stream: visit.ev.stream };
    const signed = signedVisit(law, visit);
    duty('visit.signed', signed, visit.ev.data.visit, at);
    if (!signed || !draw.policy) continue;
    const values = draw.policy.values;
    const start = values.publish_from === 'task' ? (all ? latest : null) : lastDay(visit);
    const limit = start && deadline(start, values.publish_days, values.publish_unit, values.rest_day, law.calendars);
    duePublication(law, visit, limit, day, at);
  }
}

function duePublication(law, visit, limit, day, at) {
  law.ask('result.published');
  if (!visit.published) {
    const late = limit && limit.latest && day > limit.latest;
    law.find('result.published', late ? 'fail' : 'not_due', visit.ev.data.visit, at);
    return;
  }
  law.ask('result.deadline');
  if (!limit) return;
  const { date } = law.current(visit.published);
  if (date <= limit.earliest) return;
  law.find('result.deadline', limit.latest && date > limit.latest ? 'warn' : 'inconclusive', date, at);
}

/** The tables of a year's plans that the policy wants filed by a day. */
function dueOfPlans(law, day) {
  const told = new Set();
  for (const plan of law.plans.values()) {
    const inForce = law.policies.filter(([n]) => n < plan.submitted).pop() || law.policies[0];
    for (const [table, date] of (inForce && inForce[1].values.plan_deadlines) || []) {
      if (told.has(`${plan.year} ${table}`)) continue;
      const plans = [...law.plans].filter(([id, p]) => p.year === plan.year && hasTable(law, id, table));
      if (!plans.length) continue;
      told.add(`${plan.year} ${table}`);
      const limit = fixedDay(`${plan.year}-${date}`, inForce[1].values.rest_day, law.calendars);
      const filings = plans.flatMap(([, p]) => p.filings).filter((f) => !f.void && f.data.table === table);
      const first = filings.map((f) => law.current(f).date).sort()[0];
      law.ask('plan.filing');
      if (first !== undefined ? limit.latest && first > limit.latest : limit.latest && day > limit.latest) {
        law.find('plan.filing', 'warn', `${plan.year} ${table}`);
      } else if (first === undefined) law.find('plan.filing', 'not_due', `${plan.year} ${table}`);
    }
  }
}

const hasTable = (law, id, table) =>
  !['internal', 'joint'].includes(table) || [...law.register(`plan.${id}`).values()].some((r) => r.kind === table);

/** Entries after the last one by another unit or under a cosigned head. */
const tailOf = (law) => (law.leaves.length ? law.leaves.length - 1 - law.lastOutside : 0);
