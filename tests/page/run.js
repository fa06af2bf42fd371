// Runs the page's core under node. Usage: node run.js CORE < lines of JSON, answers one line each:
// {"bundle": path} or {"entries": [hex …]}, with "asOf", "anchors", "webcrypto": false for the fallback, "without": a rule
// whose findings are dropped, to show that somebody notices.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const core = fs.readFileSync(process.argv[2], 'utf8');
const names = 'webCrypto, fromFolder, fromZip, BundleCheck, Law, verifyEntries, Refused, verifySignature, decode, encode, unhex, hex, sha256, sha512, judgeReceipt';
const page = vm.runInThisContext(`(() => {${core}\nreturn { ${names} };})()`, { filename: 'core.js' });

let without = null;
const { find } = page.Law.prototype;
page.Law.prototype.find = function (rule, ...rest) {
  if (rule === without) this.ask(rule);
  else find.call(this, rule, ...rest);
};

function* walk(folder, before = '') {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = before + entry.name;
    if (entry.isDirectory()) yield* walk(path.join(folder, entry.name), `${name}/`);
    else yield [name, new Blob([fs.readFileSync(path.join(folder, entry.name))])];
  }
}

/** {"receipt": {text, file, vkey}} with file and vkey in hex, and a bundle or none. */
async function ofReceipt({ receipt, ...told }) {
  const check = told.bundle && new page.BundleCheck(await filesOf(told), told);
  if (check) await check.run();
  const bytes = (text) => text && page.unhex(text);
  return page.judgeReceipt({ ...receipt, file: bytes(receipt.file), vkey: bytes(receipt.vkey) }, check);
}

async function filesOf({ bundle }) {
  return fs.statSync(bundle).isDirectory()
    ? page.fromFolder([...walk(bundle)])
    : page.fromZip(new Blob([fs.readFileSync(bundle)]), () => {});
}

async function answer(told) {
  page.webCrypto.use = told.webcrypto !== false;
  without = told.without || null;
  if (told.receipt) return ofReceipt(told);
  if (told.entries) return page.verifyEntries(told.entries.map(page.unhex), told);
  return new page.BundleCheck(await filesOf(told), told).run();
}

async function main() {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    let said;
    try {
      said = await answer(JSON.parse(line));
    } catch (e) {
      said = e instanceof page.Refused ? { refused: e.code, detail: e.detail } : { crash: e.stack };
    }
    console.log(JSON.stringify(said));
  }
}

main();
