"""What a protocol says, lacks and changes; how its lines keep their keys."""

import itertools
import json
from dataclasses import replace

import pytest

from reviews.protocols import rules
from reviews.protocols.rules import (
    Change,
    ChangeKind,
    Characteristic,
    Content,
    ExtractionRule,
    Outcome,
    Question,
    Reason,
    ScreeningRule,
    TimePoint,
)

POST = TimePoint("post", "Post-treatment")
SLEEP = Outcome("sleep", "Sleep", measure="ISI", time_points=(POST,))
WHOLE = Content(
    title="Guided rest",
    registration="CRD42025634381",
    question=Question("Keepers", "Guided rest"),
    inclusion=("Trials", "Adults"),
    reasons=(Reason("r1", "Wrong population"), Reason("r2", "Wrong outcome")),
    outcomes=(SLEEP,),
    characteristics=(Characteristic("c1", "Insomnia", ("yes", "no")),),
)


def keyed(content: Content, *known: Content) -> Content:
    numbers = itertools.count(1)
    return rules.keyed(content, known, lambda: f"new{next(numbers)}")


def test_content_survives_json() -> None:
    assert rules.content(json.loads(json.dumps(WHOLE.to_dict()))) == WHOLE
    assert rules.content({}) == Content()


@pytest.mark.parametrize("settled_by", rules.SettledBy.values)
def test_a_protocol_from_before_extraction_had_a_rule_reads_as_before(settled_by: str) -> None:
    old = WHOLE.to_dict()
    del old["extraction"]
    old["screening"] = {"votes_needed": 2, "settled_by": settled_by}
    read = rules.content(old)
    assert read.screening == ScreeningRule(2, settled_by)
    assert read.extraction == ExtractionRule(settled_by)


class TestWhatAClientDoesNotKnow:
    DRAFT = replace(
        WHOLE,
        screening=ScreeningRule(2, "lead", lead_settles_own=True, hides_earlier_votes=True),
        extraction=ExtractionRule("discussion", lead_settles_own=True),
    )
    OLD = {"title": "Rest", "screening": {"votes_needed": 1, "settled_by": "adjudicator"}}

    def test_stays_as_the_draft_has_it(self) -> None:
        read = rules.content(rules.completed(self.OLD, self.DRAFT))
        assert read.screening == ScreeningRule(1, "adjudicator", lead_settles_own=True, hides_earlier_votes=True)
        assert read.extraction == self.DRAFT.extraction

    def test_has_its_default_without_a_draft(self) -> None:
        read = rules.content(rules.completed(self.OLD, None))
        assert (read.screening, read.extraction) == (ScreeningRule(1, "adjudicator"), ExtractionRule("adjudicator"))

    def test_is_completed_field_by_field(self) -> None:
        read = rules.content(rules.completed({**self.OLD, "extraction": {"settled_by": "lead"}}, self.DRAFT))
        assert read.extraction == ExtractionRule("lead", lead_settles_own=True)


def test_nothing_is_missing_from_a_whole_protocol() -> None:
    assert rules.missing(WHOLE) == {}
    assert not any(check.problem for check in rules.checklist(WHOLE))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": " "}),
        ("question", {"question": Question(population="Keepers")}),
        ("inclusion", {"inclusion": ()}),
        ("reasons", {"reasons": ()}),
        ("reasons", {"reasons": (Reason("a", "Wrong design"), Reason("b", "wrong design"))}),
        ("outcomes", {"outcomes": ()}),
        ("outcomes", {"outcomes": (replace(SLEEP, time_points=()),)}),
        ("outcomes", {"outcomes": (replace(SLEEP, time_points=(POST, TimePoint("x", "post-treatment"))),)}),
        ("characteristics", {"characteristics": (Characteristic("c", "Age", ("adult",)),)}),
        ("registration", {"registration": "CRD12"}),
    ],
)
def test_what_is_missing_is_named(field: str, change: dict[str, object]) -> None:
    content = replace(WHOLE, **change)
    assert list(rules.missing(content)) == [field]
    assert [check.problem for check in rules.checklist(content) if check.problem] == [rules.missing(content)[field]]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": "x" * 301}),
        ("reasons", {"reasons": (Reason("a", "x" * 201),)}),
        ("reasons", {"reasons": (Reason("a", "One"), Reason("a", "Two"))}),
        ("outcomes", {"outcomes": (replace(SLEEP, direction="sideways"),)}),
        ("outcomes", {"outcomes": (SLEEP, Outcome("pain", "Pain", time_points=(POST,)))}),
        ("votes_needed", {"screening": ScreeningRule(votes_needed=3)}),
        ("settled_by", {"screening": ScreeningRule(settled_by="chance")}),
        ("extraction_settled_by", {"extraction": ExtractionRule(settled_by="chance")}),
        ("lead_settles_own", {"screening": ScreeningRule(lead_settles_own="yes")}),
        ("hides_earlier_votes", {"screening": ScreeningRule(hides_earlier_votes=None)}),
        ("extraction_lead_settles_own", {"extraction": ExtractionRule(lead_settles_own=1)}),
    ],
)
def test_not_even_a_draft_may_hold_it(field: str, change: dict[str, object]) -> None:
    assert list(rules.problems(replace(WHOLE, **change))) == [field]


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("", True),
        ("CRD42025634381", True),
        ("crd42025634381", True),
        ("CRD42018112", True),
        ("CRD 42025634381", False),
        ("CRD4202", False),
        ("CRD42025٣٣٤٣٨", False),
        ("osf.io/abc12", True),
    ],
)
def test_registration_numbers(number: str, is_valid: bool) -> None:
    assert rules.is_registration_number(number) is is_valid


