// Names, days and times, event-log.md §2.
'use strict';

const DEVICE = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

const isId = (v) =>
  typeof v === 'string' && /^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/.test(v) && !v.includes('..');
const isDrawId = (v) => isId(v) && !DEVICE.test(v.split('.')[0]);
const isStream = (v) => typeof v === 'string' && /^[A-Za-z0-9._/-]{1,128}$/.test(v);
const isType = (v) => typeof v === 'string' && v.length <= 64 && /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(v);

const WORD = '[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?';
const ORIGIN = new RegExp(`^(practice/)?${WORD}(\\.${WORD})+(/${WORD}(\\.${WORD})*)+$`);
const isOrigin = (v) => typeof v === 'string' && v.length <= 200 && ORIGIN.test(v);

const leap = (y) => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
const daysOf = (y, m) => [31, leap(y) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1];

function isDate(v) {
  const m = typeof v === 'string' && /^(\d{4})-(\d\d)-(\d\d)$/.exec(v);
  if (!m) return false;
  const [year, month, day] = m.slice(1).map(Number);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

const isTime = (v) =>
  typeof v === 'string' && /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00$/.test(v) && isDate(v.slice(0, 10));
const dateOf = (time) => time.slice(0, 10);

/** Day `n` days after a date. */
function addDays(date, n) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + n);
  return day.toISOString().slice(0, 10);
}

/** A path inside a bundle, bundle.md §2. */
const isPath = (p) =>
  p.length >= 1 &&
  p.length <= 255 &&
  p.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !part.endsWith('.') && !DEVICE.test(part.split('.')[0]));
