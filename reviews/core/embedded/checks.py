"""`make test`: everything CI runs, and a table at the end; `make check`: more, or less."""

import dataclasses
import os
import pathlib
import secrets
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent import futures

from reviews.core.embedded import borrowed, chromium, environment, needs, places, programs, refusals, tallies, terminal

LIMIT = 2400
THOROUGH_LIMIT = 6 * LIMIT
TOOLS = pathlib.Path(sys.executable).parent
PYTEST_GROUPS = (
    (("unit", "architecture", "golden"), True),
    (("db", "web"), True),
    (("e2e",), False),
    (("runtime",), False),
)
# It mostly waits for servers to start and stop, so that it costs the other steps little.
BESIDE_THE_OTHERS = "runtime"


@dataclasses.dataclass(frozen=True)
class Step:
    """One command; `is_loud` shows its output as it comes instead of only when it fails.

    One that `is_beside` begins with the first and runs while the others do, one after the other.
    """

    name: str
    command: list[str]
    extra: dict[str, str] = dataclasses.field(default_factory=dict)
    is_loud: bool = False
    limit: int = LIMIT
    is_beside: bool = False


@dataclasses.dataclass(frozen=True)
class Outcome:
    name: str
    is_good: bool
    seconds: float


def check(typed: str) -> int:
    """What `make check T=…` runs: pytest with these words, beside what its paths need and no more.

    Without any words: everything, with thousands of examples where `make test` tries a fixed sample. Raises Refusal.
    """
    words = shlex.split(typed)
    if not words:
        return run(is_thorough=True)
    command = [sys.executable, "-m", "pytest", *words]
    needed = needs.of(_paths(words))
    if needed == needs.Needs.NOTHING:
        return borrowed.run(command, {**os.environ, **environment.TEXT})
    with borrowed.scratch() as variables:
        if needed == needs.Needs.BROWSER:
            variables["CHROMIUM"] = chromium.ensure()
        return borrowed.run(command, variables)


def _paths(words: list[str]) -> list[str]:
    """Those of pytest's words that are paths; raises Refusal for one that leads nowhere."""
    plain = [word for word in words if not word.startswith("-")]
    for word in plain:
        if word.startswith("tests/") and not (places.REPOSITORY / word.split("::")[0]).exists():
            raise refusals.Refusal(f"There is no {word.split('::')[0]}: T takes pytest's paths and options.")
    return [word for word in plain if (places.REPOSITORY / word.split("::")[0]).exists()]


def run(*, is_thorough: bool = False) -> int:
    """Run every step even when one fails; 0 only when all are good. Raises Refusal when the servers do not start."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tandem-reports-") as folder, borrowed.scratch() as variables:
        reports = pathlib.Path(folder)
        outcomes = [_browser(variables)]
        outcomes += carry_out_all([*_static_checks(), *_tests(reports, is_thorough=is_thorough)], variables)
        report = tallies.read(sorted(reports.glob("*.xml")))
    return summarise(outcomes, report, time.monotonic() - began)


def _static_checks() -> list[Step]:
    python = sys.executable
    return [
        Step("ruff check", [python, "-m", "ruff", "check", "."]),
        Step("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Step("mypy", [python, "-m", "mypy"]),
        Step("import contracts", [str(TOOLS / "lint-imports"), "--no-cache", "--no-logo"]),
        Step("templates", [python, "-m", "djhtml", "--check", "templates"]),
        Step("migrations", programs.manage("makemigrations", "--check", "--dry-run")),
        Step("deployment", programs.manage("check", "--deploy", "--fail-level", "WARNING"), _production()),
    ]


def _production() -> dict[str, str]:
    """What a team's server sets, so that the check looks at the settings as they will be there."""
    return {
        "DEBUG": "0",
        "ALLOWED_HOSTS": "tandem.example.org",
        "TANDEM_BASE_URL": "https://tandem.example.org",
        "TANDEM_BEHIND_PROXY": "1",
        "TANDEM_SECRET_KEY": secrets.token_urlsafe(64),
    }


