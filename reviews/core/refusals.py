"""Why a request is not carried out. The message is the sentence that the person reads."""


class Refusal(Exception):
    """The state of the data forbids it (409): somebody was faster, or a step is missing."""

    status = 409

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else ""


class BadInput(Refusal):
    """What was sent is wrong (422); ``fields`` maps a field's name to its sentence."""

    status = 422

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class NotAllowed(Refusal):
    """The seat's role lacks the permission (403)."""

    status = 403


class NotFound(Refusal):
    """It does not exist in this review, or the seat may not know that it does (404)."""

    status = 404
