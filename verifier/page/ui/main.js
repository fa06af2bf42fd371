// The page: one worker at a time, one state, everything drawn again when the language changes.
'use strict';

let worker = null;
let state = { kind: 'idle' };
const options = new URLSearchParams(location.search);
const app = document.getElementById('app');

function makeWorker() {
  const url = URL.createObjectURL(new Blob([document.getElementById('core').textContent], { type: 'text/javascript' }));
  worker = new Worker(url);
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = (e) => {
    e.preventDefault();
    refuse('internal', `${e.message} ${e.lineno}`);
  };
}

function ask(message) {
  worker.postMessage(message);
}

function stop() {
  if (worker) worker.terminate();
  worker = null;
}

/** Begins with a fresh worker; what was read before is forgotten. */
function start(source) {
  stop();
  makeWorker();
  busy('reading', 0, 1);
  ask({ kind: 'verify', webCrypto: options.get('webcrypto') !== 'off', anchors: [], ...source });
}

function busy(what, done, of) {
  if (state.kind === 'busy') {
    state.bar.max = Math.max(of, 1);
    state.bar.value = done;
    if (state.what !== what) state.line.textContent = say(what);
    state.what = what;
    return;
  }
  const bar = h('progress', { id: 'bar', max: Math.max(of, 1), value: done, 'aria-labelledby': 'doing' });
  const line = h('p', { id: 'doing', role: 'status' }, say(what));
  state = { kind: 'busy', bar, line, what };
  draw();
}

function refuse(code, detail) {
  state = { kind: 'refused', code, detail };
  draw();
  document.getElementById('verdict').focus();
}

function receive(message) {
  if (message.kind === 'progress') busy(message.what, message.done, message.of);
  else if (message.kind === 'refused') refuse(message.code, message.detail);
  else if (message.kind === 'found') showFound(message);
  else if (message.kind === 'again') showAgain(message);
  else if (message.kind === 'receipt') showReceipt(message);
  else {
    state = message;
    receiptAnswer = null;
    draw();
    document.getElementById('verdict').focus();
    askReceipt();
  }
}

function result() {
  const { report, sizes, understood } = state;
  return [
    verdictBox(report, understood),
    subjectForm(),
    h('section', {}, h('h2', {}, say('questions')), QUESTIONS.map((q) => questionCard(report, q))),
    h('section', { class: 'no-print' }, h('h2', {}, say('compare')), compareForm(report)),
    receiptForm(),
    checkList(report),
    drawCards(report, sizes),
    reseedForm(report),
    factList(report),
    h('p', { class: 'only-print quiet' }, say('printed', { tool: report.tool_version })),
    h('p', { class: 'no-print' },
      h('button', { type: 'button', onclick: () => window.print() }, say('print')), ' ',
      h('button', { type: 'button', onclick: reset }, say('again'))),
  ];
}

function reset() {
  stop();
  state = { kind: 'idle' };
  held = {};
  receiptAnswer = null;
  draw();
  document.getElementById('zip').focus();
}

function body() {
  if (state.kind === 'report') return result();
  if (state.kind === 'busy') {
    const stopIt = () => {
      stop();
      state = { kind: 'stopped' };
      draw();
    };
    return [h('section', {}, state.line, state.bar, h('p', {}, h('button', { type: 'button', onclick: stopIt }, say('stop'))))];
  }
  const told = [];
  if (state.kind === 'stopped') told.push(h('p', { role: 'status' }, say('stopped')));
  if (state.kind === 'refused') {
    told.push(h('section', { class: 'verdict inconclusive' }, h('h2', { id: 'verdict', tabindex: -1 }, say('e_head')),
      h('p', {}, say(`r_${state.code}`)), state.detail && h('p', { class: 'quiet hash' }, shown(String(state.detail).slice(0, 600)))));
  }
  return [...told, h('p', {}, say('lead')), h('p', {}, h('strong', {}, say('local'))), chooser(), receiptForm()];
}

function switchLanguage() {
  language = 1 - language;
  draw();
  document.getElementById('language').focus();
}

function draw() {
  document.documentElement.lang = language === 0 ? 'zh-CN' : 'en';
  document.title = say('title');
  app.replaceChildren(
    h('a', { class: 'skip no-print', href: '#content' }, say('skip')),
    h('header', {}, h('h1', {}, say('title')),
      h('button', { type: 'button', id: 'language', class: 'plain no-print', lang: language === 0 ? 'en' : 'zh-CN', onclick: switchLanguage }, say('other'))),
    h('main', { id: 'content' }, body()),
    h('footer', { class: 'quiet' }, state.kind === 'report' && h('p', {}, say('local')), h('p', {}, say('foot'))));
}

const wanted = options.get('lang') || navigator.language || 'zh';
language = wanted.toLowerCase().startsWith('zh') ? 0 : 1;
draw();