def _tests(reports: pathlib.Path, *, is_thorough: bool) -> list[Step]:
    extra = {"TANDEM_THOROUGH": "1"} if is_thorough else {}
    limit = THOROUGH_LIMIT if is_thorough else LIMIT
    processes = str(min(max(os.cpu_count() or 2, 2), 8))
    steps = []
    for kinds, is_parallel in PYTEST_GROUPS:
        folders = [f"tests/{kind}" for kind in kinds]
        command = [sys.executable, "-m", "pytest", "-q", *folders, f"--junitxml={reports / kinds[0]}.xml"]
        command += ["-n", processes] if is_parallel else []
        is_beside = BESIDE_THE_OTHERS in kinds
        name = f"pytest {' '.join(kinds)}"
        steps.append(Step(name, command, extra, is_loud=not is_beside, limit=limit, is_beside=is_beside))
    return steps


def _browser(variables: dict[str, str]) -> Outcome:
    """Find Chromium and tell the tests where it is."""
    began = time.monotonic()
    try:
        variables["CHROMIUM"] = chromium.ensure()
    except refusals.Refusal as refusal:
        terminal.complain(str(refusal))
        return _announce(Outcome("chromium", False, time.monotonic() - began))
    return _announce(Outcome("chromium", True, time.monotonic() - began))


def carry_out_all(steps: list[Step], variables: dict[str, str]) -> list[Outcome]:
    """Run every step even when one fails."""
    beside = [step for step in steps if step.is_beside]
    with futures.ThreadPoolExecutor(max_workers=len(beside) or 1) as pool:
        waiting = [pool.submit(carry_out, step, variables) for step in beside]
        outcomes = [carry_out(step, variables) for step in steps if not step.is_beside]
        return outcomes + [one.result() for one in waiting]


def carry_out(step: Step, variables: dict[str, str]) -> Outcome:
    """Run one step; its output is shown as it comes, or only when it fails."""
    if step.is_loud:
        terminal.say(f"\n{step.name}")
    began = time.monotonic()
    output: bytes | None = None
    try:
        answer = subprocess.run(
            step.command,
            env={**variables, **step.extra},
            cwd=places.REPOSITORY,
            stdout=None if step.is_loud else subprocess.PIPE,
            stderr=None if step.is_loud else subprocess.STDOUT,
            check=False,
            timeout=step.limit,
        )
        is_good, output = answer.returncode == 0, answer.stdout
    except subprocess.TimeoutExpired as late:
        is_good, output = False, late.stdout
        terminal.say(f"{step.name} was ended after {step.limit} s")
    except OSError as problem:
        is_good = False
        terminal.say(f"{step.command[0]} cannot be started: {problem.strerror}")
    if output and not is_good:
        terminal.say(output.decode(errors="replace").rstrip())
    return _announce(Outcome(step.name, is_good, time.monotonic() - began))


def _announce(outcome: Outcome) -> Outcome:
    terminal.say(f"{'ok    ' if outcome.is_good else 'FAILED'} {outcome.name:<36} {outcome.seconds:7.1f} s")
    return outcome


def summarise(outcomes: list[Outcome], report: tallies.Report, seconds: float) -> int:
    """Print the tables and return the exit code.

    Each failed check that is no test counts as one failure, so that the last line cannot mislead.
    """
    terminal.say(f"\nAll steps ({seconds:.0f} s)")
    for outcome in outcomes:
        _announce(outcome)
    if report.skips:
        terminal.say("\nSkipped")
    for reason, names in sorted(report.skips.items()):
        terminal.say(f"  {len(names)} × {reason}")
        for name in names[:5]:
            terminal.say(f"      {name}")
    rows = dict(report.by_kind)
    rows["checks"] = _checks(outcomes, report)
    terminal.say(f"\n{'tests':<14} {'passed':>7} {'failed':>7} {'skipped':>8}")
    for kind, tally in rows.items():
        terminal.say(f"{kind:<14} {tally.passed:>7} {tally.failed:>7} {tally.skipped:>8}")
    total = tallies.Report(rows, {}).total
    terminal.say(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


def _checks(outcomes: list[Outcome], report: tallies.Report) -> tallies.Tally:
    """The steps that are not tests, and a test run that broke without a failed test to show for it."""
    checks = [outcome for outcome in outcomes if not outcome.name.startswith("pytest")]
    failed = sum(not outcome.is_good for outcome in checks)
    if not failed and not report.total.failed and not all(outcome.is_good for outcome in outcomes):
        failed = 1
    return tallies.Tally(passed=sum(outcome.is_good for outcome in checks), failed=failed)
