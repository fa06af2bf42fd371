// “查我的企业”: was it in the list, what was its ticket, was it drawn, why.
'use strict';

function subjectForm() {
  const field = h('input', { type: 'text', id: 'mine', autocomplete: 'off', spellcheck: 'false' });
  const submit = (e) => {
    e.preventDefault();
    if (field.value.trim()) ask({ kind: 'find', text: field.value });
  };
  return h('section', { id: 'mine-section' }, h('h2', {}, say('mine')),
    h('form', { onsubmit: submit }, h('label', { for: 'mine' }, say('mine_label')),
      h('div', { class: 'row' }, field, h('button', { type: 'submit', class: 'main' }, say('mine_do')))),
    h('div', { id: 'mine-answer', role: 'status', 'aria-live': 'polite' }));
}

function showFound(message) {
  const target = document.getElementById('mine-answer');
  if (message.only) {
    target.replaceChildren(subjectCard(message.only));
    return;
  }
  if (!message.matches.length) {
    target.replaceChildren(h('p', {}, say('mine_none', { text: message.text })));
    return;
  }
  const choice = (m) => h('li', {}, h('button', { type: 'button', class: 'plain', onclick: () => ask({ kind: 'about', id: m.id }) }, shown(m.name || m.id)), ' ', hash(m.id));
  target.replaceChildren(
    h('p', {}, say('mine_many', { n: message.all })),
    h('ul', {}, message.matches.map(choice)),
    message.all > message.matches.length ? h('p', { class: 'quiet' }, say('mine_more', { n: message.matches.length })) : '');
}

const subjectCard = (subject) =>
  h('div', {}, h('h3', {}, shown(subject.name), ' ', hash(subject.id)),
    subject.draws.length ? [...subject.draws].sort((a, b) => b.inPool - a.inPool).map(drawCard(subject)) : h('p', {}, say('mine_nodraw')));

const drawCard = (subject) => (d) => {
  const waiting = d.state === 'aborted' ? 'aborted' : d.state === 'open' ? 'open' : d.sealed ? 'sealed' : null;
  let state = 'not_in_list';
  if (d.inPool) state = waiting ? 'in_list' : d.drawn ? 'drawn' : 'not_drawn';
  return h('div', { class: `card ${d.inPool ? (waiting ? 'open' : 'yes') : ''}` },
    h('h3', {}, shown(d.task), ' · ', say('receipt_draw'), ' ', shown(d.draw)),
    h('p', { class: 'answer' }, d.inPool && !waiting ? `${say('in_list')}${language ? '. ' : '；'}` : '', say(state)),
    h('p', {}, sentenceOf(d, waiting)),
    d.inPool && !waiting && d.state !== 'elsewhere' && h('p', {}, h('strong', {}, say('fair')), fairness(d)),
    d.inPool && pairs(
      [say('m_stratum'), shown(d.stratum)],
      [say('m_rank'), d.rank ? say('rank', d) : `${d.n} / ${d.k}`],
      [say('m_ticket'), d.ticket && hash(d.ticket)],
      [say('m_cut'), d.cut && hash(d.cut)],
      [say('m_team'), d.team && shown(d.team.join('、'))],
      [say('receipt_draw_file'), d.receipt && h('span', { class: 'hash' }, shown(d.receipt))],
      [say('m_hand'), d.ticket && h('code', { class: 'hash' }, `printf 'liuhen/ticket/1\\n${d.seed}\\nsubject\\n${shown(subject.id)}' | sha256sum`)]));
};

/** Was it fair? What the verdict and the number of possible outcomes allow to say. */
function fairness(d) {
  const { verdict, draws } = state.report;
  if (verdict !== 'pass') return say(`fair_${verdict}`);
  const { g } = draws.find((one) => one.draw === d.draw) || { g: 1 };
  return g > 1 ? say('fair_g', { g }) : say('fair_pass');
}

const filterWords = (filter) =>
  filter.map(([name, values]) => `${say(`a_${name}`)}${language ? ': ' : '：'}${values.map((v) => (WORDS[`v_${v}`] ? say(`v_${v}`) : v)).join(language ? ', ' : '、')}`).join(language ? '; ' : '；');

function sentenceOf(d, waiting) {
  if (d.why === 'filter') return say('why_filter', { filter: d.filters.map(filterWords).join(' / ') });
  if (!d.inPool) return say(`why_${d.why}`, d);
  if (waiting) return say(`wait_${waiting}`);
  if (d.state === 'elsewhere') return say('wait_elsewhere');
  return say(d.drawn ? 'why_drawn' : 'why_not', d);
}
