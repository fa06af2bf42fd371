// “核对抽取凭证”: the text of a receipt's QR code or its file, alone or beside the bundle that was read.
'use strict';

let held = {}; // what was given: {text, file, vkey, name}; kept while a bundle is chosen
let receiptAnswer = null;

const RECEIPT_FILE = /\.(receipt|vkey)$/i;
const isReceiptFile = (file) => RECEIPT_FILE.test(file.name) || file.name === 'log.vkey';

function askReceipt() {
  const field = document.getElementById('claim');
  if (field) held.text = field.value.trim() || undefined;
  if (!held.text && !held.file) return;
  if (!worker) makeWorker();
  ask({ kind: 'receipt', text: held.text, file: held.file, vkey: held.vkey });
}

/** Takes receipt files and keys out of what was chosen or dropped; what is left is the rest. */
async function takeReceipts(files) {
  for (const file of files.filter(isReceiptFile)) {
    const bytes = new Uint8Array(await file.slice(0, 1 << 20).arrayBuffer());
    if (/vkey$/i.test(file.name)) held.vkey = bytes;
    else Object.assign(held, { file: bytes, name: file.name });
  }
  if (files.some(isReceiptFile)) showHeld();
  askReceipt();
  return files.filter((file) => !isReceiptFile(file));
}

const heldNames = () => [held.name && shown(held.name), held.vkey && 'log.vkey'].filter(Boolean).join(' + ');

function showHeld() {
  const name = document.getElementById('receipt-name');
  if (name) name.textContent = heldNames();
}

function receiptForm() {
  const field = h('textarea', { id: 'claim', rows: 3, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'claim-help' });
  field.value = held.text || '';
  const take = ({ target }) => {
    const files = [...target.files].map((f) => (isReceiptFile(f) ? f : new File([f], `${f.name}.receipt`)));
    target.value = ''; // so that the same name can be chosen again
    takeReceipts(files);
  };
  const file = h('input', { type: 'file', id: 'receipt', multiple: true, accept: '.receipt,.vkey', onchange: take });
  const forget = () => {
    held = {};
    receiptAnswer = null;
    document.getElementById('receipt-section').replaceWith(receiptForm());
  };
  const submit = (e) => {
    e.preventDefault();
    askReceipt();
  };
  return h('section', { id: 'receipt-section' }, h('h2', {}, say('receipt')),
    h('form', { onsubmit: submit },
      h('div', { class: 'columns' },
        h('div', {}, h('label', { for: 'claim' }, say('receipt_claim')), field),
        h('div', {}, h('label', { for: 'receipt' }, say('receipt_file')), file, h('p', { class: 'hash', id: 'receipt-name' }, heldNames()))),
      h('p', { class: 'quiet', id: 'claim-help' }, say('receipt_help')),
      h('button', { type: 'submit' }, say('receipt_do')), ' ', h('button', { type: 'button', class: 'plain', onclick: forget }, say('receipt_forget'))),
    h('div', { id: 'receipt-answer', role: 'status', 'aria-live': 'polite' }, receiptAnswer && receiptCard(receiptAnswer)));
}

function showReceipt(message) {
  receiptAnswer = message;
  const target = document.getElementById('receipt-answer');
  if (target) target.replaceChildren(receiptCard(message));
}

function receiptCard(message) {
  if (message.unreadable) return h('div', { class: 'card no' }, h('p', { class: 'answer' }, say(`r_${message.unreadable}`)));
  const { verdict, claim, drawn, checks, compared, whole } = message;
  const sentence = say(`receipt_${verdict}`, { ...claim, outcome: say(drawn ? 'drawn' : 'not_drawn') });
  const line = (c) => h('li', {},
    h('span', { class: 'number' }, STATUS_SIGNS[c.status === 'open' ? 'inconclusive' : c.status]),
    h('span', { class: c.status === 'open' ? 'inconclusive' : c.status }, say(c.status === 'open' ? 's_inconclusive' : `s_${c.status}`)),
    h('span', { class: 'words' }, say(`rc_${c.id}`)));
  return h('div', { class: `card ${{ pass: 'yes', fail: 'no', inconclusive: 'open' }[verdict]}` },
    h('p', { class: 'answer' }, STATUS_SIGNS[verdict], ' ', sentence),
    h('p', {}, say(`receipt_by_${compared}`), ' ', !whole && say('receipt_only_claim')),
    pairs(
      [say('receipt_draw'), shown(claim.draw)],
      [say('m_stratum'), shown(claim.stratum)],
      [say('m_rank'), say('rank', claim)],
      [say('m_ticket'), hash(claim.ticket)],
      [say('m_cut'), claim.cut && hash(claim.cut)],
      [say('f_head'), hash(`${claim.size}:${grouped(claim.root)}`)]),
    h('ol', { class: 'checks' }, checks.map(line)),
    h('p', { class: 'quiet' }, say('receipt_rank')));
}
