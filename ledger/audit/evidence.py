"""The evidence folder: what a third party needs to find the same, with the verifier alone or by hand.

    README.txt                what is wrong, in Chinese and English, and how to check it
    bundle/  or bundle.zip    the bundle, byte for byte
    entries/SEQ.entry         an entry concerned: the raw bytes
    entries/SEQ.proof         that it stands in the log: c2sp.org/tlog-proof@v1
    entries/SEQ.msg, .sig     what its key signed, and the signature; keys/KEYID.pem is the key
    checkpoint.msg, .sig      the text of the head and the log's signature; keys/log.pem
    check.sh                  all of that with sha256sum, xxd and openssl
    explained.json            the findings as data
    SHA256SUMS                the hashes of everything above

specs/auditing.md says what each of them proves.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.audit.explain import Explained, data, entries_at, standing
from ledger.audit.source import Source
from verifier import entry, note, paths
from verifier import facts as f
from verifier.bundle import open_bundle
from verifier.checkpoint import Checkpoint, parse_checkpoint
from verifier.entry import Entry
from verifier.errors import N_, Exit, LiuhenError, Malformed
from verifier.facts import Facts
from verifier.logproof import LogProof
from verifier.merkle import Levels, leaf_hash
from verifier.note import Note, Vkey
from verifier.plainfile import open_plain
from verifier.report import Report
from verifier.wording import Language, Text, printable

EACH = 20
"""Entries of one rule that are laid out; the bundle has all."""


@dataclass(frozen=True)
class Laid:
    """An evidence folder that was written: its entries, and whether private values travel in its bundle."""

    folder: Path
    entries: tuple[int, ...]
    private: bool


def write_evidence(
    folder: Path, bundle: Path, source: Source, report: Report, explained: Sequence[Explained]
) -> Laid:
    """Write the folder, which must not exist, of a bundle's red checks. Raises E-EVIDENCE-NONE where nothing
    is red, E-EVIDENCE-FOLDER where the name is taken, OSError."""
    if not explained:
        raise LiuhenError(
            "E-EVIDENCE-NONE",
            N_("No check is red, so there is no evidence to write."),
            remedy=N_("Keep the report itself: liuhen verify BUNDLE --docx FILE"),
            exit=Exit.USAGE,
        )
    if folder.exists():
        raise LiuhenError(
            "E-EVIDENCE-FOLDER",
            N_("There is already something of this name."),
            where=str(folder),
            remedy=N_("Give the name of a new folder; evidence is never overwritten."),
            exit=Exit.USAGE,
        )
    folder.mkdir(parents=True)
    if bundle.is_dir():
        shutil.copytree(bundle, folder / "bundle")
    else:
        shutil.copyfile(bundle, folder / "bundle.zip")
    with open_bundle(bundle) as opened:
        head, signed = parse_checkpoint(opened.read(paths.CHECKPOINT))
        vkey = note.parse_vkey_file(opened.read(paths.LOG_VKEY))
        private = opened.has(paths.OPENINGS)
        raw_head = opened.read(paths.CHECKPOINT)
    facts = source.facts()
    held = _concerned(source, facts, explained)
    files = dict(_head_files(raw_head, signed, vkey))
    files |= dict(_entry_files(source, facts, head, raw_head, held))
    files["explained.json"] = _json(report, explained, facts)
    files["check.sh"] = _script(held, facts, head, vkey, bundle.is_dir()).encode()
    files["README.txt"] = _readme(report, explained, facts, held, private, bundle.is_dir()).encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "SHA256SUMS").write_bytes(_sums(folder).encode())
    return Laid(folder, tuple(held), private)


def _concerned(source: Source, facts: Facts, explained: Sequence[Explained]) -> dict[int, Entry]:
    """The entries that are red or lie behind it, those they answer, the freeze of their draw and
    the enrolment of their keys: by number, those that can be read."""
    red = {seq for one in explained for seq in (*one.seqs[:EACH], *one.laid[: 2 * EACH])}
    found = entries_at(source, red)
    more = {0}
    for one in found.values():
        body = one.body
        if (of := body.data.get("of")) and isinstance(of, bytes):
            act = facts.get(f.PENDING, of.hex())
            more |= {act.seq} if act else set()
        draw = facts.get(f.DRAWS, str(body.data.get("draw", "")))
        more |= {draw.seq} if draw and draw.seq <= body.seq else set()
        key = facts.get(f.KEYS, body.actor.hex())
        more |= _enrolment(source, key)
    return dict(sorted({**found, **entries_at(source, {seq for seq in more if seq < source.size})}.items()))


def _enrolment(source: Source, key: f.Key | None) -> set[int]:
    """The entry that enrolled a key."""
    if key is None or key.since <= 0:
        return set()
    for one in _read(source, key.since + 1):
        if one.body.type == "key.enrolled" and one.body.data.get("key") == key.public:
            return {one.body.seq}
    return set()


def _read(source: Source, size: int) -> Iterator[Entry]:
    """The first entries, those that cannot be read left out."""
    for number, raw in enumerate(source.read()):
        if number >= size:
            return
        try:
            yield entry.parse(raw)
        except Malformed:
            continue


def _head_files(raw: bytes, signed: Note, vkey: Vkey) -> Iterator[tuple[str, bytes]]:
    yield "checkpoint", raw
    yield "log.vkey", note.vkey_file(vkey)
    yield "keys/log.pem", _pem(vkey.public)
    yield "checkpoint.msg", signed.text.encode()
    for line in signed.signed_by(vkey)[:1]:
        yield "checkpoint.sig", line.blob


def _entry_files(
    source: Source, facts: Facts, head: Checkpoint, raw_head: bytes, held: Mapping[int, Entry]
) -> Iterator[tuple[str, bytes]]:
    log = Levels(leaf_hash(raw) for raw in source.read())
    for seq, one in held.items():
        yield f"entries/{seq}.entry", one.raw
        if log.size == head.size:
            yield f"entries/{seq}.proof", LogProof(seq, tuple(log.proof(seq)), raw_head).encode()
        yield f"entries/{seq}.msg", entry.message(one.body_bytes)
        yield f"entries/{seq}.sig", one.signature
        if key := facts.get(f.KEYS, one.body.actor.hex()):
            yield f"keys/{one.body.actor.hex()[:16]}.pem", _pem(key.public)


def _pem(public: bytes) -> bytes:
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _json(report: Report, explained: Sequence[Explained], facts: Facts) -> bytes:
    document = {
        "format": "liuhen-evidence-folder/1",
        "subject": report.subject,
        "ledger": report.ledger,
        "head": report.head,
        "verdict": report.verdict.value,
        "explained": data(explained, facts),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


_FOLD = """
# leaf and path to the signed root: RFC 6962, c2sp.org/tlog-proof@v1
hexsum() { sha256sum | cut -d' ' -f1; }
under() { # FILE INDEX SIZE
  h=$( (printf '\\000'; cat "$1.entry") | hexsum ); i=$2; n=$(($3 - 1))
  for s in $(sed -n '3,/^$/p' "$1.proof"); do
    s=$(printf '%s' "$s" | openssl base64 -d -A | xxd -p -c 64)
    if [ $((i & 1)) = 1 ] || [ "$i" = "$n" ]; then
      h=$(printf '01%s%s' "$s" "$h" | xxd -r -p | hexsum)
      while [ $((i & 1)) = 0 ] && [ "$i" != 0 ]; do i=$((i >> 1)); n=$((n >> 1)); done
    else
      h=$(printf '01%s%s' "$h" "$s" | xxd -r -p | hexsum)
    fi
    i=$((i >> 1)); n=$((n >> 1))
  done
  [ "$h" = "$ROOT" ] && echo "$1: in the log" || echo "$1: NOT under this head"
}
signed() { # FILE KEY
  openssl pkeyutl -verify -pubin -inkey "$2" -rawin -in "$1.msg" -sigfile "$1.sig" >/dev/null 2>&1 \\
    && echo "$1: signature good" || echo "$1: SIGNATURE BAD"
}
"""


def _script(held: Mapping[int, Entry], facts: Facts, head: Checkpoint, vkey: Vkey, folder: bool) -> str:
    lines = ["#!/bin/sh", "# sha256sum, xxd, openssl 3; nothing of ours", 'cd "$(dirname "$0")" || exit']
    lines += ["sha256sum --quiet -c SHA256SUMS && echo 'files: as listed'", f"ROOT={head.root.hex()}", _FOLD]
    lines += [f"[ \"$(sed -n 2p checkpoint)\" = {head.size} ] && echo 'head: {head.size} entries'"]
    lines += ["signed checkpoint keys/log.pem"]
    for seq, one in held.items():
        lines.append(f"under entries/{seq} {seq} {head.size}")
        if facts.get(f.KEYS, one.body.actor.hex()):
            lines.append(f"signed entries/{seq} keys/{one.body.actor.hex()[:16]}.pem")
    return "\n".join(lines) + "\n"


_INTRO = Text(
    "证据文件夹：核验工具认为下列事项不符合要求。任何人都可以用自己另行取得的核验工具重新得出，或者手工核对。",
    "Evidence folder: what follows was found wrong. Anybody can find the same with a verifier from "
    "elsewhere, or by hand.",
)
_HOW = Text(
    "怎样核对\n"
    "  1. 用核验工具：python -m verifier {bundle}  （工具请从别处取得；应得出同样的不符合项、同样的记录号）\n"
    "  2. 手工：sh check.sh  用 sha256sum、xxd、openssl 核对文件、台账指纹的签名、"
    "每条记录在台账中的位置和签名。\n"
    "     “SIGNATURE BAD” 就是签名不成立；如果上面写的正是签名无效，这一行就是证明。\n"
    "  3. entries/ 下每条记录：.entry 原始字节，.proof 在台账中的证明（c2sp.org/tlog-proof@v1），"
    ".msg 和 .sig 被签的内容和签名。\n"
    "  4. 台账编号、台账指纹请与公示或纸面记录表上的比对：{ledger}  {head}",
    "How to check\n"
    "  1. With the verifier, taken from elsewhere: python -m verifier {bundle}  (the same checks are red, at "
    "the same entries)\n"
    "  2. By hand: sh check.sh looks at the files, the signature of the head, where each entry stands in the "
    "log and its signature.\n"
    "     “SIGNATURE BAD” is a signature that does not hold; where that is the finding, the line proves it.\n"
    "  3. In entries/: .entry the raw bytes, .proof that it stands in the log (c2sp.org/tlog-proof@v1), .msg "
    "and .sig what was signed.\n"
    "  4. Compare ledger id and head with a public notice or a printed form: {ledger}  {head}",
)
_PRIVATE = Text(
    "注意：此核验包含有不公开内容（监督用核验包），只能交给依法有权查阅的人。",
    "Mind: this bundle holds private values (an inspector's bundle); only for who may lawfully see it.",
)
_WITH = Text("一并附上的记录：{seqs}", "Entries laid out: {seqs}")
_UNPROVEN = Text("未能证明的事项", "What is not proven")
_STANDS = Text("仍可认定的事项", "What still stands")


def _readme(
    report: Report,
    explained: Sequence[Explained],
    facts: Facts,
    held: Iterable[int],
    private: bool,
    folder: bool,
) -> str:
    languages: tuple[Language, Language] = ("zh", "en")
    seqs = ", ".join(map(str, held))
    return "\n".join(
        line
        for lang in languages
        for line in _readme_in(lang, report, explained, facts, seqs, private, folder)
    )


def _readme_in(
    lang: Language,
    report: Report,
    explained: Sequence[Explained],
    facts: Facts,
    seqs: str,
    private: bool,
    folder: bool,
) -> Iterator[str]:
    colon = "：" if lang == "zh" else ": "
    yield _INTRO.say(lang)
    if private:
        yield _PRIVATE.say(lang)
    yield report.sentence(lang)
    yield ""
    for number, one in enumerate(explained, 1):
        yield f"{number}. [{one.status(lang)}] {one.rule.id} {one.words(lang)}"
        labels = ("位置", "应为", "实为", "依据") if lang == "zh" else ("place", "expected", "found", "basis")
        told = (one.place(facts, lang), one.expected(lang), one.found(lang), one.rule.basis)
        yield from (f"   - {printable(text.say(lang), 600)}" for text in one.details)
        for label, said in zip(labels, told, strict=True):
            yield f"   {label}{colon}{said}"
    yield ""
    yield _WITH.say(lang, seqs=seqs)
    yield ""
    bundle = "bundle" if folder else "bundle.zip"
    yield _HOW.say(lang, bundle=bundle, ledger=report.ledger or "-", head=report.head or "-")
    for heading, texts in ((_STANDS, standing(report)), (_UNPROVEN, report.limits())):
        if texts:
            yield ""
            yield heading.say(lang)
            for text in texts:
                yield f"  - {text.say(lang)}"
    yield ""


def _sums(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    pairs = zip(files, names, strict=True)
    return "".join(f"{_hash(path)}  {name}\n" for path, name in pairs if name != "SHA256SUMS")


def _hash(path: Path) -> str:
    hashed = sha256()
    with open_plain(path) as file:
        while piece := file.read(1 << 20):
            hashed.update(piece)
    return hashed.hexdigest()
