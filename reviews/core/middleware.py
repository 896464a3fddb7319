"""Permission before input, and refusals as pages."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from reviews.core import safe, selectors
from reviews.core.access import Access
from reviews.core.refusals import BadInput, Refusal


class SafeMethodsMiddleware:
    """Whatever a request of a safe method runs into, the database takes no write from it (``reviews.core.safe``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in safe.MAY_WRITE:
            return self.get_response(request)
        with safe.reading_only():
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = safe.held(cast("Iterator[bytes]", response.streaming_content))
        return response


class SeatMiddleware(MiddlewareMixin):
    """Enforce what the view declares (``reviews.core.access``).

    It stands before the CSRF middleware, which reads the form: no byte of a form or file is parsed for
    somebody who may not send it.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        access: Access | None = getattr(view, "access", None)
        if access is None or access.is_public:
            return _wrong_method(request, access)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if access.permission is not None:
            seat = selectors.seat(request.user.pk, kwargs["review_id"])
            if seat is None:
                raise Http404
            request.seat = seat  # type: ignore[attr-defined]
            if access.permission not in seat.permissions:
                return refusal_page(request, seat.refusal())
        return _wrong_method(request, access)


def _wrong_method(request: HttpRequest, access: Access | None) -> HttpResponseBase | None:
    if access is None or request.method in access.methods or (request.method == "HEAD" and "GET" in access.methods):
        return None
    return HttpResponseNotAllowed(access.methods)


class RefusalMiddleware:
    """Turn a refusal into its status and sentence: a page, or for htmx and scripts the sentence alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return refusal_page(request, exception)


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if wants_sentence(request):
        return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")
    fields = refusal.fields if isinstance(refusal, BadInput) else {}
    context = {"message": refusal.message, "fields": fields}
    return render(request, f"{refusal.status}.html", context, status=refusal.status)


def wants_sentence(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False)) or request.headers.get("X-Requested-With") == "fetch"