def test_tidying_drops_stray_spaces_empty_lines_and_nameless_rows() -> None:
    rough = replace(
        WHOLE,
        title="  Guided   rest ",
        inclusion=("Trials ", "", "Trials", " Adults"),
        reasons=(*WHOLE.reasons, Reason("", "  ")),
        outcomes=(replace(SLEEP, time_points=(TimePoint("post", " Post-treatment"), TimePoint("", " "))),),
    )
    assert rules.tidy(rough) == WHOLE


class TestKeys:
    def test_new_lines_get_new_keys_and_known_ones_keep_theirs(self) -> None:
        bare = replace(
            WHOLE,
            reasons=(Reason("", "Brand new"), Reason("", "wrong  Population")),
            outcomes=(replace(SLEEP, time_points=(TimePoint("", "post treatment"), TimePoint("", "Late"))),),
        )
        found = keyed(bare, WHOLE)
        assert [reason.key for reason in found.reasons] == ["new1", "r1"]
        assert [point.key for point in found.outcomes[0].time_points] == ["post", "new2"]

    def test_the_newest_text_decides(self) -> None:
        older = replace(WHOLE, reasons=(Reason("old", "Wrong population"),))
        found = keyed(replace(WHOLE, reasons=(Reason("", "Wrong population"),)), WHOLE, older)
        assert found.reasons[0].key == "r1"

    def test_a_key_is_never_given_twice(self) -> None:
        twice = replace(WHOLE, reasons=(Reason("r1", "Renamed"), Reason("", "Wrong population")))
        assert [reason.key for reason in keyed(twice, WHOLE).reasons] == ["r1", "new1"]

    def test_time_points_of_two_outcomes_are_two(self) -> None:
        pain = Outcome("", "Pain", time_points=(TimePoint("", "Post-treatment"),))
        found = keyed(replace(WHOLE, outcomes=(SLEEP, pain)), WHOLE)
        keys = [point.key for outcome in found.outcomes for point in outcome.time_points]
        assert len(set(keys)) == 2
        assert rules.problems(found) == {}


class TestChanges:
    def test_none_between_equals(self) -> None:
        assert rules.changes(WHOLE, WHOLE) == ()

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"title": "Rest"}, Change("Title", ChangeKind.CHANGED, "Guided rest", "Rest")),
            ({"registration": ""}, Change("Registration number", ChangeKind.REMOVED, "CRD42025634381", "")),
            ({"databases": ("PubMed",)}, Change("Databases", ChangeKind.ADDED, "", "PubMed")),
            (
                {"reasons": (Reason("r1", "Wrong people"), Reason("r2", "Wrong outcome"))},
                Change("Exclusion reasons", ChangeKind.CHANGED, "Wrong population", "Wrong people"),
            ),
            (
                {"reasons": WHOLE.reasons[::-1]},
                Change(
                    "Exclusion reasons",
                    ChangeKind.REORDERED,
                    "Wrong population › Wrong outcome",
                    "Wrong outcome › Wrong population",
                ),
            ),
            (
                {"screening": ScreeningRule(votes_needed=1)},
                Change("Votes for each reference", ChangeKind.CHANGED, "2", "1"),
            ),
            (
                {"screening": ScreeningRule(settled_by="lead")},
                Change("Conflicts are settled by", ChangeKind.CHANGED, "An adjudicator", "The lead"),
            ),
            (
                {"screening": ScreeningRule(settled_by="adjudicator", lead_settles_own=True)},
                Change("The lead settles conflicts over the lead's own votes", ChangeKind.CHANGED, "No", "Yes"),
            ),
            (
                {"screening": ScreeningRule(hides_earlier_votes=True)},
                Change("Votes by title and abstract are hidden at full text", ChangeKind.CHANGED, "No", "Yes"),
            ),
            (
                {"extraction": ExtractionRule(settled_by="discussion")},
                Change(
                    "The consensus is made by",
                    ChangeKind.CHANGED,
                    "An adjudicator",
                    "The people who differ, by discussion",
                ),
            ),
            (
                {"extraction": ExtractionRule(lead_settles_own=True)},
                Change("The lead makes the consensus of the lead's own entries", ChangeKind.CHANGED, "No", "Yes"),
            ),
            (
                {"characteristics": ()},
                Change("Planned subgroups", ChangeKind.REMOVED, "Insomnia (yes, no)", ""),
            ),
        ],
    )
    def test_each_kind_of_change_in_plain_words(self, change: dict[str, object], expected: Change) -> None:
        assert rules.changes(WHOLE, replace(WHOLE, **change)) == (expected,)

    def test_a_new_time_point_shows_in_its_outcome(self) -> None:
        later = replace(SLEEP, time_points=(POST, TimePoint("late", "Follow-up")))
        (found,) = rules.changes(WHOLE, replace(WHOLE, outcomes=(later,)))
        assert found.after.endswith("at Post-treatment, Follow-up")
        assert "lower is better" in found.after
