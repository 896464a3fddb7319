"""The example's synthetic trial data, read from the file that stands beside this one."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviews.reporting.example import protocol

FILE = Path(__file__).with_name("trial_data.csv")
TIME_POINTS = {("pain", "post"): "pain-post", ("pain", "follow-up"): "pain-follow-up", ("sleep", "post"): "sleep-post"}
DELIVERY = {
    "synchronous_remote": protocol.SYNCHRONOUS,
    "hospital_web_self_administered": protocol.HOSPITAL_WEB,
    "other": protocol.OTHER,
}


@dataclass(frozen=True)
class Line:
    """One study at one time point: (mean, SD, n) as typed, of the iCBT arm and of the control arm."""

    study: str
    time_point: str
    intervention: tuple[str, str, str]
    comparator: tuple[str, str, str]


def rows() -> Iterator[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def lines(study: str) -> list[Line]:
    """The lines of a study, without those that compare iCBT with itself at follow-up (the same numbers)."""
    return [
        Line(
            study=study,
            time_point=TIME_POINTS[row["outcome"], row["timepoint"]],
            intervention=(row["mean1"], row["sd1"], row["n1"]),
            comparator=(row["mean2"], row["sd2"], row["n2"]),
        )
        for row in rows()
        if row["study"] == study and (row["outcome"], row["timepoint"]) in TIME_POINTS
    ]


def levels(study: str) -> dict[str, str]:
    """The study's level of each planned characteristic, by the characteristic's key."""
    row = next(row for row in rows() if row["study"] == study)
    return {
        "insomnia": protocol.INSOMNIA if row["insomnia_diagnosed"] == "yes" else protocol.NOT_DIAGNOSED,
        "age": protocol.ADULTS if row["adult_18plus"] == "yes" else protocol.ALL_AGES,
        "delivery": DELIVERY[row["delivery"]],
    }
