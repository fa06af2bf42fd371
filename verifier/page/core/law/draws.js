// The steps of a draw: event-types.md §6.
'use strict';

/** The draw a step names, in the state that the step asks for; else nothing more is asked and nothing changes. */
function drawOf(law, d, test) {
  const draw = law.draws.get(d.draw);
  if (law.must('draw.order', draw && draw.m === d.m && test(draw), d.draw)) return draw;
  law.lost = true;
  return null;
}

const isCompleted = (draw) => draw.state === 'completed';
const isOpen = (draw) => draw.state === 'open';
const allCommitted = (draw) => draw.question.parties.every((p) => draw.commits.has(p));
const allRevealed = (draw) => draw.question.parties.every((p) => draw.reveals.has(p));

/** Commitments that sealed draws still owe the public. */
function owed(law) {
  const sealed = [...law.draws.values()].filter((d) => d.question.sealed && !d.unsealed);
  return new Set(sealed.flatMap((d) => d.hidden.map((h) => hex(h.value.$c))));
}

function committed(law, ev) {
  const d = ev.data;
  const draw = drawOf(law, d, isOpen);
  if (!draw) return;
  const party = draw.question.parties.includes(d.party);
  law.must('draw.commitment', party && ev.key === d.party && !draw.commits.has(d.party), d.party);
  if (!party) return;
  const wanted = draw.policy ? draw.policy.values.cosigned_freeze : undefined;
  if (wanted === undefined || draw.commits.size > 0) return;
  const by = new Set(law.cosigned.filter(([size]) => size > draw.frozen.n).map(([, key]) => key));
  law.must('draw.cosigned', by.size >= wanted, `${by.size} < ${wanted}`);
}

function commit(law, ev) {
  const { draw: id, party, c } = ev.data;
  const draw = law.draws.get(id);
  if (!draw.question.parties.includes(party) || draw.commits.has(party)) return;
  draw.commits.set(party, c);
  if (!allCommitted(draw)) return;
  const { task } = draw.question;
  const g = (law.outcomes.get(task) || 0) + 1;
  law.outcomes.set(task, g);
  law.should('draw.outcomes', g === 1, `g = ${g}`);
}

function publicValue(law, ev) {
  const d = ev.data;
  const draw = drawOf(law, d, isOpen);
  if (!draw) return;
  const ok = allCommitted(draw) && draw.reveals.size === 0 && draw.line === null && publicLine(draw.question.public, d.value) !== null;
  law.must('draw.public-value', ok, d.value);
}

function revealed(law, ev) {
  const d = ev.data;
  const draw = drawOf(law, d, isOpen);
  if (!draw) return;
  law.must('draw.order', allCommitted(draw) && draw.line !== null, d.draw);
  if (!law.must('draw.reveal', draw.commits.has(d.party) && !draw.reveals.has(d.party), d.party)) {
    law.lost = true;
    return;
  }
  const hidden = isPrivate(d.r);
  law.must('draw.sealing', hidden === draw.question.sealed);
  const r = hidden ? law.open(`draw/${draw.id}`, 'r', d.r) : d.r;
  if (r !== undefined && !judgeReveal(law, draw, d.party, r)) law.lost = true;
}

function judgeReveal(law, draw, party, r) {
  const ok = hex64(r) && draw.commits.get(party) === commitment(draw.id, draw.m, party, r);
  law.must('draw.reveal', ok, party);
  if (!hex64(r)) return false;
  law.must('draw.reveal-fresh', !law.secrets.has(r), party);
  law.secrets.add(r);
  if (!draw.secrets.has(party)) draw.secrets.set(party, r);
  return ok;
}

function hide(draw, field, value, ev) {
  if (isPrivate(value)) draw.hidden.push({ field, value, ev });
}

