// “换一个种子”: the same draw with another seed, so that people see what decides.
'use strict';

function reseedForm(report) {
  const draws = report.draws.filter((d) => d.state !== 'elsewhere');
  if (!draws.length) return null;
  const choice = h('select', { id: 'reseed-draw' }, draws.map((d) => h('option', { value: d.draw }, shown(d.draw))));
  const field = h('input', { type: 'text', id: 'reseed', autocomplete: 'off', spellcheck: 'false', value: draws[0].seed || '' });
  choice.addEventListener('change', () => {
    field.value = draws.find((d) => d.draw === choice.value).seed || '';
  });
  const submit = (e) => {
    e.preventDefault();
    ask({ kind: 'again', draw: choice.value, text: field.value });
  };
  return h('section', { class: 'no-print' }, h('h2', {}, say('reseed')), h('p', { class: 'quiet' }, say('reseed_lead')),
    h('form', { onsubmit: submit },
      h('label', { for: 'reseed-draw' }, say('reseed_draw')), choice,
      h('label', { for: 'reseed' }, say('reseed_label')),
      h('div', { class: 'row' }, field, h('button', { type: 'submit' }, say('reseed_do')))),
    h('div', { id: 'reseed-answer', role: 'status', 'aria-live': 'polite' }));
}

function showAgain(message) {
  const whole = message.known && message.common === message.k;
  const row = (d) => h('li', {}, shown(d.name), ' ', hash(d.subject), d.also && h('span', { class: 'pass' }, ` ✓ ${say('reseed_also')}`));
  document.getElementById('reseed-answer').replaceChildren(
    h('p', { class: 'answer' }, say(whole ? 'reseed_same' : 'reseed_diff', message)),
    pairs([say('d_seed'), hash(message.seed)]),
    h('h3', {}, say('reseed_list')),
    h('ol', { class: 'drawn' }, message.drawn.map(row)),
    message.k > message.drawn.length ? h('p', {}, say('more', { n: message.k - message.drawn.length })) : '');
}
