"""The table: job, ours, R, how many times faster, other packages, goal."""

from collections.abc import Iterator

from tests.bench.engine import in_r, jobs, peers, timing

WIDTHS = (52, 10, 10, 10, 10, 11, 10)
HEADER = ("job", "ours", "metafor", "ratio", *peers.NAMES)


def lines(*, may_run_r: bool = True) -> Iterator[str]:
    """Every line, as soon as it is known. Seconds are of the CPU, medians of repetitions."""
    from_r = in_r.measured(jobs.specifications(), may_run=may_run_r)
    others = peers.measured()
    yield f"The engine, CPU time per job; metafor: {from_r.source}."
    yield _row(HEADER, "goal")
    for job in jobs.everything():
        ours = timing.cpu_seconds(job.work)
        yield _row(_cells(job, ours, from_r, others), _goal(job, ours, from_r))
    yield ""
    yield "Ratio: metafor's time over ours. Jobs of metafor, PyMARE, statsmodels and pimeta that would take minutes are"
    yield "measured in part and multiplied. statsmodels has no REML: its column is Paule-Mandel."
    yield ""
    yield "Peak memory of the big jobs, results included:"
    for job in jobs.everything():
        if job.is_big:
            yield f"  {job.name:<52} {timing.peak_megabytes(job.work):>8.1f} MB"


def _cells(job: jobs.Job, ours: float, from_r: in_r.Seconds, others: dict[str, dict[str, float]]) -> tuple[str, ...]:
    r = from_r.of.get(job.key)
    ratio = "" if r is None else f"{r / ours:,.0f} x"
    return (job.name, _time(ours), _time(r), ratio, *(_time(others[name].get(job.key)) for name in peers.NAMES))


def _goal(job: jobs.Job, ours: float, from_r: in_r.Seconds) -> str:
    """The goal, and whether it is met in this run."""
    said = []
    r = from_r.of.get(job.key)
    if job.ratio is not None and r is not None:
        said.append(f"{job.ratio:,.0f} x: {_verdict(r / ours >= job.ratio)}")
    if job.seconds is not None:
        said.append(f"{_time(job.seconds)}: {_verdict(ours <= job.seconds)}")
    return ", ".join(said)


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:,.3g} s" if seconds < 1000 else f"{seconds:,.0f} s"


def _row(cells: tuple[str, ...], goal: str) -> str:
    first, *rest = (f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    return f"{first.strip():<{WIDTHS[0]}} {' '.join(rest)}   {goal}".rstrip()
