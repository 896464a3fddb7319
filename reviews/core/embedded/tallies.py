"""Counts tests by kind from pytest's JUnit files."""

import collections
import dataclasses
import pathlib
import xml.etree.ElementTree as ElementTree

KINDS = ("unit", "golden", "architecture", "db", "web", "e2e", "runtime")


@dataclasses.dataclass
class Tally:
    """How many tests of one kind ended how; an error in a fixture counts as a failure."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclasses.dataclass(frozen=True)
class Report:
    """`skips` maps a reason to the tests that gave it."""

    by_kind: dict[str, Tally]
    skips: dict[str, list[str]]

    @property
    def total(self) -> Tally:
        tallies = self.by_kind.values()
        return Tally(
            sum(tally.passed for tally in tallies),
            sum(tally.failed for tally in tallies),
            sum(tally.skipped for tally in tallies),
        )


def read(files: list[pathlib.Path]) -> Report:
    """Add up the files that exist; the kind is the folder of `tests` that the test is in."""
    by_kind: dict[str, Tally] = {kind: Tally() for kind in KINDS}
    skips: dict[str, list[str]] = collections.defaultdict(list)
    for file in files:
        if file.exists():
            # One test may have two entries: it passed, and its clean-up failed.
            for name, cases in _by_name(file).items():
                tally = by_kind.setdefault(_kind(name), Tally())
                reasons = [skip.get("message", "") for case in cases for skip in case.findall("skipped")]
                if any(case.find("failure") is not None or case.find("error") is not None for case in cases):
                    tally.failed += 1
                elif reasons:
                    tally.skipped += 1
                    skips[reasons[0]].append(name)
                else:
                    tally.passed += 1
    return Report(by_kind, dict(skips))


def _by_name(file: pathlib.Path) -> dict[str, list[ElementTree.Element]]:
    cases: dict[str, list[ElementTree.Element]] = collections.defaultdict(list)
    for case in ElementTree.parse(file).iter("testcase"):
        cases[f"{case.get('classname', '')}.{case.get('name', '')}"].append(case)
    return cases


def _kind(name: str) -> str:
    parts = name.lstrip(".").split(".")
    return parts[1] if parts[0] == "tests" and len(parts) > 1 else "other"
