// Working days and deadlines, calendar.md. tables: Map year → {off: Set of MM-DD, work: Set of MM-DD}.
'use strict';

/** true or false, or null for a year without a table. */
function isWorkingDay(date, tables) {
  const table = tables.get(Number(date.slice(0, 4)));
  if (!table) return null;
  const day = date.slice(5);
  const week = new Date(`${date}T00:00:00Z`).getUTCDay();
  return table.work.has(day) || (week >= 1 && week <= 5 && !table.off.has(day));
}

/** {earliest, latest or null} of the n-th working day after `start`. */
function afterWorkingDays(start, n, tables) {
  let date = start;
  let known = true;
  while (n > 0) {
    date = addDays(date, 1);
    const working = isWorkingDay(date, tables);
    if (working === null) known = false;
    if (working !== false) n--;
  }
  return { earliest: date, latest: known ? date : null };
}

/** {earliest, latest or null} of a fixed date, moved off a rest day as the policy says. */
function fixedDay(date, restDay, tables) {
  if (restDay === 'keep') return { earliest: date, latest: date };
  let known = true;
  for (let i = 0; i <= 3660; i++) {
    const at = addDays(date, restDay === 'later' ? i : -i);
    const working = isWorkingDay(at, tables);
    if (working === null) known = false;
    if (working || (working === null && restDay === 'later')) return { earliest: at, latest: known ? at : null };
    if (restDay === 'earlier' && i === 31) return { earliest: at, latest: null };
  }
  return { earliest: date, latest: null };
}

const deadline = (start, n, unit, restDay, tables) =>
  unit === 'working' ? afterWorkingDays(start, n, tables) : fixedDay(addDays(start, n), restDay, tables);
