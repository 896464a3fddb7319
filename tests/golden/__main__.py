"""Hold the engine against R's numbers: python -m tests.golden [module …] [-v] [--copied] [--write]."""

import argparse
import sys

from tests.golden import agreement, collection, copying, registry, reporting

SHOWN = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="module", help="only these modules")
    parser.add_argument("-v", "--verbose", action="store_true", help="every case that differs")
    parser.add_argument("--copied", action="store_true", help="the copied figures instead of the whole collection")
    parser.add_argument("--write", action="store_true", help="write docs/agreement.md anew and do nothing else")
    parser.add_argument("--copy", action="store_true", help="copy the figures that the tests need and do nothing else")
    options = parser.parse_args()
    if not options.copied and not collection.is_present():
        print(collection.ABSENT)
        return 1
    if options.copy:
        copying.write()
        return 0
    if options.write:
        agreement.PAGE.write_text(agreement.page(), encoding="utf-8")
        return 0
    known = registry.covered()
    for name in options.modules:
        if name not in known:
            print(f"{name} is not recomputed; there are {', '.join(known)}.")
            return 1
    is_good = True
    for report in reporting.reports(options.modules, copied=options.copied):
        is_good = is_good and not report.apart
        _show(report, options.verbose)
    return 0 if is_good else 1


def _show(report: reporting.ModuleReport, is_verbose: bool) -> None:
    line = f"{report.name:<20} {report.agreeing:>5} of {len(report.held):>5} agree, largest {report.largest:.1e}"
    print(line + "".join(f"; {count} × {reason}" for reason, count in report.better.items()))
    for one in report.apart if is_verbose else report.apart[:SHOWN]:
        print(f"    {one.case.id}: {one.reason}")
        for difference in one.differences[:5]:
            path, relative, found, expected = difference
            print(f"        {path}: {found!r}, R has {expected!r} ({relative:.1e})")
        if one.missing:
            print(f"        not computed: {', '.join(one.missing[:12])}")


if __name__ == "__main__":
    sys.exit(main())
