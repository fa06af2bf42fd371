// The figures of a report, figures.md: counted from the facts before the report, for the days from … until.
'use strict';

const PROBLEMS = ['02', '04', '09', '10', '13', '14'];
const sum = (list, count) => list.reduce((n, x) => n + count(x), 0);

/** What a period holds; everything a figure needs is a list here. */
class Period {
  constructor(law, from, until) {
    Object.assign(this, { law, from, until });
    this.inside = (day) => from <= day && day <= until;
    this.allVisits = [...law.visits.values()].filter((v) => !v.ev.void && signedVisit(law, v));
    this.visits = this.allVisits.filter((v) => this.inside(lastDayOf(law, v.ev)));
    this.allDraws = [...law.draws.values()].filter((d) => d.state === 'completed');
    this.draws = this.allDraws.filter((d) => this.inside(dateOf(d.doneTime)));
    this.tasks = [...law.tasks.values()].filter((t) => !t.fills && t.window[0] <= until && t.window[1] >= from);
    this.checks = [...law.checks.values()].filter((c) => !c.void && this.inside(lastDayOf(law, c)));
    const year = (date) => Number(date.slice(0, 4));
    const plans = [...law.plans].filter(([, p]) => ['approved', 'published'].includes(p.state) && p.year >= year(from) && p.year <= year(until));
    this.rows = plans.flatMap(([id]) => [...law.register(`plan.${id}`).keys()].map((row) => [id, row]));
  }

  published(visit) {
    return Boolean(visit.published) && this.law.current(visit.published).date <= this.until;
  }

  drawnNumber(draw) {
    return sum([...draw.sizes.values()], (k) => k);
  }

  /** Subjects of a draw with a visit that passes a test. */
  subjects(draw, test) {
    return new Set(this.allVisits.filter((v) => v.draw === draw.id && test(v)).map((v) => v.subject)).size;
  }

  /** As many subjects with a published visit as were drawn. */
  done(task) {
    const draw = this.allDraws.find((d) => d.question.task === task.task && dateOf(d.doneTime) <= this.until);
    return Boolean(draw) && this.subjects(draw, (v) => this.published(v)) >= this.drawnNumber(draw);
  }

  rowDone([plan, row]) {
    const tasks = [...this.law.tasks.values()].filter((t) => !t.fills && t.plan === plan && t.row === row);
    return tasks.length > 0 && tasks.every((t) => this.done(t));
  }

  asks(visit) {
    return asksFollowup(this.law.current(visit.ev));
  }

  followups(visit) {
    const id = visit.ev.data.visit;
    return [...this.law.followups.values()].filter((f) => f.ev.data.visit === id && !f.ev.void && f.ev.date <= this.until);
  }

  closed(followup) {
    return Boolean(followup.closed) && !followup.closed.void && this.law.current(followup.closed).date <= this.until;
  }

  settled(visit) {
    const own = this.followups(visit);
    return this.published(visit) && own.every((f) => this.closed(f)) && (own.length > 0 || !this.asks(visit));
  }

  kind(draw) {
    const row = this.law.register(`plan.${draw.task.plan}`).get(draw.task.row);
    return row ? row.kind : undefined;
  }

  ofKind(kind) {
    const draws = new Set(this.allDraws.filter((d) => this.kind(d) === kind).map((d) => d.id));
    return { draws: this.draws.filter((d) => draws.has(d.id)), visits: this.visits.filter((v) => draws.has(v.draw)) };
  }

  activities(kind) {
    return this.law.activities.filter((ev) => !ev.void && ev.data.kind === kind && this.inside(this.law.current(ev).date)).length;
  }

  /** Subjects [id, record] for `inspected`, `covered`, `listed`. */
  list(name) {
    const register = this.law.register('subjects');
    if (name === 'listed') return [...register].filter(([, r]) => r.status === 'active');
    const ids = new Set(this.visits.map((v) => presentId(this.law, v.subject)));
    const rows = [...ids].map((id) => [id, register.get(id)]);
    return name === 'inspected' ? rows : rows.filter(([, r]) => r && r.status === 'active');
  }
}

