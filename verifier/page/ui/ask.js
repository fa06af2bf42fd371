// Questions to a bundle that has been read; runs in the worker beside the core.
'use strict';

const LISTED = 20;

/** Subjects that match a code, id or part of a name: {matches: [{id, name}], all: how many}. */
function findSubjects(law, text) {
  const typed = text.normalize('NFKC').trim().toUpperCase();
  const found = new Map();
  const look = (id, name, code) => {
    if (found.has(id)) return;
    const exact = id.toUpperCase() === typed || (code && code.toUpperCase() === typed);
    const part = typed.length >= 2 && name && name.normalize('NFKC').toUpperCase().includes(typed);
    if (exact || part) found.set(id, { id, name: name || '', exact });
  };
  for (const [id, record] of law.register('subjects')) look(id, record.name, record.code);
  for (const draw of law.draws.values()) for (const [id, name] of draw.names) look(id, name, '');
  const matches = [...found.values()];
  const exact = matches.filter((m) => m.exact);
  return exact.length ? { matches: exact, all: exact.length } : { matches: matches.slice(0, LISTED), all: matches.length };
}

/** What every draw says of one subject. */
function aboutSubject(law, id) {
  const record = law.register('subjects').get(id);
  const names = [...law.draws.values()].map((d) => d.names.get(id)).filter(Boolean);
  return { id, name: (record && record.name) || names[0] || '', draws: [...law.draws.values()].map((d) => subjectInDraw(law, d, id, record)) };
}

function subjectInDraw(law, draw, id, record) {
  const row = law.register(`plan.${draw.task.plan}`).get(draw.task.row);
  const told = { draw: draw.id, task: (row && row.task_name) || draw.question.task, state: draw.elsewhere ? 'elsewhere' : draw.state, sealed: draw.question.sealed && !draw.teams };
  const member = draw.lists.pool.find(([, s]) => s === id);
  if (!member) return { ...told, inPool: false, ...whyNotInPool(draw, id, record) };
  const stratum = member[0];
  const base = { ...told, inPool: true, stratum, n: draw.pools.get(stratum).length, k: draw.sizes.get(stratum) };
  if (!draw.teams) return base;
  const team = draw.teams.get(id);
  if (draw.elsewhere) return { ...base, drawn: Boolean(team), team: team || null };
  const order = draw.outcome.orders.get(stratum);
  const rank = order.findIndex(([, s]) => s === id) + 1;
  return {
    ...base,
    drawn: rank <= base.k,
    rank,
    ticket: order[rank - 1][0],
    cut: draw.outcome.cuts.get(stratum) || null,
    seed: draw.seed,
    team: team ? team.filter(Boolean).map((o) => (law.register('officers').get(o) || {}).name || o) : null,
  };
}

function whyNotInPool(draw, id, record) {
  const excluded = draw.lists.exclusions.find(([s]) => s === id);
  if (excluded) return { why: 'excluded', reason: (SPEC.codes.exclusions || {})[excluded[1]] || excluded[1] };
  if (draw.task.fills) return { why: 'fills' };
  const filters = draw.question.strata.map((s) => Object.entries(s.filter));
  const now = record && draw.question.strata.some((s) => meets(record, s.filter));
  return now || !record ? { why: 'later' } : { why: 'filter', filters };
}

/** The draw with another seed: {seed, k, common, drawn: [{stratum, subject, name, also}]}. */
function drawAgain(law, id, text) {
  const draw = law.draws.get(id);
  const seed = hex64(text.trim().toLowerCase()) ? text.trim().toLowerCase() : hex(sha256(text));
  const outcome = drawSubjects(seed, draw.pools, draw.sizes);
  const real = draw.teams || new Map();
  const drawn = outcome.results.map(([stratum, , subject]) => ({ stratum, subject, name: draw.names.get(subject) || '', also: real.has(subject) }));
  return { seed, k: drawn.length, common: drawn.filter((d) => d.also).length, known: Boolean(draw.teams), drawn: drawn.slice(0, 200) };
}

/** Sizes of the draws, for the list of draws. */
const sizesOfDraws = (law) =>
  Object.fromEntries([...law.draws.values()].map((d) => [d.id, { n: d.lists.pool.length, k: [...d.sizes.values()].reduce((a, b) => a + b, 0) }]));
