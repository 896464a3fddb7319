"""Stable keys: how a line of the protocol stays the same line through amendments."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from reviews.protocols.rules.shape import Content, Outcome, TimePoint

MakeKey = Callable[[], str]


def fold(name: str) -> str:
    """What two spellings of one name share: “Post-treatment” and “post treatment” are the same."""
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name.casefold()


def keyed(content: Content, known: Sequence[Content], make_key: MakeKey) -> Content:
    """Give every line without a key the key it had in ``known`` (newest first), or a new one.

    A line is found again by its name; a time point within its outcome. So a line that was dropped and comes
    back is the line it was, and what was extracted for it is there again.
    """
    reasons = _Keys(make_key, [r.key for r in content.reasons])
    reasons.learn((r.text, r.key) for c in known for r in c.reasons)
    outcomes = _Keys(make_key, [o.key for o in content.outcomes])
    outcomes.learn((o.name, o.key) for c in known for o in c.outcomes)
    traits = _Keys(make_key, [c.key for c in content.characteristics])
    traits.learn((item.name, item.key) for c in known for item in c.characteristics)
    with_keys = [replace(o, key=outcomes.give(o.key, o.name)) for o in content.outcomes]
    return replace(
        content,
        reasons=tuple(replace(r, key=reasons.give(r.key, r.text)) for r in content.reasons),
        outcomes=_with_points(with_keys, known, make_key),
        characteristics=tuple(replace(c, key=traits.give(c.key, c.name)) for c in content.characteristics),
    )


def _with_points(outcomes: Sequence[Outcome], known: Sequence[Content], make_key: MakeKey) -> tuple[Outcome, ...]:
    taken = [point.key for outcome in outcomes for point in outcome.time_points]
    found = []
    for outcome in outcomes:
        points = _Keys(make_key, taken)
        points.learn((p.name, p.key) for c in known for o in c.outcomes if o.key == outcome.key for p in o.time_points)
        keyed_points = tuple(TimePoint(points.give(p.key, p.name), p.name) for p in outcome.time_points)
        found.append(replace(outcome, time_points=keyed_points))
    return tuple(found)


class _Keys:
    def __init__(self, make_key: MakeKey, taken: Sequence[str]) -> None:
        self.make_key = make_key
        self.taken = {key for key in taken if key}
        self.known: dict[str, str] = {}

    def learn(self, pairs: Iterable[tuple[str, str]]) -> None:
        for name, key in pairs:
            self.known.setdefault(fold(name), key)

    def give(self, key: str, name: str) -> str:
        if key:
            return key
        found = self.known.get(fold(name), "")
        if not found or found in self.taken:
            found = self.make_key()
        self.taken.add(found)
        return found
