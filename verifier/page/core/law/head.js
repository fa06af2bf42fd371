// What is due at the head: event-types.md §9. `day` is the date of the last entry unless the reader names another.
'use strict';

const HIDDEN_RULES = ['draw.reveal', 'draw.reveal-fresh', 'draw.seed', 'draw.strata', 'draw.cut', 'draw.results', 'draw.teams', 'visit.drawn', 'visit.team'];
const AROUND_RULES = ['notice.form', 'notice.before-visit', 'visit.extension', 'visit.window'];
const CHANGE_RULES = ['draw.replacement', 'draw.substitute', 'draw.replacement-holders'];

function judgeHead(law, asOf) {
  const day = asOf || (law.last && dateOf(law.last.time));
  Object.assign(law, { n: null, stream: null });
  const [chunk] = law.chunks.slice(-1);
  if (chunk) law.find('import.whole', 'fail', chunk.import, { entry: chunk.n, stream: chunk.stream });
  for (const ev of law.acts.values()) {
    if (ev.confirmers && ev.waiting !== undefined) law.ask('act.waiting');
    if (!ev.waiting) continue;
    for (const rule of ev.data.paper ? ['act.waiting', 'act.paper'] : ['act.waiting']) {
      law.find(rule, 'not_due', ev.type, { entry: ev.n, stream: ev.stream });
    }
  }
  if (!day) return;
  for (const draw of law.draws.values()) dueOfDraw(law, draw, day);
  dueOfFollowups(law, day);
  dueOfPlans(law, day);
  dueOfReports(law, day);
  dueOfPlatform(law);
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
    const changes = draw.hidden.some((h) => h.field === 'change') ? CHANGE_RULES : [];
    const around = hidesAround(draw) ? AROUND_RULES : [];
    for (const rule of [...HIDDEN_RULES, ...changes, ...around]) law.find(rule, 'not_due', draw.id, place);
  }
  if (draw.question.sealed) duty('draw.unsealed', draw.unsealed, draw.id);
  const visits = [...law.visits.values()].filter((v) => v.draw === draw.id && !v.ev.void);
  const seen = new Set(visits.map((v) => v.subject));
  dueAfterDraw(law, draw, visits, day);
  if (draw.task.fills) return; // a 补抽 has no visits of its own
  const visitDuty = (rule, subject, done, found, at) => {
    law.ask(rule);
    if (!done) law.find(rule, day > lastDay(law, draw, subject) ? 'fail' : 'not_due', found, at);
  };
  if (draw.teams) for (const subject of draw.teams.keys()) visitDuty('visit.complete', subject, seen.has(subject), subject, place);
  else law.find('visit.complete', 'not_due', draw.id, place);
  const all = Boolean(draw.teams) && [...draw.teams.keys()].every((s) => seen.has(s));
  const latest = visits.map((v) => lastDayOf(law, v.ev)).sort().pop();
  for (const visit of visits) {
    const at = { entry: visit.ev.n, stream: visit.ev.stream };
    law.ask('visit.results');
    if (!oneStory(law.current(visit.ev))) law.find('visit.results', 'warn', visit.ev.data.visit, at);
    const signed = signedVisit(law, visit);
    visitDuty('visit.signed', visit.subject, signed, visit.ev.data.visit, at);
    const missing = departmentsMissing(law, draw, visit);
    if (missing) visitDuty('result.complete', visit.subject, !missing.length, missing.join(' '), at);
    if (!signed || !draw.policy) continue;
    const values = draw.policy.values;
    const start = values.publish_from === 'task' ? (all ? latest : null) : lastDayOf(law, visit.ev);
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
  const stated = law.current(visit.published).date;
  const date = visit.published.date > stated ? visit.published.date : stated; // what is registered later is judged by then
  if (date <= limit.earliest) return;
  law.find('result.deadline', limit.latest && date > limit.latest ? 'warn' : 'inconclusive', date, at);
}

/** Entries after the last one by another unit or under a cosigned head. */
const tailOf = (law) => (law.leaves.length ? law.leaves.length - 1 - law.lastOutside : 0);
