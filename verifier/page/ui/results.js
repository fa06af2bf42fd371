// Verdict, four questions, checks, facts.
'use strict';

const QUESTIONS = [
  ['frozen', /^draw\.(order|once|question|parties|pool|exclusions|roster|strata-disjoint|sizes|able|after-freeze)$/],
  ['seed', /^draw\.(commitment|public-value|reveal|reveal-fresh|seed)$/],
  ['result', /^draw\.(strata|cut|results|teams|files|replacement|substitute|replacement-holders)$/],
  ['changed', /^(bundle\.|log\.|ledger\.|entry\.|private\.openings|act\.statement)/],
];
const STATUS_SIGNS = { pass: '✓', fail: '✗', warn: '!', inconclusive: '?', not_due: '…', 'n/a': '–' };
const statusWord = (status) => say(`s_${status === 'n/a' ? 'na' : status}`);
const statusClass = (status) => (status === 'n/a' ? 'na' : status);
const told = (check) => (language === 0 ? check.zh : check.en);

function verdictBox(report, understood) {
  const required = report.checks.filter((c) => c.required);
  const rules = (status) => new Set(required.filter((c) => c.status === status).map((c) => c.rule)).size;
  const n = { pass: rules('pass') + rules('warn'), fail: rules('fail'), inconclusive: rules('inconclusive') }[report.verdict];
  const sentence = report.verdict === 'fail' && n === 0 ? say('told_anchor_only') : say(`told_${report.verdict}`, { n });
  const newer = report.checks.some((c) => c.rule === 'entry.known' && c.status === 'inconclusive');
  return h('section', { class: `verdict ${report.verdict}`, 'aria-labelledby': 'verdict' },
    h('h2', { id: 'verdict', tabindex: -1 }, STATUS_SIGNS[report.verdict], ' ', report.practice ? say('practice') : '', say(report.verdict)),
    h('p', {}, sentence),
    h('p', {}, anchorSentence(report, understood)),
    newer && h('p', {}, say('newer')),
    report.not_unsealed > 0 && h('p', {}, say('sealed', { n: report.not_unsealed })),
    report.elsewhere > 0 && h('p', {}, say('elsewhere', { n: report.elsewhere })));
}

function anchorSentence(report, understood) {
  if (understood === false) return say('anchor_form');
  const size = report.anchor === 'head' ? report.anchor_value.split(':')[0] : '';
  if (report.anchor_matches) return say(`anchor_${report.anchor}`, { size });
  const have = report.head.split(':')[0];
  return report.anchor === 'head' && Number(size) > Number(have) ? say('anchor_newer', { size: have }) : say('anchor_bad');
}

/** yes, no, open or none: what the checks of a question say. */
function answerOf(checks) {
  const statuses = new Set(checks.map((c) => c.status));
  if (statuses.has('fail')) return 'no';
  if (statuses.has('inconclusive') || statuses.has('not_due')) return 'open';
  return statuses.has('pass') || statuses.has('warn') ? 'yes' : 'none';
}

function questionCard(report, [name, pattern]) {
  const checks = report.checks.filter((c) => c.required && pattern.test(c.rule));
  const drawn = report.draws.some((d) => d.state === 'completed');
  let answer = answerOf(checks);
  if (answer === 'yes' && name !== 'changed' && name !== 'frozen' && !drawn) answer = 'none';
  if (answer === 'yes' && name === 'frozen' && !report.draws.length) answer = 'none';
  const wanted = answer === 'no' ? ['fail'] : ['inconclusive', 'not_due'];
  const rules = [...new Set(checks.filter((c) => wanted.includes(c.status)).map(told))].join(language === 0 ? '；' : '; ');
  const words = answer === 'yes' ? say(`yes_${name}`) : say(`${answer}_${answer === 'no' && name === 'changed' ? 'changed' : 'any'}`, { rules });
  const g = name === 'seed' ? report.draws.filter((d) => d.g > 1).map((d) => h('p', { class: 'quiet' }, say('g_line', d))) : [];
  const sign = { yes: '✓ ', no: '✗ ', open: '? ', none: '– ' }[answer];
  return h('div', { class: `card ${answer}` }, h('h3', {}, say(`q_${name}`)), h('p', { class: 'answer' }, sign, words), g);
}

function place(check) {
  const { entry, stream, file, row } = check.location;
  const parts = [entry === null ? '' : say('entry', { n: entry }), stream, file, row === null ? '' : `#${row}`, FOUND_WORDS[language][check.found] || check.found];
  return parts.filter((p) => p !== null && p !== '').map((p) => shown(String(p).slice(0, 240))).join(' · ');
}

