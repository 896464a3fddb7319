"""Whether this server sends mail: the one place that decides what invitations and their pages promise."""

from django.conf import settings

# They print a message or drop it.
_NOWHERE = frozenset(f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased"))


def is_sent() -> bool:
    return settings.EMAIL_BACKEND not in _NOWHERE
