// The forms of data. SPEC holds the tables of event-types.md §10–§13 as they stand there; this file reads their words
// ("array of 1–50: id", "one of `a`, `b`", "{k: form; k?: form}") and makes of each a function value → boolean.
// A new event type whose form uses these words needs nothing here.
'use strict';

const characters = (text) => (/[\ud800-\udfff]/.test(text) ? [...text].length : text.length);
const between = (n, [least, most]) => n >= least && n <= most;
const bytes32 = (v) => isBytes(v) && v.length === 32;
const isInteger = (v) => typeof v === 'number';

const isList = (v) =>
  isMap(v) && Object.keys(v).join() === 'n,root' && isInteger(v.n) && v.n >= 0 && bytes32(v.root) &&
  (v.n > 0 || equalBytes(v.root, EMPTY_ROOT));
const isPrivate = (v) => isMap(v) && Object.keys(v).join() === '$c' && bytes32(v.$c);
const hasDollar = (v) =>
  Array.isArray(v) ? v.some(hasDollar) : isMap(v) && Object.keys(v).some((k) => k.startsWith('$') || hasDollar(v[k]));

/** Whether a map has exactly the keys of `fields`: Map of name → {form, optional}. */
function fits(v, fields) {
  if (!isMap(v)) return false;
  for (const key of Object.keys(v)) if (!fields.has(key)) return false;
  for (const [key, { form, optional }] of fields) if (v[key] === undefined ? !optional : !form(v[key])) return false;
  return true;
}

/** The words that stand for a form as a whole. */
const FORMS = {
  'private field {"$c": 32 bytes}': isPrivate,
  'none, balls:<n>, dice:<n> or lottery:<name>:<issue>': (v) => typeof v === 'string' && publicForm(v),
  'a threshold of a detector': (v) => typeof v === 'string' && /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*){2}$/.test(v),
  'MM-DD, the day 01–28': (v) => typeof v === 'string' && /^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/.test(v),
  'MM-DD': (v) => typeof v === 'string' && /^\d\d-\d\d$/.test(v),
  'date YYYY-MM-DD': isDate,
  'time YYYY-MM-DDTHH:MM:SS+08:00': isTime,
  'month YYYY-MM': (v) => isDate(`${v}-01`),
  '6-digit division code': (v) => typeof v === 'string' && /^\d{6}$/.test(v),
  '64 lower-case hex digits': hex64,
  'true or false': (v) => typeof v === 'boolean',
  '32 bytes': bytes32,
  '16 bytes': (v) => isBytes(v) && v.length === 16,
  '64 bytes': (v) => isBytes(v) && v.length === 64,
  'policy values (§12)': (v) => fits(v, POLICY),
  'map of at most 100: name of a value → text of 1–300 characters': (v) =>
    isMap(v) && Object.keys(v).length <= 100 &&
    Object.keys(v).every((k) => !k.startsWith('$') && typeof v[k] === 'string' && between(characters(v[k]), [1, 300])),
  'filter (§4)': (v) =>
    isMap(v) && Object.keys(v).length <= 10 &&
    Object.keys(v).every((k) => ['tags', 'risk', 'kind', 'status', 'district'].includes(k) && FILTER_VALUES(v[k])),
  'array of [id, record], the record as the register asks (§11)': (v) => Array.isArray(v),
  statement: (v) =>
    isMap(v) && Object.keys(v).join() === 'by,sig,text' && bytes32(v.by) && isBytes(v.sig) && v.sig.length === 64 &&
    isBytes(v.text) && v.text.length > 0,
  paper: (v) => isMap(v) && Object.keys(v).join() === 'names,scan' && PAPER_NAMES(v.names) && bytes32(v.scan),
  value: (v) => isPrivate(v) || !hasDollar(v),
  'whole number from 1': (v) => isInteger(v) && v >= 1,
  list: isList,
  id: isId,
};
const WHOLE_FORMS = Object.keys(FORMS).sort((a, b) => b.length - a.length);

/** Reader of one form from the words of the specification. */
class FormReader {
  constructor(text) {
    this.text = text.replace(/2\^53−1/g, String(Number.MAX_SAFE_INTEGER));
    this.at = 0;
  }

  eat(pattern) {
    const m = new RegExp(pattern, 'y');
    m.lastIndex = this.at;
    const found = m.exec(this.text);
    if (found) this.at = m.lastIndex;
    return found;
  }