function executed(law, ev) {
  const d = ev.data;
  const draw = drawOf(law, d, (w) => isOpen(w) && w.question.parties.length > 0 && allRevealed(w));
  if (!draw) return;
  if (!law.must('draw.sealing', (d.outcome !== undefined) === draw.question.sealed)) return;
  const outcome = d.outcome ? law.open(`draw/${draw.id}`, 'outcome', d.outcome) : d;
  if (outcome !== undefined) judgeOutcome(law, draw, outcome);
}

/** Each part is judged against what the step before it says. */
function judgeOutcome(law, draw, stated) {
  if (!law.must('entry.schema', stated.m !== undefined || isOutcome(stated), 'outcome')) return;
  let text = null;
  if (draw.line !== null && draw.secrets.size === draw.question.parties.length) {
    text = seedText(draw.id, draw.m, draw.secrets, draw.line);
  }
  law.must('draw.seed', text !== null && hex(sha256(text)) === stated.seed, stated.seed);
  const part = (s) => [s.id, s.n, s.k];
  law.must('draw.strata', same(stated.strata.map(part), draw.question.strata.map(part)));
  const outcome = outcomeOf(draw, stated.seed);
  law.must('draw.cut', stated.strata.every((s) => s.cut === outcome.cuts.get(s.id)));
  law.must('draw.results', sameList(outcome.results, stated.results));
  law.must('draw.teams', sameList(teamRows(outcome.teams), stated.teams));
  draw.seed = stated.seed;
  draw.seedText = text;
  draw.outcome = outcome;
  seatTeams(law, draw);
}

/** The teams as of now begin with those of the outcome. */
function seatTeams(law, draw) {
  draw.teams = new Map([...draw.outcome.teams].map(([s, team]) => [s, team.slice()]));
  for (const subject of draw.teams.keys()) passUp(law, draw, subject);
}

/** Subjects and teams that a seed gives: a function of the frozen lists and the seed alone. */
function outcomeOf(draw, seed) {
  const subjects = drawSubjects(seed, draw.pools, draw.sizes);
  return { ...subjects, ...draw.roster.draw(seed, subjects.drawn) };
}

/** Runs a judgment as of this entry: now, or once this reader knows whom the draw drew. */
function whenKnown(law, draw, judge) {
  const { n } = law;
  if (draw.teams) judge(n);
  else draw.later.push(() => judge(n));
}

function replaced(law, ev, second) {
  const d = ev.data;
  if (!law.draws.has(d.draw)) {
    law.must('draw.replacement', false, d.draw);
    law.lost = true;
    return;
  }
  law.ask('draw.replacement');
  const draw = drawOf(law, d, (w) => w.state === 'completed');
  if (!draw) return;
  law.must('draw.sealing', isPrivate(d.change) === (draw.question.sealed && !draw.unsealed));
  whenKnown(law, draw, (n) => {
    const change = changeOf(law, draw, d);
    if (change === undefined) return;
    if (law.must('entry.schema', isChange(change), 'change')) judgeChange(law, draw, change, n, ev, second);
  });
}

const changeOf = (law, draw, d) => contentOf(law, draw, 'change', d.change);

/** A visit of the subject in effect at entry n and not void then. */
function visitOf(law, draw, subject, n = law.n) {
  const visits = (law.visitsOf.get(draw.id) && law.visitsOf.get(draw.id).get(subject)) || [];
  return visits.find((v) => v.since <= n && !(v.ev.void && v.ev.void <= n));
}

function judgeChange(law, draw, change, n, ev, second) {
  const { subject, seat, officer, substitute } = change;
  const team = draw.teams.get(subject);
  if (!law.must('draw.replacement', team && seat <= team.length, `${subject} ${seat}`)) return;
  law.must('draw.replacement', team[seat - 1] === officer && !visitOf(law, draw, subject, n), `${subject} ${seat}`);
  const before = draw.replacements.filter((r) => r.subject === subject);
  const within = before.length < 2 && !before.some((r) => r.seat === seat);
  law.must('draw.substitute', within && !isFilled(draw, subject, seat) && !openFill(law, rootOf(law, draw), subject) && mayFollow(law, draw, change, team, before), substitute);
  law.must('draw.replacement-holders', ev.holder !== substitute && (!second || second.holder !== substitute), substitute);
}

