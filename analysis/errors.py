"""The engine's refusals. Each message is one sentence a reviewer can act on."""


class InputError(ValueError):
    """Data that cannot be analysed. `study` (its label) and `field` say where, when the fault has a place."""

    def __init__(self, message: str, *, study: str = "", field: str = "") -> None:
        super().__init__(message)
        self.study = study
        self.field = field


class OptionError(ValueError):
    """A choice that does not exist or contradicts another; the message names what is allowed."""

    def __init__(self, message: str, *, option: str = "") -> None:
        super().__init__(message)
        self.option = option


class FigureError(ValueError):
    """A figure that cannot be drawn as asked: an unknown format, a size out of range, a missing font."""
