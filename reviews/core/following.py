"""Whoever derives something downstream is told of what happens upstream, in the same transaction.

Upstream must not import downstream, so a setting names the functions: ``FOLLOWS_REGROUPING`` (review, references),
``FOLLOWS_MEMBERSHIP`` (review, person), ``FOLLOWS_PROTOCOL`` (review). Two settings ask instead: ``USES_REPORTS``
(review, references), whether a later stage builds on them; ``ASKED_BEFORE_JOINING`` (review, person, references),
whether this person may only propose to join them.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def tell(setting: str, *facts: Any) -> None:
    """Call every function that ``setting`` names with ``facts``."""
    for name in getattr(settings, setting):
        import_string(name)(*facts)


def ask(setting: str, *facts: Any) -> bool:
    """Whether any function that ``setting`` names says yes to ``facts``."""
    return any(import_string(name)(*facts) for name in getattr(settings, setting))