function mayFollow(law, draw, { subject, seat, substitute }, team, before) {
  const gone = new Set(before.flatMap((r) => [r.officer, r.substitute]));
  const ever = seatedEver(law, draw, subject);
  const free = (o) => !gone.has(o) && !team.includes(o) && !ever.has(o);
  if (!draw.elsewhere) return draw.roster.following(draw.seed, draw.outcome, subject, seat).find(free) === substitute;
  const index = draw.roster.classOf(seat);
  if (index < 0) return false;
  const found = draw.roster.officers.find(([o]) => o === substitute);
  return Boolean(found) && found[1] === draw.roster.classes[index][0] && !draw.roster.absent.has(substitute) &&
    !draw.roster.conflict(substitute, subject) && free(substitute);
}

function replace(law, ev) {
  const draw = law.draws.get(ev.data.draw);
  hide(draw, 'change', ev.data.change, ev);
  whenKnown(law, draw, () => {
    const change = changeOf(law, draw, ev.data);
    if (!change || !isChange(change)) return;
    const team = draw.teams.get(change.subject);
    if (!team || change.seat > team.length) return;
    team[change.seat - 1] = change.substitute;
    draw.replacements.push(change);
    passUp(law, draw, change.subject);
  });
}

function aborted(law, ev, second) {
  const d = ev.data;
  const draw = drawOf(law, d, isOpen);
  if (!draw) return;
  const { parties } = draw.question;
  const approver = (e) => e.roles.includes('approver');
  const party = (e) => parties.length === 0 || parties.includes(e.key);
  const ok = second
    ? ((approver(ev) && party(second)) || (approver(second) && party(ev))) && law.inForce(law.keys.get(ev.key))
    : approver(ev) || party(ev);
  law.must('draw.abort', ok && blamed(draw, d), ev.holder);
}

/** A party that is named is the one that is missing. */
function blamed(draw, { cause, party }) {
  if (party === undefined) return true;
  if (!draw.question.parties.includes(party)) return false;
  if (cause === 'party-uncommitted') return !draw.commits.has(party);
  return cause === 'party-missing' && allCommitted(draw) && !draw.reveals.has(party);
}

function recorded(law, ev, second) {
  const d = ev.data;
  const draw = drawOf(law, d, (w) => isOpen(w) && w.question.parties.length === 0);
  if (!draw) return;
  law.must('draw.sealing', !draw.question.sealed);
  const { results, teams } = receivedOf(law, draw);
  const ok = sameList(results, d.results) && sameList(teams, d.teams) && receivedFits(law, draw, results);
  if (!law.must('draw.received', ok) && second) law.lost = true;
}

/** What register received.<draw> says, as lists. */
function receivedOf(law, draw) {
  const rows = sortedRows(law.register(`received.${draw.id}`));
  const results = rows.map(([s, r]) => [r.stratum, r.rank, s]).sort(compare);
  const teams = rows.flatMap(([s, r]) => r.officers.map((o, i) => [s, i + 1, o])).sort(compare);
  return { rows, results, teams };
}

function receivedFits(law, draw, results) {
  const { roster, pools, sizes } = draw;
  const strata = [...pools.keys()].every((id) => {
    const own = results.filter(([stratum]) => stratum === id);
    return own.length === sizes.get(id) && own.every(([, rank, s], i) => rank === i + 1 && pools.get(id).includes(s));
  });
  const isOfficer = new Set(roster.officers.map(([o]) => o));
  const teams = [...law.register(`received.${draw.id}`)].every(([s, { officers }]) =>
    officers.length === roster.seats && new Set(officers).size === officers.length &&
    officers.every((o) => isOfficer.has(o) && !roster.absent.has(o) && !roster.conflict(o, s)));
  return strata && teams && results.every(([stratum]) => pools.has(stratum));
}

