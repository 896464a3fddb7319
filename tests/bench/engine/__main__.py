"""python -m tests.bench.engine: the engine's part of `make bench` alone, without Django and without a database."""

import argparse

from tests.bench.engine import table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engine", description=__doc__)
    parser.add_argument("--without-r", action="store_true", help="compare with the recorded seconds of metafor")
    for line in table.lines(may_run_r=not parser.parse_args().without_r):
        print(line, flush=True)


if __name__ == "__main__":
    main()
