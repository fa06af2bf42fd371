// Keys, the log's key, cosigners, heads: event-types.md §2.
'use strict';

const emptyKeys = () => ({
  origin: null,
  ledger: null,
  unit: null,
  keys: new Map(), // key id hex → {publicKey, holder, unit, roles, from, until}
  usedKeys: new Set(), // public keys in hex, of whatever use
  holders: new Map(), // holder → unit
  founding: true,
  founders: [],
  logKey: null,
  cosigners: [],
  cosigned: [], // [size, key] of valid lines that entries bring
  lastOutside: -1, // last entry by another unit or under a cosigned head
});

const proofText = (law, d) =>
  utf8(['liuhen/enrol/1', law.origin, d.holder, d.unit, [...d.roles].sort().join(','), hex(d.key)].join('\n'));

const isLogKey = (law, vkey) => Boolean(vkey) && vkey.type === LOG_KEY && vkey.name === law.origin;

function addKey(law, d, from) {
  law.keys.set(hex(sha256(d.key)), { publicKey: d.key, holder: d.holder, unit: d.unit, roles: d.roles, from });
  law.usedKeys.add(hex(d.key));
  law.holders.set(d.holder, d.unit);
}

function created(law, ev) {
  const d = ev.data;
  law.must('key.proof', verifySignature(d.key, proofText(law, d), d.proof));
  law.must('role.permitted', d.roles.includes('admin'));
  const vkey = tryVkey(d.log_vkey);
  law.must('log.key', isLogKey(law, vkey), d.log_vkey);
  law.must('key.unique', !vkey || !equalBytes(vkey.publicKey, d.key));
}

function enrolled(law, ev, second) {
  const d = ev.data;
  if (!second) law.must('key.proof', verifySignature(d.key, proofText(law, d), d.proof));
  law.must('key.unique', !law.usedKeys.has(hex(d.key)));
  const unit = law.holders.get(d.holder);
  const twin = [...law.holders.keys()].some((h) => h !== d.holder && h.toLowerCase() === d.holder.toLowerCase());
  law.must('key.holder', (unit === undefined || unit === d.unit) && !twin, d.holder);
}

function revoked(law, ev, second) {
  const key = law.keys.get(hex(sha256(ev.data.key)));
  law.must('key.revocation', key && key.until === undefined);
  if (key && !second) law.must('role.permitted', key.holder === ev.holder || ev.roles.includes('admin'));
}

/** A key named for the log or a cosigner: of its kind, and never used before. */
function named(rule, fits) {
  return (law, ev) => {
    const vkey = tryVkey(ev.data.vkey);
    law.must(rule, fits(law, vkey), ev.data.vkey);
    law.must('key.unique', !vkey || !law.usedKeys.has(hex(vkey.publicKey)));
  };
}

function headNamed(law, ev) {
  const { size, root } = ev.data;
  const there = size <= ev.n;
  law.must('log.cosigners', there && equalBytes(treeRoot(law.leaves, 0, size), root), `${size}:${hex(root)}`);
}

function headCosigned(law, ev) {
  const { size, root, line } = ev.data;
  let parsed = null;
  try {
    parsed = parseSignatureLine(line);
  } catch (e) {
    if (!(e instanceof Bad)) throw e;
  }
  ev.cosigner = parsed ? law.cosigners.find((key) => cosigned(parsed, key, law.origin, size, root)) : undefined;
  ev.valid = ev.cosigner !== undefined;
  law.must('log.cosigners', ev.valid, line);
  headNamed(law, ev);
}

handle({
  'ledger.created': [
    created,
    (law, ev) => {
      const vkey = tryVkey(ev.data.log_vkey);
      law.unit = ev.data.unit;
      addKey(law, ev.data, -1);
      law.founders.push(ev.data.holder);
      if (vkey) {
        law.logKey = vkey;
        law.usedKeys.add(hex(vkey.publicKey));
      }
    },
  ],
  'key.enrolled': [
    enrolled,
    (law, ev) => {
      if (law.usedKeys.has(hex(ev.data.key))) return;
      addKey(law, ev.data, law.n);
      if (ev.founder) law.founders.push(ev.data.holder);
    },
  ],
  'key.revoked': [
    revoked,
    (law, ev) => {
      const key = law.keys.get(hex(sha256(ev.data.key)));
      if (key && key.until === undefined) key.until = law.n;
    },
  ],
  'log.key_changed': [
    named('log.key', isLogKey),
    (law, ev) => {
      const vkey = tryVkey(ev.data.vkey);
      if (!vkey) return;
      law.logKey = vkey;
      law.usedKeys.add(hex(vkey.publicKey));
    },
  ],
  'cosigner.named': [
    named('log.cosigners', (law, vkey) => Boolean(vkey) && vkey.type === COSIGNER_KEY),
    (law, ev) => {
      const vkey = tryVkey(ev.data.vkey);
      if (!vkey) return;
      law.cosigners.push(vkey);
      law.usedKeys.add(hex(vkey.publicKey));
    },
  ],
  'head.cosigned': [
    headCosigned,
    (law, ev) => {
      if (!ev.valid) return;
      law.lastOutside = Math.max(law.lastOutside, Math.min(ev.data.size, ev.n) - 1);
      if (ev.data.size <= ev.n) law.cosigned.push([ev.data.size, hex(ev.cosigner.publicKey)]);
    },
  ],
  'head.stamped': [headNamed],
  'private.erased': [
    (law, ev) => law.must('draw.sealing', !ev.data.commitments.some((c) => owed(law).has(hex(c)))),
    (law, ev) => {
      law.erasures.set(ev.n, ev.data);
      for (const c of ev.data.commitments) law.erased.set(hex(c), ev.n);
    },
  ],
});
