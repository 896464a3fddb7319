"""How much is tried where more is better: a fixed sample in `make test`, far more in `make check`.

The only place that reads the switch, TANDEM_THOROUGH.
"""

import os

from hypothesis import settings

IS_THOROUGH = os.environ.get("TANDEM_THOROUGH", "") not in {"", "0"}


def examples(few: int, many: int) -> int:
    """How many examples to try."""
    return many if IS_THOROUGH else few


def sampled(few: int, many: int, **others: object) -> settings:
    """Hypothesis's settings: a few examples, the same in every run, or many, other ones in every run.

    For ``@given`` as a decorator; for a state machine as ``Machine.TestCase.settings = sampled(…)``.
    """
    return settings(max_examples=examples(few, many), derandomize=not IS_THOROUGH, deadline=None, **others)
