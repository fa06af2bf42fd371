// Choosing: a zip, a folder, something dropped, or the site that the page is on.
'use strict';

/** Pairs [path, File] of a chosen folder, without the folder's own name. */
const folderPairs = (files) => [...files].map((f) => [f.webkitRelativePath.split('/').slice(1).join('/') || f.name, f]);

/** Pairs of a dropped directory. */
async function droppedPairs(directory, before = '') {
  const reader = directory.createReader();
  const pairsFound = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return pairsFound;
    for (const entry of some) {
      if (entry.isDirectory) pairsFound.push(...(await droppedPairs(entry, `${before}${entry.name}/`)));
      else pairsFound.push([before + entry.name, await new Promise((done, failed) => entry.file(done, failed))]);
    }
  }
}

async function takeDrop(event) {
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  const directory = entries.find((entry) => entry && entry.isDirectory);
  const files = [...event.dataTransfer.files].filter((_, i) => !(entries[i] && entries[i].isDirectory));
  const [zip] = await takeReceipts(files);
  if (directory) start({ folder: await droppedPairs(directory) });
  else if (zip) start({ zip });
}

/** The files that SHA256SUMS of this site lists; GET requests to the site itself and nothing else. */
async function takeSite() {
  const get = async (path) => {
    const answer = await fetch(new URL(path, document.baseURI), { cache: 'no-store' });
    if (!answer.ok) throw new Error(path);
    return answer.blob();
  };
  try {
    busy('fetching', 0, 1);
    const sums = await get('SHA256SUMS');
    const paths = (await sums.text()).split('\n').filter(Boolean).map((line) => line.slice(66));
    const folder = [['SHA256SUMS', sums], ['SHA256SUMS.note', await get('SHA256SUMS.note')]];
    let bytes = 0;
    for (const path of paths) {
      const blob = await get(path);
      bytes += blob.size;
      if (bytes > 2 ** 30) return refuse('too-large', '');
      folder.push([path, blob]);
      busy('fetching', folder.length, paths.length + 2);
    }
    return start({ folder });
  } catch (e) {
    return refuse('site-missing', e.message);
  }
}

function chooser() {
  const zip = h('input', { type: 'file', id: 'zip', accept: '.zip,application/zip', onchange: (e) => e.target.files[0] && start({ zip: e.target.files[0] }) });
  const folder = h('input', { type: 'file', id: 'folder', webkitdirectory: true, multiple: true, onchange: (e) => e.target.files.length && start({ folder: folderPairs(e.target.files) }) });
  const box = h('div', { class: 'drop' },
    h('div', { class: 'columns' },
      h('div', {}, h('label', { for: 'zip' }, say('pick_zip')), zip),
      h('div', {}, h('label', { for: 'folder' }, say('pick_folder')), folder)),
    h('p', { class: 'quiet' }, say('drop')),
    location.protocol.startsWith('http') && h('button', { type: 'button', class: 'main', onclick: takeSite }, say('site')));
  box.addEventListener('dragover', (e) => {
    e.preventDefault();
    box.classList.add('over');
  });
  box.addEventListener('dragleave', () => box.classList.remove('over'));
  box.addEventListener('drop', (e) => {
    e.preventDefault();
    box.classList.remove('over');
    takeDrop(e);
  });
  return box;
}
