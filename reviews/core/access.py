"""What a view declares about who may call it. The middleware enforces it before any input is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from reviews.core.rules import Permission
from reviews.core.seats import Seat

P = ParamSpec("P")


@dataclass(frozen=True)
class Access:
    """``permission`` of a seat, or a person signed in (None), or ``is_public``; and the methods allowed."""

    methods: tuple[str, ...]
    permission: Permission | None = None
    is_public: bool = False


class SeatRequest(HttpRequest):
    """A request that the middleware has let through to a page of a review."""

    seat: Seat


def _declare(access: Access) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    def mark(view: Callable[..., HttpResponseBase]) -> Any:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


SeatView = Callable[Concatenate[SeatRequest, P], HttpResponseBase]


def needs(permission: Permission, *methods: str) -> Callable[[SeatView[P]], SeatView[P]]:
    """A page of a review: strangers get 404, a seat without ``permission`` 403, other methods 405."""
    return _declare(Access(methods or ("GET",), permission=permission))


def signed_in(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    """A page outside any review for people with an account."""
    return _declare(Access(methods or ("GET",)))


def public(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Any]:
    return _declare(Access(methods or ("GET",), is_public=True))
