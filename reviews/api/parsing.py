"""JSON bodies, refused where they hold what neither the database nor an answer could hold."""

import math
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class PlainJSONParser(JSONParser):
    """JSON without NUL characters, halves of surrogate pairs, numbers beyond a float, or more than 20 levels.

    Serializers check most of it field by field, but repeat what they refuse in their answer, which then cannot be
    encoded; and a parser that runs out of stack says so with an error of its own.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        _check(data, DEEPEST)
        return data


def _check(value: Any, levels: int) -> None:
    if levels == 0:
        raise ParseError(f"The JSON is nested too deeply; {DEEPEST} levels are the most.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ParseError("A number in the JSON is too large.")
    elif isinstance(value, dict):
        for name, one in value.items():
            _check_text(name)
            _check(one, levels - 1)
    elif isinstance(value, list):
        for one in value:
            _check(one, levels - 1)


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError("A text in the JSON holds a character that is none: NUL, or half of a surrogate pair.")
