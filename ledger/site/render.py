"""Pages out of templates: everything that comes from the ledger is escaped, every link is relative.

A page stands twice, in Chinese at `pages/<name>.html` (the first one at `index.html`) and in English at
`pages/en/<name>.html`. The same facts and templates give the same bytes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ledger.forms.digits import grouped
from ledger.site.words import Pair
from verifier import __version__

TEMPLATES = Path(__file__).with_name("templates")
STYLE = "pages/style.css"
HOME = "index"
_CHINESE = {"comma": "、", "semicolon": "；", "colon": "："}
_ENGLISH = {"comma": ", ", "semicolon": "; ", "colon": ": "}
_SOURCES = ("*.py", "templates/*")


@dataclass(frozen=True)
class Language:
    """`code` is `zh` or `en`; `say` gives the words for an English message."""

    code: str
    tag: str
    say: Callable[[str], str]

    def choose(self, pair: Pair | str) -> str:
        """The words of a pair in this language; other text as it is."""
        return pair if isinstance(pair, str) else pair[0 if self.code == "zh" else 1]


@dataclass(frozen=True)
class Page:
    """A page before it is written: its name, its template, what the template is told."""

    name: str
    template: str
    told: Mapping[str, object] = field(default_factory=dict)


def path_of(name: str, code: str) -> str:
    """Where a page stands in the site."""
    if code == "zh":
        return "index.html" if name == HOME else f"pages/{name}.html"
    return f"pages/{code}/{name}.html"


class Renderer:
    """Writes pages in every language; `common` is told to each template."""

    def __init__(self, languages: Sequence[Language], common: Mapping[str, object]) -> None:
        self._languages = languages
        self._common = common

    def write(self, page: Page) -> Iterator[tuple[str, bytes]]:
        """(path, bytes) of the page in each language."""
        for language in self._languages:
            path = path_of(page.name, language.code)
            yield path, self._render(page, language, path)

    def _render(self, page: Page, language: Language, path: str) -> bytes:
        here = posixpath.dirname(path)

        def file(target: str) -> str:
            return posixpath.relpath(target, here or ".")

        def link(name: str) -> str:
            return file(path_of(name, language.code))

        others = [
            (other, file(path_of(page.name, other.code)))
            for other in self._languages
            if other.code != language.code
        ]
        text = (
            _environment()
            .get_template(page.template)
            .render(
                {
                    **self._common,
                    **page.told,
                    "_": language.say,
                    "w": language.choose,
                    "link": link,
                    "file": file,
                    "page": page.name,
                    "language": language,
                    "others": others,
                    **(_CHINESE if language.code == "zh" else _ENGLISH),
                }
            )
        )
        return text.encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["grouped"] = grouped
    environment.filters["when"] = lambda time: str(time)[:16].replace("T", " ")
    return environment


def style() -> bytes:
    """The one style sheet."""
    return (TEMPLATES / "style.css").read_bytes()


@cache
def maker(words: str = "") -> str:
    """What makes pages, as one hash: program, templates, and `words`, a hash of the translations."""
    hashed = sha256(f"{__version__}\n{words}\n".encode())
    for pattern in _SOURCES:
        for path in sorted(Path(__file__).parent.glob(pattern)):
            hashed.update(path.name.encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()
