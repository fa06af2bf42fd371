// Elements are made of text nodes only: whatever a bundle says stays text.
'use strict';

/** h('p', {class: 'quiet'}, 'text', element, …); null and undefined children are left out; on…: listeners. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** Characters that could turn or hide what stands beside them are spelled out. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const shown = (text) => String(text).replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Hex in groups of eight, as on the printed forms. */
const grouped = (hexText) => (hexText ? hexText.replace(/(.{8})(?=.)/g, '$1 ') : '—');
const hash = (text) => h('span', { class: 'hash' }, shown(text));

const pairs = (...list) => h('dl', {}, list.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
