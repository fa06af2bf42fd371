// Runs the page's core under node. Usage: node run.js CORE < lines of JSON, answers one line each:
// {"bundle": path} or {"entries": [hex …]}, with "asOf", "anchors", "webcrypto": false for the fallback.
'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');

const core = fs.readFileSync(process.argv[2], 'utf8');
const names = 'webCrypto, fromFolder, fromZip, BundleCheck, verifyEntries, Refused, verifySignature, decode, encode, unhex, hex, sha256, sha512';
const page = vm.runInThisContext(`(() => {${core}\nreturn { ${names} };})()`, { filename: 'core.js' });

function* walk(folder, before = '') {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = before + entry.name;
    if (entry.isDirectory()) yield* walk(path.join(folder, entry.name), `${name}/`);
    else yield [name, new Blob([fs.readFileSync(path.join(folder, entry.name))])];
  }
}

async function answer(told) {
  page.webCrypto.use = told.webcrypto !== false;
  if (told.entries) return page.verifyEntries(told.entries.map(page.unhex), told);
  const files = fs.statSync(told.bundle).isDirectory()
    ? page.fromFolder([...walk(told.bundle)])
    : await page.fromZip(new Blob([fs.readFileSync(told.bundle)]), () => {});
  return new page.BundleCheck(files, told).run();
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