const PLACES = 10;

function checkLines(report, everything) {
  const rules = new Map();
  for (const check of report.checks) rules.set(check.rule, [...(rules.get(check.rule) || []), check]);
  let number = 0;
  let category = '';
  const lines = [];
  for (const [rule, checks] of rules) {
    number++;
    const quiet = checks.every((c) => c.status === 'n/a' || (c.status === 'pass' && !c.found));
    if (quiet && !everything) continue;
    const [first] = checks;
    if (first.category !== category) {
      category = first.category;
      lines.push(h('li', { style: 'display:block' }, h('h3', {}, say(`c_${category}`))));
    }
    const worst = ['fail', 'inconclusive', 'warn', 'not_due', 'pass', 'n/a'].find((s) => checks.some((c) => c.status === s));
    lines.push(h('li', {},
      h('span', { class: 'number' }, `${number}.`),
      h('span', { class: statusClass(worst) }, STATUS_SIGNS[worst], ' ', statusWord(worst)),
      h('span', { class: 'words' }, told(first), ' ', first.required ? '' : say('optional'), ' ', h('span', { class: 'rule' }, rule)),
      !quiet && h('ul', { class: 'places' },
        checks.slice(0, PLACES).map((c) => h('li', { class: statusClass(c.status) }, statusWord(c.status), ' ', place(c))),
        checks.length > PLACES && h('li', {}, say('more', { n: checks.length - PLACES })))));
  }
  return { lines, count: rules.size };
}

function checkList(report) {
  const list = h('ol', { class: 'checks' });
  let everything = false;
  const { count } = checkLines(report, false);
  const button = h('button', { type: 'button', class: 'plain' });
  const fill = () => {
    const { lines } = checkLines(report, everything);
    list.replaceChildren(...(lines.length ? lines : [h('li', { style: 'display:block' }, say('all_hold'))]));
    button.textContent = everything ? say('show_bad') : say('show_all', { n: count });
    button.setAttribute('aria-expanded', String(everything));
  };
  button.addEventListener('click', () => {
    everything = !everything;
    fill();
  });
  fill();
  return h('section', {}, h('h2', {}, say('checks')), h('p', { class: 'quiet' }, say('checks_lead')), button, list);
}

function factList(report) {
  const tail = report.tail > 0 ? say('tail', { n: report.tail }) : '0';
  const [size, root] = report.head.split(':');
  return h('section', {}, h('h2', {}, say('facts')),
    pairs(
      [say('f_ledger'), hash(grouped(report.ledger))],
      [say('f_head'), hash(`${size}:${grouped(root)}`)],
      [say('f_time'), report.last_time && shown(report.last_time)],
      [say('f_subject'), hash(grouped(report.subject))],
      [say('f_acts'), say('acts', report.acts)],
      [say('f_tail'), tail],
      [say('f_founders'), shown(report.founders.join('、'))]),
    h('h3', {}, say('unproven')),
    h('ul', {}, report.unproven.map((u) => h('li', {}, told(u)))));
}

function drawCards(report, sizes) {
  if (!report.draws.length) return null;
  const card = (d) => {
    const { n, k } = sizes[d.draw] || { n: 0, k: 0 };
    return h('details', { class: 'card' },
      h('summary', {}, h('strong', {}, shown(d.draw)), ' · ', d.state === 'elsewhere' ? say('st_elsewhere') : say(d.state), ' · ', `${k} / ${n}`),
      pairs(
        [say('d_task'), shown(d.task)],
        [say('d_size'), `${n} / ${k}`],
        [say('d_seed'), d.seed && hash(d.seed)],
        [say('d_g'), String(d.g)],
        [say('d_parties'), shown(d.parties.join('、'))],
        [say('d_public'), shown(d.public)]));
  };
  return h('section', {}, h('h2', {}, say('draws')), report.draws.map(card));
}

function compareForm(report) {
  const field = h('input', { type: 'text', id: 'anchor', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'anchor-help', value: report.anchor_value || '' });
  const submit = (e) => {
    e.preventDefault();
    ask({ kind: 'compare', text: field.value });
  };
  return h('form', { class: 'no-print', onsubmit: submit },
    h('label', { for: 'anchor' }, say('compare_label')),
    h('div', { class: 'row' }, field, h('button', { type: 'submit' }, say('compare_do'))),
    h('p', { class: 'quiet', id: 'anchor-help' }, say('compare_help')));
}
