"""Whoever derives something downstream is told of what happens upstream, in the same transaction.

Upstream must not import downstream, so a setting names the functions: ``FOLLOWS_REGROUPING`` (review, references),
``FOLLOWS_MEMBERSHIP`` (review, person), ``FOLLOWS_PROTOCOL`` (review).
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def tell(setting: str, *facts: Any) -> None:
    """Call every function that ``setting`` names with ``facts``."""
    for name in getattr(settings, setting):
        import_string(name)(*facts)