  whole() {
    const form = this.form();
    if (this.at !== this.text.length) throw new Error(`a form that this page does not know: ${this.text}`);
    return form;
  }

  form() {
    const first = this.single();
    if (!this.eat(' or ')) return first;
    const second = this.form();
    return (v) => first(v) || second(v);
  }

  single() {
    for (const words of WHOLE_FORMS) {
      if (this.text.startsWith(words, this.at)) {
        this.at += words.length;
        return FORMS[words];
      }
    }
    let m = this.eat('text of (\\d+)–(\\d+) characters');
    if (m) {
      const size = m.slice(1).map(Number);
      return (v) => typeof v === 'string' && between(characters(v), size);
    }
    m = this.eat('integer (\\d+)–(\\d+)');
    if (m) {
      const range = m.slice(1).map(Number);
      return (v) => isInteger(v) && between(v, range);
    }
    m = this.eat('one of (`[^`]+`(?:, `[^`]+`)*)');
    if (m) {
      const words = m[1].slice(1, -1).split('`, `');
      return (v) => words.includes(v);
    }
    m = this.eat('array of (\\d+)–(\\d+)(, each once)?: ');
    if (m) return this.array(m.slice(1, 3).map(Number), Boolean(m[3]));
    if (this.eat('\\[')) return this.row();
    if (this.eat('\\{')) return this.map();
    throw new Error(`a form that this page does not know: ${this.text.slice(this.at)}`);
  }

  array(size, once) {
    const one = this.form();
    return (v) =>
      Array.isArray(v) && between(v.length, size) && v.every((x) => one(x)) &&
      (!once || new Set(v.map((x) => hex(encode(x)))).size === v.length);
  }

  row() {
    const parts = [];
    do parts.push(this.form()); while (this.eat(', '));
    this.eat('\\]');
    return (v) => Array.isArray(v) && v.length === parts.length && parts.every((form, i) => form(v[i]));
  }

  map() {
    const fields = new Map();
    do {
      const [, name, optional] = this.eat('([a-z0-9_]+)(\\?)?: ');
      fields.set(name, { form: this.form(), optional: Boolean(optional) });
    } while (this.eat('; '));
    this.eat('\\}');
    return (v) => fits(v, fields);
  }
}

const readForm = (words) => new FormReader(words).whole();
const readFields = (table) =>
  new Map(table.map(([name, words, optional]) => [name, { form: readForm(words), optional: Boolean(optional) }]));

const FILTER_VALUES = readForm('array of 1–100: text of 1–100 characters');
const PAPER_NAMES = readForm('array of 1–50: text of 1–100 characters');
const POLICY = readFields(SPEC.policy);
const RECORDS = new Map(Object.entries(SPEC.records).map(([name, table]) => [name, readFields(table)]));

/** type → {by, confirm, correct, private, owner, fields, opened}: what §10 says of it. `opened`: fields of an outcome. */
const TYPES = new Map(
  Object.entries(SPEC.events).map(([type, told]) => [
    type,
    { ...told, fields: readFields(told.keys), opened: told.opened ? readFields(told.opened) : null },
  ]),
);

/** The fields of a record of a register, or undefined where there is no such register. */
function recordOf(register) {
  const kind = register.includes('.') ? register.slice(0, register.indexOf('.')) : register;
  if (kind === register) return RECORDS.get(register);
  return isId(register.slice(kind.length + 1)) ? RECORDS.get(`${kind}.<>`) : undefined;
}

/** Whether data has the form that its type asks for. */
function dataFits(type, data) {
  const { fields, opened } = TYPES.get(type);
  if (opened && fits(data, opened)) return true;
  if (!fits(data, fields)) return false;
  if (type === 'import.closed') return recordOf(data.register) !== undefined;
  if (type !== 'import.chunk') return true;
  const record = recordOf(data.register);
  return record !== undefined && data.rows.every((r) => Array.isArray(r) && r.length === 2 && isId(r[0]) && fits(r[1], record));
}

/** The form of what the private `outcome` opens to. */
const OUTCOME = new Map([...TYPES.get('draw.executed').opened].filter(([name]) => name !== 'draw' && name !== 'm'));
const isOutcome = (v) => fits(v, OUTCOME);
const isChange = readForm(SPEC.events['draw.replaced'].keys.find(([name]) => name === 'change')[1].replace(/^private field.*? or /, ''));
