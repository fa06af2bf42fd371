// The files of a draw, draw.md §6, as bytes.
'use strict';

const csvLine = (row) => `"${row.map((x) => (typeof x === 'string' && x.includes('"') ? x.replace(/"/g, '""') : x)).join('","')}"\n`;
const csv = (lines) => utf8(`\ufeff${lines.join('')}`);
const safeName = (name) => (/^[=+\-@\t]/.test(name) ? `'${name}` : name);

function ticketsFile(draw) {
  const lines = [csvLine(['stratum', 'rank', 'subject', 'name', 'ticket', 'drawn'])];
  for (const stratum of draw.question.strata.map((s) => s.id).sort(compareText)) {
    draw.outcome.orders.get(stratum).forEach(([ticket, subject], i) => {
      const drawn = i < draw.sizes.get(stratum) ? 1 : 0;
      lines.push(csvLine([stratum, i + 1, subject, safeName(draw.names.get(subject) || ''), ticket, drawn]));
    });
  }
  return csv(lines);
}

function teamsFile(draw) {
  const { roster, seed } = draw;
  const lines = [csvLine(['subject', 'department', 'seat', 'officer', 'ticket', 'status'])];
  for (const subject of draw.outcome.drawn) {
    draw.outcome.teams.get(subject).forEach((officer, i) => {
      if (!officer) return;
      const department = roster.classes[roster.classOf(i + 1)][0];
      const ticket = (o) => (roster.mode === 'each' ? officerTicket(seed, subject, o) : roster.member(seed, o));
      const changes = draw.replacements.filter((r) => r.subject === subject && r.seat === i + 1);
      const row = (o, status) => lines.push(csvLine([subject, department, i + 1, o, ticket(o), status]));
      const filled = isFilled(draw, subject, i + 1);
      row(officer, changes.length || filled ? 'recused' : 'assigned');
      if (changes.length) row(changes[changes.length - 1].substitute, filled ? 'recused' : 'substitute');
    });
  }
  return csv(lines);
}

/** Map file name → bytes of the folder of a draw that has been judged. */
const drawFiles = (draw) =>
  new Map([['seed.txt', utf8(draw.seedText || '')], ['tickets.csv', ticketsFile(draw)], ['teams.csv', teamsFile(draw)]]);