const distinct = (lists) => new Set(lists.flat()).size;

const FIGURES = {
  plan_rows: (p) => p.rows.length,
  plan_rows_done: (p) => p.rows.filter((r) => p.rowDone(r)).length,
  tasks: (p) => p.tasks.length,
  tasks_done: (p) => p.tasks.filter((t) => p.done(t)).length,
  draws: (p) => p.draws.length,
  drawn: (p) => sum(p.draws.filter((d) => !d.task.fills), (d) => p.drawnNumber(d)),
  drawn_visited: (p) => sum(p.draws, (d) => p.subjects(d, (v) => lastDayOf(p.law, v.ev) <= p.until)),
  drawn_published: (p) => sum(p.draws, (d) => p.subjects(d, (v) => lastDayOf(p.law, v.ev) <= p.until && p.published(v))),
  visits: (p) => p.visits.length,
  published: (p) => p.visits.filter((v) => p.published(v)).length,
  publications: (p) => p.allVisits.filter((v) => v.published && p.inside(p.law.current(v.published).date)).length,
  settled: (p) => p.visits.filter((v) => p.settled(v)).length,
  inspected: (p) => p.list('inspected').length,
  items: (p) => distinct(p.visits.map((v) => p.law.current(v.ev).items.filter((i) => i.checked).map((i) => i.item))),
  problems: (p) => p.visits.filter((v) => p.asks(v) || p.law.current(v.ev).results.some((r) => PROBLEMS.includes(r))).length,
  followup_needed: (p) => p.visits.filter((v) => p.asks(v)).length,
  followup_begun: (p) => p.visits.filter((v) => p.asks(v) && p.followups(v).length).length,
  followup_closed: (p) => p.visits.filter((v) => p.asks(v) && p.followups(v).length && p.followups(v).every((f) => p.closed(f))).length,
  officers: (p) => distinct(p.visits.map((v) => p.law.current(v.ev).officers)),
  officer_visits: (p) => sum(p.visits, (v) => p.law.current(v.ev).officers.length),
  listed: (p) => p.list('listed').length,
  covered: (p) => p.list('covered').length,
  unplanned: (p) => p.checks.length,
  unplanned_exempt: (p) => p.checks.filter((c) => p.law.current(c).exemption !== undefined).length,
  unplanned_plain: (p) => p.checks.filter((c) => p.law.current(c).exemption === undefined).length,
  joint_draws: (p) => p.ofKind('joint').draws.length,
  joint_visits: (p) => p.ofKind('joint').visits.length,
  internal_draws: (p) => p.ofKind('internal').draws.length,
  internal_visits: (p) => p.ofKind('internal').visits.length,
  joint_elsewhere: (p) => p.activities('joint_elsewhere'),
  meetings: (p) => p.activities('meeting'),
  documents: (p) => p.activities('document'),
  trainings: (p) => p.activities('training'),
  publicity: (p) => p.activities('publicity'),
  bulletins: (p) => sum(p.allDraws, (d) => d.bulletins.filter((b) => !b.void && p.inside(p.law.current(b).date)).length),
};

/** The number of a figure, or undefined where nobody defined it. */
function figure(period, key) {
  const group = /^(inspected|covered|listed):(kind|tag)=(.+)$/s.exec(key);
  if (!group) return own(FIGURES, key) ? FIGURES[key](period) : undefined;
  const [, name, attribute, value] = group;
  const belongs = (r) => (attribute === 'kind' ? r.kind === value : (r.tags || []).includes(value));
  return period.list(name).filter(([, r]) => r && belongs(r)).length;
}

function askFigures(law, d) {
  const period = new Period(law, d.from, d.until);
  const inOrder = d.figures.every(([key], i) => i === 0 || compareText(d.figures[i - 1][0], key) < 0);
  const wrong = d.figures.find(([key, number]) => figure(period, key) !== number);
  law.must('report.figures', inOrder && !wrong, wrong ? wrong[0] : '');
}
