"""How the report cites the references behind a study."""

from typing import Any

import pytest

from reviews.reporting import contents
from reviews.search.models import Reference
from tests import world as worlds
from tests.duplicates import ris, trial
from tests.world import World

CHINESE = {"TI": "Tea for keepers", "TT": "看守人与茶", "AU": "王守灯", "T2": "灯塔医学杂志", "PY": 2015}
LINK = "https://example.org/detail?id=7"


@pytest.mark.parametrize(
    ("fields", "cited"),
    [
        (
            trial(2),
            "KeeperC, Anna (2003). Knitting circles against loneliness on remote islands: a cluster randomised trial. "
            "Journal of Made Up Trials 12(2): 120-129. doi:10.5555/made.2.",
        ),
        (
            {**CHINESE, "VL": 12, "SP": "45", "EP": "52", "UR": LINK},
            f"王守灯 (2015). Tea for keepers [看守人与茶]. 灯塔医学杂志 12: 45-52. {LINK}.",
        ),
        (
            {**CHINESE, "IS": 3, "UR": "javascript:alert(1)"},
            "王守灯 (2015). Tea for keepers [看守人与茶]. 灯塔医学杂志 (3).",
        ),
    ],
)
def test_volume_issue_pages_both_titles_and_where_to_find_it(world: World, fields: dict[str, Any], cited: str) -> None:
    worlds.upload(world, ris(fields), "made.ris")
    reference = Reference.objects.unique_documents().get()
    part = contents.StudyPart(study=None, reports=(reference,), arms=(), comparison=None, level_cells=())
    assert part.citations == (cited,)
