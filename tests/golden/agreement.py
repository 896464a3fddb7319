"""The page docs/agreement.md: how far the engine agrees with R, module by module, each exception with its reason."""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.golden import collection, registry, reporting

PAGE = collection.HERE.parents[1] / "docs" / "agreement.md"
EXAMPLES = 3

HEAD = """# Agreement with R

Written by `python -m tests.golden --write` from a collection of numbers that R (metafor, meta) and RevMan computed over
real and constructed data sets ({files} files, digest {digest}). It was made
with {made}. A test writes it again and fails when it is stale.

A case is one call of R. It agrees when every number that it returned is the engine's within the tolerance asked for
that kind of number; the column "largest" is the power of ten above the largest relative difference among them.

| module | cases | agree | largest | tolerance |
|---|---|---|---|---|
"""


def page() -> str:
    """The page's text, of the collection as it is now."""
    return _page(list(reporting.reports([])))


def empty_page() -> str:
    """The page without a module: what does not depend on any number."""
    return _page([])


def _page(reports: list[reporting.ModuleReport]) -> str:
    lines = [
        HEAD.format(files=len(_files()), digest=digest(), made="; and with ".join(collection.generators()))
        + "\n".join(map(_row, reports))
    ]
    total, agreeing = sum(len(one.held) for one in reports), sum(one.agreeing for one in reports)
    lines.append(f"\nTogether {agreeing:,} of {total:,} cases agree ({_share(agreeing, total)}).\n")
    aside, compared = sum(one.set_aside for one in reports), sum(one.numbers for one in reports)
    lines.append(
        f"Together {compared:,} numbers were compared and {aside:,} set aside ({_share(aside, aside + compared)}): the "
        "sections below say which and why.\n"
    )
    lines += ["## What is set aside, in numbers", "", *_set_aside(reports), ""]
    lines += ["## What differs, and why", "", *_apart(reports), ""]
    lines += ["## Where R's number is not the target", "", *_better(reports), ""]
    lines += ["## Numbers that are not compared", "", *_ignored(reports), ""]
    lines += ["## Calls that R answered with an error", "", *_errors(reports), ""]
    lines += ["## Left for later", "", *_later(), ""]
    return "\n".join(lines)


def lines_of(report: reporting.ModuleReport) -> set[str]:
    """Every line of the page that speaks of one module, the largest difference masked."""
    reports = [report]
    found = [_row(report), *_apart(reports), *_better(reports), *_ignored(reports), *_errors(reports)]
    found += _set_aside(reports)
    return {without_largest(line) for line in found}


def written_lines(text: str, name: str) -> set[str]:
    """The lines of a page that speak of one module, masked likewise."""
    starts = (f"| `{name}` ", f"- `{name}`")
    return {without_largest(line) for line in text.split("\n") if line.startswith(starts)}


def frame(text: str) -> list[str]:
    """What is left of a page without the lines on modules and the total."""
    return [line for line in text.split("\n") if line and not line.startswith(("| `", "- `", "Together "))]


def digest() -> str:
    """What identifies the collection: the first digits of a SHA-256 over its files' contents."""
    summing = hashlib.sha256()
    for path in _files():
        summing.update(path.name.encode())
        summing.update(path.read_bytes())
    return summing.hexdigest()[:12]


def without_largest(text: str) -> str:
    """The page without what another processor's last digits may move: the largest differences and counts of reasons."""
    masked = re.sub(r"(?m)^(\| `\w+` \| [\d,]+ \| [\d,]+ \|) [^|]+ \|", r"\1 … |", text)
    masked = re.sub(r"(?m)^(- `\w+`): [\d,]+ of [\d,]+ numbers .*$", r"\1: … numbers", masked)
    return re.sub(r"(?m)^(- `\w+`), \d+ cases?:", r"\1, … cases:", masked)


def stated_largest(text: str) -> dict[str, float]:
    """Module to the largest difference that the page states."""
    found = re.findall(r"\n\| `(\w+)` \| [\d,]+ \| [\d,]+ \| (\S+) \|", text)
    return {name: float(value) for name, value in found}


def _files() -> list[Path]:
    return sorted(collection.FOLDER.glob("*.json.gz"))


def _row(report: reporting.ModuleReport) -> str:
    _, rules = registry.module(report.name)
    return (
        f"| `{report.name}` | {len(report.held):,} | {report.agreeing:,} | {power(report.largest)} | "
        f"{rules.tolerance:.0e} |"
    )


def power(value: float) -> str:
    """The power of ten at or above a positive number, "0" for none."""
    return f"1e{math.ceil(math.log10(value)):d}" if value > 0 else "0"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"


def _apart(reports: list[reporting.ModuleReport]) -> list[str]:
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for report in reports:
        for one in report.apart:
            paths = sorted({re.sub(r"\.\d+", "", difference.path) for difference in one.differences})
            why = one.reason or f"differs in {', '.join(paths)}" * bool(paths)
            missing = sorted({re.sub(r"\.\d+", "", path) for path in one.missing})
            why = why or f"not computed: {', '.join(missing)}"
            grouped[report.name, why].append(one.case.id)
    return [f"- `{name}`, {_cases(ids)}: {why} ({_examples(ids)})" for (name, why), ids in sorted(grouped.items())]


def _examples(ids: list[str]) -> str:
    more = len(ids) - EXAMPLES
    return ", ".join(f"`{name}`" for name in sorted(ids)[:EXAMPLES]) + (f" and {more} more" if more > 0 else "")


def _cases(ids: list[str]) -> str:
    return "1 case" if len(ids) == 1 else f"{len(ids)} cases"


def _better(reports: list[reporting.ModuleReport]) -> list[str]:
    return [
        f"- `{report.name}`, {count} case{'s' * (count != 1)}: {reason}"
        for report in reports
        for reason, count in sorted(report.better.items())
    ]


def _set_aside(reports: list[reporting.ModuleReport]) -> list[str]:
    return [
        f"- `{report.name}`: {report.set_aside:,} of {report.set_aside + report.numbers:,} numbers "
        f"({_share(report.set_aside, report.set_aside + report.numbers)})"
        for report in reports
        if report.set_aside
    ]


def _ignored(reports: list[reporting.ModuleReport]) -> Iterator[str]:
    for report in reports:
        _, rules = registry.module(report.name)
        for name, reason in sorted(rules.ignored.items()):
            yield f"- `{report.name}`, `{name}`: {reason}"


def _errors(reports: list[reporting.ModuleReport]) -> Iterator[str]:
    for report in reports:
        failed = [one for one in report.comparisons if one.case.has_failed_in_r]
        if failed:
            refused = sum(bool(one.reason) for one in failed)
            yield f"- `{report.name}`: {len(failed)}; the engine answers {len(failed) - refused}, refuses {refused}."


def _later() -> Iterator[str]:
    counts: Counter[str] = Counter()
    for case in collection.cases():
        if why := registry.later(case.module):
            counts[why] += 1
    for why, count in sorted(counts.items()):
        yield f"- {why}: {count} cases"
