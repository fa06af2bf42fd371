"""The years of the five offices as green examples: each rule that names one was asked there and passed."""

from __future__ import annotations

import pytest

from tests.forgeries.honest import GREEN
from tests.verifier.test_forgeries import not_green
from tests.years.conftest import Played
from tests.years.office_year import OfficeYear
from tests.years.test_s0 import Pingluo
from tests.years.test_s1 import Yangcheng
from tests.years.test_s2 import Ningan
from tests.years.test_s3 import Naiman
from tests.years.test_s4 import Ningjin

YEARS: dict[str, type[OfficeYear]] = {
    "s0": Pingluo,
    "s1": Yangcheng,
    "s2": Ningan,
    "s3": Naiman,
    "s4": Ningjin,
}


@pytest.mark.parametrize("name", YEARS)
def test_a_year_asks_its_rules_and_passes_them(name: str, played: Played) -> None:
    year = played(YEARS[name])
    wanted = [rule for rule, used in GREEN.items() if used == name]
    assert wanted
    assert not_green(year.verified(inspector=True), wanted) == []
