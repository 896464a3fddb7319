"""What a draft may hold, and what it lacks to be approved. Every problem is a sentence under its field's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviews.protocols.rules.shape import (
    Characteristic,
    Content,
    Direction,
    Outcome,
    OutcomeType,
    Question,
    Reason,
    SettledBy,
    TimePoint,
)

TEXT_MAX, NAME_MAX, MEASURE_MAX, POINT_MAX, LEVEL_MAX, KEY_MAX = 200, 200, 100, 100, 120, 40
VOTES_ALLOWED = (1, 2)


def _line(text: str) -> str:
    return " ".join(text.split())


def _prose(text: str) -> str:
    """One kind of line break: a browser sends another one than a program does."""
    return "\n".join(text.strip().splitlines())


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in map(_line, texts) if line))


def tidy(content: Content) -> Content:
    """The same content without stray spaces, empty lines, repeated lines and rows that have no name."""
    question = content.question
    return replace(
        content,
        title=_line(content.title),
        registration=_line(content.registration),
        question=Question(
            _prose(question.population),
            _prose(question.intervention),
            _prose(question.comparator),
            _prose(question.outcomes),
        ),
        inclusion=_lines(content.inclusion),
        exclusion=_lines(content.exclusion),
        databases=_lines(content.databases),
        reasons=tuple(Reason(r.key, _line(r.text)) for r in content.reasons if _line(r.text)),
        outcomes=tuple(_tidy_outcome(outcome) for outcome in content.outcomes if _line(outcome.name)),
        characteristics=tuple(
            Characteristic(c.key, _line(c.name), _lines(c.levels)) for c in content.characteristics if _line(c.name)
        ),
    )


def _tidy_outcome(outcome: Outcome) -> Outcome:
    points = tuple(TimePoint(p.key, _line(p.name)) for p in outcome.time_points if _line(p.name))
    return replace(outcome, name=_line(outcome.name), measure=_line(outcome.measure), time_points=points)


def problems(content: Content) -> dict[str, str]:
    """What not even a draft may hold: field -> sentence."""
    found: dict[str, str] = {}
    found.update(_too_long("title", [content.title], 300))
    if not is_registration_number(content.registration):
        found["registration"] = (
            f"“{content.registration}” is no PROSPERO number. Write CRD and the digits after it, like CRD42025634381."
        )
    found.update(_too_long("registration", [content.registration], 100))
    found.update(_too_long("reasons", [reason.text for reason in content.reasons], TEXT_MAX))
    found.update(_outcome_problems(content.outcomes))
    found.update(_too_long("characteristics", [item.name for item in content.characteristics], NAME_MAX))
    levels = [level for item in content.characteristics for level in item.levels]
    found.update(_too_long("characteristics", levels, LEVEL_MAX))
    if content.screening.votes_needed not in VOTES_ALLOWED:
        found["votes_needed"] = "A reference needs 1 or 2 votes."
    found.update(_settling_problems(content))
    found.update(_key_problems(content))
    return found


def _settling_problems(content: Content) -> dict[str, str]:
    screening, extraction = content.screening, content.extraction
    found: dict[str, str] = {}
    if screening.settled_by not in SettledBy.values:
        found["settled_by"] = "Conflicts are settled by an adjudicator, by the lead or by discussion."
    if extraction.settled_by not in SettledBy.values:
        found["extraction_settled_by"] = "The consensus is made by an adjudicator, by the lead or by discussion."
    answers = {
        "lead_settles_own": screening.lead_settles_own,
        "hides_earlier_votes": screening.hides_earlier_votes,
        "extraction_lead_settles_own": extraction.lead_settles_own,
    }
    found.update({name: "Answer yes or no." for name, answer in answers.items() if not isinstance(answer, bool)})
    return found


def moved(content: Content, homes: Mapping[str, str]) -> dict[str, str]:
    """A time point stays with its outcome: values that were extracted for it would change their meaning.

    ``homes`` maps the keys of time points that were once in force to their outcomes' keys.
    """
    for outcome in content.outcomes:
        for point in outcome.time_points:
            if homes.get(point.key, outcome.key) != outcome.key:
                text = f"“{point.name}” belongs to another outcome. Add it to “{outcome.name}” as a new one."
                return {"outcomes": text}
    return {}


def _outcome_problems(outcomes: Sequence[Outcome]) -> dict[str, str]:
    found = _too_long("outcomes", [outcome.name for outcome in outcomes], NAME_MAX)
    found.update(_too_long("outcomes", [outcome.measure for outcome in outcomes], MEASURE_MAX))
    found.update(_too_long("outcomes", [p.name for outcome in outcomes for p in outcome.time_points], POINT_MAX))
    for outcome in outcomes:
        if outcome.type not in OutcomeType.values:
            found["outcomes"] = f"“{outcome.name}”: choose one of the known types of outcome."
        if outcome.direction not in Direction.values:
            found["outcomes"] = f"“{outcome.name}”: say whether lower or higher is better."
    return found


def _key_problems(content: Content) -> dict[str, str]:
    keys = {
        "reasons": [reason.key for reason in content.reasons],
        "outcomes": [outcome.key for outcome in content.outcomes],
        "characteristics": [item.key for item in content.characteristics],
    }
    points = [point.key for outcome in content.outcomes for point in outcome.time_points]
    found: dict[str, str] = {}
    for name, group in (*keys.items(), ("outcomes", points)):
        given = [key for key in group if key]
        if len(set(given)) < len(given) or any(len(key) > KEY_MAX for key in given):
            found[name] = "Two rows carry the same key. Load the page again and repeat the change."
    return found


def _too_long(name: str, texts: Sequence[str], limit: int) -> dict[str, str]:
    for text in texts:
        if len(text) > limit:
            return {name: f"“{text[:40]}…” has {len(text)} characters; at most {limit} are allowed."}
    return {}


def missing(content: Content) -> dict[str, str]:
    """What keeps a protocol from being approved: field -> sentence."""
    found: dict[str, str] = {}
    if not content.title.strip():
        found["title"] = "Write the title of the review."
    if not content.question.population.strip() or not content.question.intervention.strip():
        found["question"] = "Say at least who the population is and what the intervention is."
    if not content.inclusion:
        found["inclusion"] = "Write at least one inclusion criterion."
    if not content.reasons:
        found["reasons"] = "Write at least one reason to exclude at full text."
    if not content.outcomes:
        found["outcomes"] = "Plan at least one outcome."
    found.update(_doubled("reasons", [reason.text for reason in content.reasons]))
    found.update(_doubled("outcomes", [outcome.name for outcome in content.outcomes]))
    for outcome in content.outcomes:
        if not outcome.time_points:
            found["outcomes"] = f"Plan at least one time point for “{outcome.name}”."
        found.update(_doubled("outcomes", [point.name for point in outcome.time_points]))
    found.update(_doubled("characteristics", [item.name for item in content.characteristics]))
    for item in content.characteristics:
        if len(item.levels) < 2:
            found["characteristics"] = f"Write at least two levels for “{item.name}”."
        found.update(_doubled("characteristics", item.levels))
    found.update(problems(content))
    return found


@dataclass(frozen=True)
class Check:
    """One line of the list before approval: a tick, unless a ``problem`` forbids approval or a ``warning`` does not."""

    label: str
    problem: str
    warning: str = ""


CHECKED = {
    "title": "Title",
    "registration": "Registration number",
    "question": "Question",
    "inclusion": "Inclusion criteria",
    "reasons": "Exclusion reasons",
    "outcomes": "Planned outcomes and their time points",
    "characteristics": "Planned subgroups",
    "votes_needed": "Votes for each reference",
    "settled_by": "Who settles conflicts",
    "extractors": "Two people who extract",
    "extraction_settled_by": "Who makes the consensus",
    "approval": "Somebody who approves the protocol",
}


def checklist(content: Content, warnings: Mapping[str, str] | None = None) -> tuple[Check, ...]:
    """Everything approval looks at, in the order of the page; ``warnings`` are those of :func:`staffing.warnings`."""
    found, warned = missing(content), warnings or {}
    return tuple(Check(label, found.get(name, ""), warned.get(name, "")) for name, label in CHECKED.items())


def _doubled(name: str, texts: Sequence[str]) -> dict[str, str]:
    seen: set[str] = set()
    for text in texts:
        if text.casefold() in seen:
            return {name: f"“{text}” is there twice; keep one."}
        seen.add(text.casefold())
    return {}


def is_registration_number(text: str) -> bool:
    """PROSPERO numbers read CRD and 11 digits (older ones shorter); other registers are taken as they are."""
    if not text.upper().startswith("CRD"):
        return True
    digits = text[3:]
    return digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 12