/** Openings of what the draw hides; with the last one everything is judged as of the entries it stood in. */
function unsealed(law, ev) {
  const d = ev.data;
  const draw = drawOf(law, d, (w) => w.state === 'completed');
  if (!draw) return;
  let ok = draw.question.sealed && !draw.unsealed;
  const hidden = new Map(draw.hidden.map((h) => [hex(h.value.$c), h]));
  for (const [c, salt, value] of d.openings) {
    const place = hidden.get(hex(c));
    const opening = { salt, value };
    if (!place || !equalBytes(privateHash(law.origin, `draw/${draw.id}`, place.field, opening), c)) ok = false;
    else draw.openings.set(hex(c), opening);
  }
  law.must('draw.sealing', ok);
  if (![...hidden.keys()].every((c) => draw.openings.has(c))) return;
  if (!draw.teams) judgeHidden(law, draw);
  const seen = draw.teams && [...draw.teams.keys()].every((s) => visitOf(law, draw, s));
  law.must('draw.sealing', seen || ev.date > draw.task.window[1], ev.date);
  draw.unsealed = true;
}

function judgeHidden(law, draw) {
  for (const { field, value, ev } of draw.hidden) {
    if (field !== 'r' && field !== 'outcome') continue;
    const opened = law.open(`draw/${draw.id}`, field, value, draw.openings);
    if (field === 'r') judgeReveal(law, draw, ev.data.party, opened);
    else judgeOutcome(law, draw, opened);
  }
  if (!draw.teams) return;
  for (const judge of draw.later.splice(0)) judge();
  if (!hidesAround(draw)) return;
  for (const visit of law.visits.values()) if (visit.draw === draw.id && !visit.ev.void) askAround(law, draw, law.current(visit.ev));
}

handle({
  'draw.committed': [committed, commit],
  'draw.public_value': [
    publicValue,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      const line = publicLine(draw.question.public, ev.data.value);
      if (draw.line === null && line !== null) draw.line = line;
    },
  ],
  'draw.revealed': [
    revealed,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      if (draw.question.parties.includes(ev.data.party)) draw.reveals.add(ev.data.party);
      hide(draw, 'r', ev.data.r, ev);
    },
  ],
  'draw.executed': [
    executed,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      Object.assign(draw, { state: 'completed', done: ev, doneTime: ev.time });
      if (ev.data.outcome) hide(draw, 'outcome', ev.data.outcome, ev);
    },
  ],
  'draw.replaced': [replaced, replace],
  'draw.aborted': [aborted, (law, ev) => Object.assign(law.draws.get(ev.data.draw), { state: 'aborted' })],
  'draw.recorded': [
    recorded,
    (law, ev) => {
      const draw = law.draws.get(ev.data.draw);
      const { rows } = receivedOf(law, draw);
      const teams = new Map(rows.map(([s, r]) => [s, r.officers.slice()]));
      const outcome = { orders: new Map(), cuts: new Map(), drawn: [...teams.keys()], teams, mustReplace: new Set(), standing: [] };
      Object.assign(draw, { state: 'completed', elsewhere: true, done: ev, doneTime: ev.time, outcome });
      seatTeams(law, draw);
    },
  ],
  'draw.unsealed': [unsealed],
  'draw.filed': [
    (law, ev) => {
      const draw = drawOf(law, ev.data, isCompleted);
      if (draw) law.must('result.date', dateOf(draw.doneTime) <= ev.data.date && ev.data.date <= ev.date, ev.data.date);
    },
    (law, ev) => law.draws.get(ev.data.draw).filings.push(ev),
  ],
  'draw.attended': [(law, ev) => drawOf(law, ev.data, () => true)],
  'draw.printed': [(law, ev) => drawOf(law, ev.data, isCompleted)],
});
