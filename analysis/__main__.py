"""The engine on the command line: python -m analysis data.csv --measure SMD --model random --tau2 REML."""

from __future__ import annotations

import argparse
import os
import sys

from analysis import columns, data, errors, options, profiles, r_script, report, synthesis, tables


def main(arguments: list[str] | None = None) -> int:
    """Read a table, analyse it, print the result; a refusal is one sentence on the error output and exit code 2."""
    given = _parser().parse_args(arguments)
    try:
        if given.profiles:
            print(report.profiles())
            return 0
        if given.file is None:
            raise errors.InputError("Name the file with the studies, for example data.csv (- reads the input).")
        choices = _choices(given)
        table = tables.read(given.file)
        studies = data.StudySet.of(columns.studies(table.rows, choices.measure, table.numbers))
        analysis = synthesis.analyse(studies, choices)
    except (errors.InputError, errors.OptionError) as refusal:
        where = f"{given.file}: " if isinstance(refusal, errors.InputError) and given.file else ""
        print(f"{where}{refusal}", file=sys.stderr)
        return 2
    if given.json:
        print(analysis.to_json())
    elif given.script:
        print(r_script.script(studies, choices), end="")
    else:
        print(report.text(analysis, is_natural=not given.transformed))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    parser.add_argument(
        "file",
        nargs="?",
        help="a csv file (commas, semicolons or tabs), one study a row below a header; - for the input",
    )
    parser.add_argument("--measure", default="SMD", help="SMD, MD, OR, RR, RD, GEN, … (default SMD)")
    parser.add_argument(
        "--profile",
        default=profiles.DEFAULT,
        help=f"whose conventions: {', '.join(profiles.PROFILES)} (default {profiles.DEFAULT})",
    )
    parser.add_argument("--model", default="random", help="common or random (default random)")
    for name, dest, what in (
        ("--method", "method", "IV or MH"),
        ("--tau2", "tau2_method", f"estimator of τ²: {', '.join(options.TAU2_METHODS)}"),
        ("--interval", "interval", f"of the mean: {', '.join(options.INTERVALS)}"),
        ("--i2", "i2_definition", "Q or tau2"),
        ("--prediction", "prediction", f"interval: {', '.join(options.PREDICTIONS)}"),
        ("--tau2-interval", "tau2_interval", f"of τ²: {', '.join(options.TAU2_INTERVALS)}"),
        ("--zero-cells", "zero_when", "which studies are corrected for cells of 0: only0, if0all, all, none"),
        ("--zero-amount", "zero_amount", "constant, treatment_arm or empirical"),
        ("--subgroup-tau2", "subgroup_tau2", "separate or common"),
    ):
        parser.add_argument(name, dest=dest, default=options.BY_CONVENTION, help=what)
    parser.add_argument("--level", type=float, default=0.95, help="confidence level as a proportion (default 0.95)")
    parser.add_argument(
        "--transformed",
        action="store_true",
        help="print ratios, proportions and correlations on the scale of the analysis (logarithms, logits, Fisher's z)",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--script", action="store_true", help="print the R script that reproduces the analysis")
    parser.add_argument("--profiles", action="store_true", help="print what each profile sets, and stop")
    return parser


def _choices(given: argparse.Namespace) -> options.Options:
    names = ("method", "tau2_method", "interval", "i2_definition", "prediction", "tau2_interval", "zero_when")
    chosen = {name: getattr(given, name) for name in (*names, "zero_amount", "subgroup_tau2")}
    return options.Options(
        measure=given.measure, convention=given.profile, model=given.model, level=given.level, **chosen
    )


def _run() -> int:
    """The exit code; a reader that has seen enough, such as head, ends the printing without a complaint."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    sys.exit(_run())
