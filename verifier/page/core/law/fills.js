// 补抽: a draw that fills seats of visits of a completed draw (draw.md §5, event-types.md §4, §6).
'use strict';

const filledDraw = (law, draw) => (draw.task.fills ? law.draws.get(draw.task.fills.draw) : undefined);

/** The draw that drew the subjects: a 补抽 may fill seats of another. */
function rootOf(law, draw) {
  for (let up = filledDraw(law, draw); up; up = filledDraw(law, draw)) draw = up;
  return draw;
}

/** Everybody who has or had a seat in a visit. */
function seatedEver(law, draw, subject) {
  const root = rootOf(law, draw);
  if (!root.seatedEver.has(subject)) root.seatedEver.set(subject, new Set());
  return root.seatedEver.get(subject);
}

/** The 补抽 of a visit that are not aborted. */
const fillsOf = (law, root, subject) =>
  [...law.draws.values()].filter((d) => d.task.fills && d.state !== 'aborted' && rootOf(law, d) === root && d.names.has(subject));
const openFill = (law, root, subject) => fillsOf(law, root, subject).some((d) => d.state === 'open');

/** Puts the officers of a 补抽 into the seats that it fills, and so on up. */
function passUp(law, draw, subject) {
  const up = filledDraw(law, draw);
  const team = draw.teams.get(subject);
  for (const officer of team) if (officer) seatedEver(law, draw, subject).add(officer);
  if (!up || !up.teams || !up.teams.has(subject)) return;
  const seats = draw.task.fills.visits.filter(([s]) => s === subject).map(([, seat]) => seat);
  if (!up.filled.has(subject)) up.filled.set(subject, new Set());
  for (const seat of seats) up.filled.get(subject).add(seat);
  if (seats.includes(0)) up.teams.set(subject, team.slice());
  else seats.forEach((seat, i) => (up.teams.get(subject)[seat - 1] = team[i]));
  passUp(law, up, subject);
}

const isFilled = (draw, subject, seat) => {
  const seats = draw.filled.get(subject);
  return Boolean(seats) && (seats.has(0) || seats.has(seat));
};

/** Whether somebody could still take the seat by replacement. */
function canFollow(law, draw, subject, seat) {
  const before = draw.replacements.filter((r) => r.subject === subject);
  if (draw.elsewhere || before.length >= 2 || before.some((r) => r.seat === seat) || isFilled(draw, subject, seat)) return false;
  const seated = seatedEver(law, draw, subject);
  return draw.roster.following(draw.seed, draw.outcome, subject, seat).some((o) => !seated.has(o));
}

const expanded = (classes) => classes.flatMap(([department, qualification, count]) => Array(count).fill([department, qualification]));

/** Whether `fills` names subjects that the draw drew. */
const seatsExist = (law, fills) => {
  const draw = law.draws.get(fills.draw);
  return Boolean(draw && draw.teams) && fills.visits.every(([subject]) => draw.teams.has(subject));
};

/** All that `fills` must be, of the task as proposed and again at its freeze. */
function fillsFit(law, task) {
  const { fills } = task;
  const draw = law.draws.get(fills.draw);
  if (!draw || draw.state !== 'completed' || !draw.teams || (draw.question.sealed && !draw.unsealed)) return false;
  const rows = fills.visits;
  const excluded = new Set(law.exclusions.filter((e) => e.task === task.task).map((e) => e.subject));
  const left = rows.filter(([s]) => !excluded.has(s));
  const whole = rows.every(([, seat]) => seat === 0);
  const shape =
    draw.task.plan === task.plan && draw.task.row === task.row && !task.sealed && task.teams === 'each' &&
    task.rounding === 'ceil' && task.strata.every((s) => s.p === s.q) && fills.reason !== undefined &&
    ascending(rows) && (whole || rows.every(([, seat]) => seat > 0));
  return shape && left.every((row) => seatIsOpen(law, task, draw, row)) && (whole || classesFit(task, draw, left));
}

function seatIsOpen(law, task, draw, [subject, seat]) {
  const team = draw.teams.get(subject);
  const root = rootOf(law, draw);
  if (!team || seat > team.length || visitOf(law, root, subject)) return false;
  const taken = [...law.tasks.values()].some((t) =>
    t.task !== task.task && t.fills && t.fills.draw === draw.id &&
    !law.exclusions.some((e) => e.task === t.task && e.subject === subject) &&
    t.fills.visits.some(([s, other]) => s === subject && (other === seat || other === 0 || seat === 0)));
  const another = fillsOf(law, root, subject).some((d) => d.state === 'open' && d.task.task !== task.task);
  const seats = seat === 0 ? team.map((_, i) => i + 1) : [seat];
  return !taken && !another && !seats.some((n) => canFollow(law, draw, subject, n));
}

/** The classes of single seats, in order of their numbers, are those of the task's seats, for each subject. */
function classesFit(task, draw, rows) {
  const wanted = expanded(task.seats);
  const classes = expanded(draw.roster.classes);
  return [...new Set(rows.map(([s]) => s))].every((subject) =>
    same(rows.filter(([s]) => s === subject).map(([, seat]) => classes[seat - 1]), wanted));
}
