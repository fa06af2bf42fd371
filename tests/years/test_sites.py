"""The public sites of the offices' years: they verify, hold together, and say only what the public knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ledger.sites import broken_links, contents, faults, rendered
from tests.years.conftest import Played
from tests.years.office_year import OfficeYear
from tests.years.test_s0 import Pingluo
from tests.years.test_s1 import Yangcheng
from tests.years.test_s2 import Ningan
from tests.years.test_s3 import Naiman
from tests.years.test_s4 import Ningjin
from verifier.bundle import open_bundle
from verifier.replay import replay_bundle
from verifier.report import Anchors

YEARS = [
    Pingluo,
    *(pytest.param(kind, marks=pytest.mark.slow) for kind in (Yangcheng, Ningan, Naiman, Ningjin)),
]


@pytest.fixture(params=YEARS, ids=["S0", "S1", "S2", "S3", "S4"])
def year(request: pytest.FixtureRequest, played: Played) -> OfficeYear:
    made: OfficeYear = played(request.param)
    return made


def test_the_site_of_a_year_verifies_and_says_what_its_bundle_does(year: OfficeYear, tmp_path: Path) -> None:
    target = tmp_path / "公示网站"
    year.does("site", "build", target)
    assert faults(target) == []
    assert broken_links(target) == []
    with open_bundle(target) as bundle:
        _, known = replay_bundle(bundle, Anchors(), workers=1)
    shown = contents(target)
    for path, content in rendered(known).items():
        assert shown[path] == content, path
