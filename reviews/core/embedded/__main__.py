"""The command line: `python -m reviews.core.embedded run | services | test | check | health`."""

import argparse
import pathlib
import sys

from reviews.core.embedded import borrowed, checks, health, refusals, supervisor, terminal


def main() -> int:
    """Carry out one command; a refusal is one sentence on the terminal and exit code 1."""
    options = _parser().parse_args()
    try:
        return int(options.action(options))
    except refusals.Refusal as refusal:
        terminal.complain(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reviews.core.embedded", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run", help="start everything").set_defaults(action=lambda _: supervisor.run())
    commands.add_parser("health", help="ask /healthz").set_defaults(action=lambda _: health.report())
    commands.add_parser("test", help="run everything CI runs").set_defaults(action=lambda _: checks.run())
    check = commands.add_parser("check", help="run some tests, or all of them thoroughly")
    check.add_argument("words", nargs="?", default="", help="pytest's paths and options, in one word")
    check.set_defaults(action=lambda options: checks.check(options.words))
    services = commands.add_parser("services", help="run a command beside a database and a broker")
    services.add_argument("--live", action="store_true", help="on the data of `make run` instead of empty ones")
    services.add_argument("--dir", type=pathlib.Path, help="keep the scratch data in this folder")
    services.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    services.set_defaults(action=_services)
    return parser


def _services(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise refusals.Refusal("Which command? Write it after two dashes: services -- python manage.py shell")
    return borrowed.run_live(command) if options.live else borrowed.run_scratch(command, options.dir)


if __name__ == "__main__":
    sys.exit(main())
