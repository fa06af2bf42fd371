"""`python -m verifier BUNDLE`: the counter of the verifier when it runs alone.

Needs nothing but this package, cryptography and msgpack. Exit codes are those of design §7.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from verifier import wording
from verifier.bundle import Bundle, open_bundle
from verifier.errors import Exit, LiuhenError
from verifier.ids import is_date, is_time
from verifier.note import Algorithm, Vkey
from verifier.plainfile import read_plain
from verifier.report import Anchors, Report, read_anchors
from verifier.timestamp import MAX_TOKEN, Stamp
from verifier.wording import Language, printable

Verify = Callable[[Bundle, Anchors, "str | None", bool], Report]
"""verify_bundle(bundle, anchors, as_of, strict) of `verifier.replay`."""


def main(
    arguments: Sequence[str] | None = None,
    verify: Verify | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Verify the bundle named on the command line, print the report, return the exit code."""
    lang = _language(os.environ if environment is None else environment)
    options = _parser(lang).parse_args(arguments)
    if options.lang:
        lang = options.lang
    try:
        anchors = _anchors(options.id, options.head, options.cosigner)
        as_of = _as_of(options.as_of)
        if bool(options.stamp) != (options.tsa is not None):
            raise ValueError("--tsa")
    except (ValueError, LiuhenError) as error:
        _say(wording.USAGE.say(lang, option=printable(str(error))), sys.stderr)
        return Exit.USAGE
    try:
        if options.tsa is not None:
            anchors = replace(anchors, stamps=_stamps(options.stamp, Path(options.tsa)))
        with open_bundle(Path(options.bundle)) as bundle:
            report = (verify or _verify_bundle)(bundle, anchors, as_of, options.strict)
    except LiuhenError as error:
        if error.exit is Exit.UNREADABLE:
            _say(wording.UNREADABLE.say(lang), sys.stderr)
        _say(printable(error.english(), 1000), sys.stderr)
        return error.exit
    except OSError as error:
        _say(f"{wording.UNREADABLE.say(lang)}\n{printable(str(error), 1000)}", sys.stderr)
        return Exit.DISK
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last edge: a person is told instead of shown a traceback
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        _say(
            f"{wording.BUG.say(lang)}\n{type(error).__name__}: {printable(str(error))} ({where})", sys.stderr
        )
        return Exit.BUG
    if options.json:
        sys.stdout.flush()
        sys.stdout.buffer.write(report.to_json().encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    else:
        _say(report.to_text(lang), sys.stdout, end="")
    return report.exit


def _verify_bundle(bundle: Bundle, anchors: Anchors, as_of: str | None, strict: bool) -> Report:
    from verifier.replay import verify_bundle

    return verify_bundle(bundle, anchors, as_of, strict)


def _parser(lang: Language) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="liuhen-verify", description=wording.HELP.say(lang), allow_abbrev=False
    )
    parser.add_argument("bundle", metavar="BUNDLE", help=wording.HELP_BUNDLE.say(lang))
    parser.add_argument("--json", action="store_true", help=wording.HELP_JSON.say(lang))
    parser.add_argument("--id", metavar="HEX", help=wording.HELP_ID.say(lang))
    parser.add_argument("--head", metavar="SIZE:ROOT", help=wording.HELP_HEAD.say(lang))
    parser.add_argument(
        "--cosigner", metavar="VKEY", action="append", default=[], help=wording.HELP_COSIGNER.say(lang)
    )
    parser.add_argument(
        "--stamp", metavar="FILE", action="append", default=[], help=wording.HELP_STAMP.say(lang)
    )
    parser.add_argument("--tsa", metavar="PEM", help=wording.HELP_TSA.say(lang))
    parser.add_argument("--as-of", metavar="DATE", help=wording.HELP_AS_OF.say(lang))
    parser.add_argument("--strict", action="store_true", help=wording.HELP_STRICT.say(lang))
    parser.add_argument("--lang", choices=("zh", "en"), help="中文 / English")
    return parser


def _anchors(id_text: str | None, head_text: str | None, cosigners: Sequence[str]) -> Anchors:
    anchors = read_anchors(id_text, head_text, cosigners)
    for line in anchors.cosigners:
        try:
            known = Vkey.parse(line).algorithm is Algorithm.COSIGNATURE
        except LiuhenError as error:
            raise ValueError("--cosigner") from error
        if not known:
            raise ValueError("--cosigner")
    return anchors


def _stamps(files: Sequence[str], tsa: Path) -> tuple[Stamp, ...]:
    certificates = read_plain(tsa, MAX_TOKEN)
    return tuple(Stamp(Path(name).name, read_plain(Path(name), MAX_TOKEN), certificates) for name in files)


def _as_of(text: str | None) -> str | None:
    if text is None or is_time(text):
        return text
    if is_date(text):
        return f"{text}T23:59:59+08:00"
    raise ValueError("--as-of")


def _language(environment: Mapping[str, str]) -> Language:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def _say(text: str, stream: TextIO, end: str = "\n") -> None:
    """Print on a console of any encoding; what GBK cannot show is escaped."""
    encoding = stream.encoding or "utf-8"
    stream.write((text + end).encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
