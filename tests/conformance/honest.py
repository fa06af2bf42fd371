"""Bundles in which nothing is wrong: what refuses one of them is too strict."""

from __future__ import annotations

from collections.abc import Callable

from tests.bundles import read_files
from tests.conformance.case import Case, Cases, Made, Workshop
from tests.forgeries.plans import policy
from tests.forgery import Forger, Stories, Story
from verifier.merkle import leaf_hash

HONEST = Cases("honest")
PASS = {"verdict": "pass"}

STORIES: dict[str, tuple[str, Callable[[Stories], Story]]] = {
    "year": ("plays a year: lists, plan, task, draw, visits, results", lambda s: s.year()),
    "drawn": ("draws and has not inspected yet", lambda s: s.drawn()),
    "public-value": ("draws with balls as public value", lambda s: s.drawn("balls", public="balls:6")),
    "sealed": ("keeps a draw sealed", lambda s: s.sealed_year()),
    "unsealed": ("unseals a draw after a replacement", lambda s: s.unsealed_year()),
    "corrected": ("corrects, voids, excludes and notes an absence on the way", lambda s: s.corrected()),
    "exhausted": ("uses up the replacements of a team", lambda s: s.exhausted()),
    "filled": ("fills a seat by a further draw", lambda s: s.filled()),
    "careful": ("asks for forms, notices, results by department and reviews", lambda s: s.careful()),
    "cosigned-freeze": (
        "has the frozen question cosigned before the first commitment",
        lambda s: s.cosigned(),
    ),
}


def _story(tell: Callable[[Stories], Story]) -> Callable[[Workshop], bytes]:
    return lambda shop: shop.pack(shop.bundle(tell(shop.stories).whole().raw))


for _name, (_deed, _tell) in STORIES.items():
    HONEST.add(_name, "office", _deed, _story(_tell), **PASS)

HONEST.add("two-draws", "office", "hands out two draws with their folders", lambda s: s.pack(s.files), **PASS)
HONEST.add("inspector", "office", "adds the openings for inspectors", lambda s: s.pack(s.inspector), **PASS)
HONEST.add("founded", "office", "has done nothing but to found its ledger", lambda s: first(s, 5), **PASS)


def first(shop: Workshop, count: int) -> bytes:
    """The first entries of the year."""
    return shop.pack(shop.bundle(shop.year.entries()[:count]))


def long_chain(shop: Workshop, size: int) -> Forger:
    """The year with so many entries that a second tile begins."""
    chain = shop.whole()
    while len(chain.raw) < size:
        data = {"name": f"照片{len(chain.raw)}", "file": bytes(32), "size": len(chain.raw)}
        chain.append(shop.year.office.clerk, "attached", data, "attachments")
    return chain


def thresholds(shop: Workshop, *doubts: list[object]) -> bytes:
    """The year and then a policy that sets thresholds of the audit."""
    story = shop.stories.year()
    chain = story.whole()
    policy(chain, story, doubts=list(doubts))
    return shop.pack(shop.bundle(chain.raw))


HONEST.add(
    "thresholds",
    "office",
    "sets thresholds of detectors in its policy",
    lambda s: thresholds(s, ["lists.before-freeze.days", 14], ["result.night.from", 0]),
    **PASS,
)

for _size in (255, 256, 257, 300, 513):
    HONEST.add(
        f"entries-{_size}",
        "office",
        f"has a log of {_size} entries",
        lambda s, n=_size: s.pack(s.with_draws(long_chain(s, n).raw)),
        **PASS,
    )


@HONEST.case("without-draw-folder", "office", "leaves out the folder of a draw", **PASS)
def _(shop: Workshop) -> bytes:
    return shop.altered({path: None for path in shop.files if path.startswith("draws/d1/")})


@HONEST.case("without-page", "office", "leaves out page and instructions", **PASS)
def _(shop: Workshop) -> bytes:
    return shop.altered({"verify.html": None, "README.txt": None})


@HONEST.case("site", "office", "packs its whole site, pages and earlier partial tiles included", **PASS)
def _(shop: Workshop) -> bytes:
    files = shop.files
    earlier = {
        "tile/0/000.p/7": files["tile/0/000.p/49"][: 7 * 32],
        "tile/entries/000.p/1": _one(files["tile/entries/000.p/49"]),
    }
    site = {"index.html": b"<p>site</p>", "pages/d1.html": b"", "receipts/r.txt": b"x"}
    return shop.altered({**earlier, **site})


def _one(bundle: bytes) -> bytes:
    return bundle[: 2 + int.from_bytes(bundle[:2], "big")]


@HONEST.case("erased", "office", "gives inspectors what is left after an erasure", **PASS)
def _(shop: Workshop) -> bytes:
    return shop.pack(read_files(shop.stories.erased().after))


@HONEST.case(
    "no-openings",
    "office",
    "gives inspectors an empty list of openings",
    must={"private.kept": "warn"},
    **PASS,
)
def _(shop: Workshop) -> bytes:
    return shop.altered({"private/openings.msgpack": b"\x90"}, base="inspector")


@HONEST.case("head-on-paper", "reader", "compares with a head printed on a form", **PASS)
def _(shop: Workshop) -> Made:
    head = shop.head(shop.year.entries()[:20])
    return Made(shop.pack(shop.files), ("--head", f"{head.size}:{head.root.hex()}"))


@HONEST.case("id-on-paper", "reader", "compares with the ledger id printed on a form", **PASS)
def _(shop: Workshop) -> Made:
    return Made(shop.pack(shop.files), ("--id", leaf_hash(shop.year.entries()[0]).hex()))


CASES: list[Case] = HONEST.all
