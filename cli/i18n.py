"""Chinese unless the locale says otherwise; messages, errors and consoles that cannot show every character.

Message ids are English templates. Ours are in the domain `liuhen`; click asks the domain `messages`, for
which it ships nothing, so its Chinese is ours too. Only the standard library is needed here.
"""

from __future__ import annotations

import gettext as _gettext
import io
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from verifier.errors import N_, LiuhenError
from verifier.plainfile import NOT_A_FILE

REASONS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("Read-only file system"),
    N_("No space left on device"),
    N_("File name too long"),
    N_("file is not a database"),
    NOT_A_FILE,
)
"""What a system or SQLite says of a file, so that it has Chinese."""
LOCALE = Path(__file__).with_name("locale")
DOMAIN, CLICK_DOMAIN = "liuhen", "messages"
CHINESE, ENGLISH = "zh_CN", "en"


def language(environ: Mapping[str, str]) -> str:
    """The language of a process: the first variable that is set decides, and only `en…` is English.

    C, POSIX and no variable at all (Windows) mean Chinese: they say nothing about the reader.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return ENGLISH if value.lower().startswith("en") else CHINESE
    return CHINESE


def language_in_use() -> str:
    """The language of this process: `zh_CN` or `en`."""
    return language(os.environ)


def install(environ: MutableMapping[str, str] | None = None) -> str:
    """Settle the language for this process, click and its children; call before click speaks."""
    environ = os.environ if environ is None else environ
    chosen = language(environ)
    environ["LANGUAGE"] = chosen
    _gettext.bindtextdomain(CLICK_DOMAIN, str(LOCALE))
    return chosen


@lru_cache(maxsize=2)
def _catalogue(chosen: str) -> _gettext.NullTranslations:
    if chosen == ENGLISH:
        return _gettext.NullTranslations()
    return _gettext.translation(DOMAIN, str(LOCALE), languages=[chosen], fallback=True)


def _(message: str) -> str:
    """The message in the reader's language; itself when there is no translation."""
    return _catalogue(language(os.environ)).gettext(message) if message else ""


def translator(chosen: str) -> Callable[[str], str]:
    """What says messages in this language (`zh_CN` or `en`), whatever the reader's is."""
    return _catalogue(chosen).gettext


def catalogue_hash() -> str:
    """SHA-256 hex of the compiled messages; tells when pages made with them are to be made again."""
    path = LOCALE / CHINESE / "LC_MESSAGES" / f"{DOMAIN}.mo"
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n` things; Chinese has one."""
    return _catalogue(language(os.environ)).ngettext(singular, plural, n)


def reason_in_words(error: OSError) -> str:
    """Why the system refused, in the reader's language, and the file."""
    reason = _(error.strerror or type(error).__name__)
    return f"{reason} ({error.filename})" if error.filename else reason


def what_happened(error: LiuhenError) -> str:
    """The sentence of an error."""
    return _(error.what).format(**_params(error))


def _params(error: LiuhenError) -> dict[str, object]:
    return {
        k: _(v) if k in ("reason", "cause", "told") and isinstance(v, str) else v
        for k, v in error.params.items()
    }


def render_error(error: LiuhenError) -> str:
    """What happened, where, what to do, and the code: a line each, those without content left out."""
    lines = [_("What happened: {text}").format(text=what_happened(error))]
    if error.where:
        lines.append(_("Where: {text}").format(text=error.where))
    if error.remedy:
        lines.append(_("What to do: {text}").format(text=_(error.remedy).format(**_params(error))))
    lines.append(_("Code: {text}").format(text=error.code))
    return "\n".join(lines)


def safe_console() -> None:
    """What the console's encoding lacks (GBK, ASCII) prints as `?` instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
