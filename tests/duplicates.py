"""Citations for the tests of duplicates, and what the tables say of them."""

from typing import Any

from reviews.search import services
from reviews.search.models import Join, JoinProposal, Pair, PairDecision, Record, Reference
from tests.world import World

TITLES = (
    "Warm socks for night watchmen on northern lighthouses: a randomised pilot trial",
    "Gas lamps and the price of whale oil in harbour towns: an interrupted time series",
    "Knitting circles against loneliness on remote islands: a cluster randomised trial",
    "Herring broth compared with black tea for the long watch: a crossover study",
    "Foghorns and hearing loss in retired keepers: a cohort of forty years",
    "Letters from home and the sleep of keepers in their first winter: a controlled trial",
)
ABSTRACT = (
    "BACKGROUND: Made up for a test, number {n}. METHODS: Keepers of {n} lighthouses were randomised by lot to one of "
    "two watches. RESULTS: The keepers of group {n} slept a little better than before. CONCLUSION: None is drawn."
)


def trial(n: int, **more: Any) -> dict[str, Any]:
    """A whole citation of invented trial ``n`` (0 to 5), as RIS fields."""
    return {
        "TI": TITLES[n],
        "AU": f"Keeper{chr(65 + n)}, Anna",
        "PY": 2001 + n,
        "T2": "Journal of Made Up Trials",
        "VL": 10 + n,
        "IS": 2,
        "SP": 100 + 10 * n,
        "EP": 109 + 10 * n,
        "DO": f"10.5555/made.{n}",
        "AB": ABSTRACT.format(n=n),
        **more,
    }


def doubtful(n: int) -> dict[str, Any]:
    """The same citation as far as it goes: likely the same document, but a person has to say so."""
    return {"TI": TITLES[n], "AU": f"Keeper{chr(65 + n)}, A.", "PY": 2001 + n}


def ris(*entries: dict[str, Any]) -> bytes:
    rows = []
    for entry in entries:
        rows += ["TY  - JOUR", *(f"{tag}  - {value}" for tag, value in entry.items()), "DB  - Scopus", "ER  - ", ""]
    return "\n".join(rows).encode()


def held(world: World) -> dict[int, list[int]]:
    """Reference number to the primary keys of its records, counted from the review's first; and every invariant."""
    first = Record.objects.filter(review_id=world.review_id).order_by("pk").values_list("pk", flat=True)[0]
    current = Join.objects.filter(superseded_at=None, record__review_id=world.review_id).select_related("reference")
    found: dict[int, list[int]] = {}
    home = {}
    for join in current.order_by("record_id"):
        assert join.reference.merged_into_id is None
        found.setdefault(join.reference.number, []).append(join.record_id - first)
        home[join.record_id] = join.reference_id
    unique = Reference.objects.unique_documents().filter(review_id=world.review_id)
    assert sorted(found) == sorted(unique.values_list("number", flat=True))
    firsts = current.filter(kind="first").values_list("reference_id", flat=True)
    assert sorted(firsts) == sorted(unique.values_list("pk", flat=True)), "one first record each"
    assert not Reference.objects.exclude(merged_into__merged_into=None).exists()
    decided = PairDecision.objects.filter(review_id=world.review_id, superseded_at=None)
    for one, other, verdict in decided.values_list("pair__one_id", "pair__other_id", "verdict"):
        if verdict == "different" and {one, other} <= home.keys():
            assert home[one] != home[other], "declared different, and in one reference"
        if verdict == "joined":
            assert home[one] == home[other], "a join in force between two references"
    assert decided.filter(verdict="joined").count() == len(home) - len(found), "held together by its joins"
    for one in unique.select_related("primary_record"):
        assert home[one.primary_record_id] == one.pk, "the primary record is its own"
        assert all(home[field["record"]] == one.pk for field in one.composed.values()), "shows what is not its own"
    return found


def open_pairs(world: World) -> list[Pair]:
    return list(Pair.objects.filter(review_id=world.review_id, decisions=None).order_by("pk"))


def decide(world: World, pair: Pair, verdict: str, who: str = "ada", confirms: str = "bo") -> PairDecision:
    """What ``who`` says of the pair; where that is a proposal, ``confirms`` says the same."""
    made = services.decide_pair(world.seats[who], pair_id=pair.pk, verdict=verdict)
    if isinstance(made, JoinProposal):
        made = services.decide_pair(world.seats[confirms], pair_id=pair.pk, verdict=verdict)
    assert isinstance(made, PairDecision)
    return made
