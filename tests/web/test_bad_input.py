"""Nasty input to every page, by somebody who may do everything: a refusal each, never a mistake of ours."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reviews.core import services as core
from reviews.core.models import EventLine, Invitation, Job
from reviews.extraction import services as extraction
from reviews.reporting import services as reporting
from reviews.screening.rules import Verdict
from reviews.search import services as search
from reviews.search.models import Import, SearchRun, Source
from reviews.synthesis import services as synthesis
from tests import reading
from tests import world as worlds
from tests.web.nasty import TEXTS, undone
from tests.web.test_access import routes_of_reviews
from tests.world import World

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=edge"

# What the pages without a form of their own are sent; every other page's fields are read from the page.
FIELDS = {
    "people/invite/": {"email": "some@example.org", "role": "reader"},
    "people/<int:membership_id>/role/": {"role": "reader"},
    "screening/<int:reference_id>/vote/": {"verdict": "include", "reason": "", "note": ""},
    "screening/<int:reference_id>/doubt/": {"note": ""},
    "screening/<int:reference_id>/resolve/": {"verdict": "include", "reason": "", "note": ""},
    "full-text/<int:reference_id>/vote/": {"verdict": "exclude", "reason": "1", "note": ""},
    "full-text/<int:reference_id>/doubt/": {"note": ""},
    "full-text/<int:reference_id>/resolve/": {"verdict": "exclude", "reason": "1", "note": ""},
    "full-text/<int:reference_id>/not-retrieved/": {"note": ""},
    "runs/<int:search_run_id>/uploads/": {"file_name": "a.ris", "size": "40", "modified": "7"},
    "uploads/<int:upload_id>/part/": {"offset": "0"},
    "uploads/<int:upload_id>/read-again/": {"format": "ris", "encoding": "utf-8"},
    "uploads/<int:upload_id>/import/": {"preview": "1", "takes_incomplete": "on"},
    "screening/layout/": {"layout": "list"},
    "full-text/layout/": {"layout": "list"},
}
QUERIES = ("page", "state", "words", "source", "year", "without", "reference", "references", "complete", "reload")
QUERIES += ("offset", "shown")


@pytest.fixture
def everything(consensus: World) -> tuple[World, dict[str, str]]:
    """A review with one of everything, and the numbers of these in the URLs."""
    world = consensus
    references = world.references()
    worlds.include(world, references[3])
    made = worlds.study(world, references[3], "Open 2020")
    entry = extraction.start_entry(world.ada, study_id=made.pk)
    worlds.vote(world, "bo", references[5], Verdict.INCLUDE)
    worlds.vote(world, "cy", references[5], Verdict.EXCLUDE)
    point = world.time_point().pk
    spec = synthesis.create_synthesis(
        world.sol, title="Sleep", arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
        measure="SMD", model="random", tau2_method="DL", convention="revman5",
    )  # fmt: skip
    run = synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(world)
    build = reporting.ask_report(world.ada)
    search_run = SearchRun.objects.get(source__review_id=world.review_id)
    table = SimpleUploadedFile("table.csv", b"Title,Colour\r\nRest for keepers,blue\r\n")
    preview = search.take_upload(world.ada, search_run_id=search_run.pk, file=table)
    core.invite(world.ada, email="new@example.org", role="reader")
    found = {
        "review_id": world.review_id,
        "reference_id": references[4].pk,
        "study_id": made.pk - 1,
        "entry_id": entry.pk,
        "run_id": run.pk,
        "synthesis_id": spec.pk,
        "build_id": build.pk,
        "job_id": Job.objects.filter(review_id=world.review_id).latest("pk").pk,
        "membership_id": world.rea.membership_id,
        "invitation_id": Invitation.objects.get(review_id=world.review_id).pk,
        "import_id": Import.objects.get(review_id=world.review_id).pk,
        "source_id": Source.objects.get(review_id=world.review_id).pk,
        "search_run_id": search_run.pk,
        "upload_id": preview.upload_id,
        "number": 1,
    }
    return world, {name: str(value) for name, value in found.items()}


def filled(route: str, numbers: Mapping[str, str]) -> str:
    for name, number in numbers.items():
        route = route.replace(f"<int:{name}>", number)
    return "/" + route.replace("<str:kind>", "csv")


def wrong_urls(numbers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every URL with each of its numbers replaced by one that cannot be."""
    for route, access in routes_of_reviews():
        for name in numbers:
            if f"<int:{name}>" in route:
                for number in ("0", "9" * 19, "9" * 30):
                    yield access.methods[0].lower(), filled(route.replace(f"<int:{name}>", number), numbers)
        if "<str:kind>" in route:
            yield "get", filled(route.replace("<str:kind>", "%00"), numbers)
            yield "get", filled(route.replace("<str:kind>", "%ED%A0%80"), numbers)


def mistakes(client: Client, requests: Iterator[tuple[str, str, dict[str, object]]]) -> list[str]:
    """The requests that were answered with a mistake of ours; what they wrote is undone."""
    client.raise_request_exception = False
    found = []
    for method, url, options in requests:
        with undone():
            before = EventLine.objects.count()
            answer = client.generic(method, url, **options)
            status = answer.status_code
            # Closing the response itself would close the test's connection to the database, too.
            for close in answer._resource_closers:
                close()
            if status >= 500:
                found.append(f"{status} {method.upper()} {url} {str(options)[:200]}")
            elif status >= 400 and EventLine.objects.count() != before:
                found.append(f"something was stored: {method.upper()} {url} {str(options)[:200]}")
    return found


def test_numbers_that_cannot_be_lead_nowhere(
    everything: tuple[World, dict[str, str]], client_of: Callable[..., Client]
) -> None:
    world, numbers = everything
    requests = ((method, url, {}) for method, url in wrong_urls(numbers))
    assert not mistakes(client_of(world, "ada"), requests)


def test_nasty_queries_are_answered(everything: tuple[World, dict[str, str]], client_of: Callable[..., Client]) -> None:
    world, numbers = everything

    def requests() -> Iterator[tuple[str, str, dict[str, object]]]:
        for route, access in routes_of_reviews():
            # A drawn figure takes no part of its query, and seconds.
            if "GET" not in access.methods or route.endswith(("plot.json", "flow.<str:kind>")):
                continue
            url = filled(route, numbers)
            for text in ("9" * 30, "be\x00fore", "<script>"):
                yield "get", f"{url}?{urlencode(dict.fromkeys(QUERIES, text))}", {}
            yield "get", f"{url}?{'&'.join(f'{name}=%ED%A0%80%FF%00' for name in QUERIES)}", {}

    assert not mistakes(client_of(world, "ada"), requests())


def forms(client: Client, numbers: Mapping[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Every URL that takes a form, with what a person would send."""
    for route, access in routes_of_reviews():
        if "POST" not in access.methods:
            continue
        url = filled(route, numbers)
        fields: dict[str, object] = next((dict(f) for end, f in FIELDS.items() if route.endswith(end)), {})
        if "GET" in access.methods:
            found = reading.Page(client.get(url)).forms
            fields = dict(found[-1]) if found else {}
        yield url, fields


def test_nasty_fields_are_refused(everything: tuple[World, dict[str, str]], client_of: Callable[..., Client]) -> None:
    """Each field of each form in turn, and all at once."""
    world, numbers = everything
    # Dee makes a consensus, Ada does the rest: who extracts a study does not adjudicate it.
    client = client_of(world, "ada")

    def requests() -> Iterator[tuple[str, str, dict[str, object]]]:
        for url, fields in forms(client, numbers):
            for name in fields:
                for text in TEXTS if len(fields) < 20 else TEXTS[1::4]:
                    body = urlencode({**fields, name: text}, doseq=True)
                    yield "post", url, {"data": body, "content_type": FORM}
            for text in TEXTS:
                yield "post", url, {"data": urlencode(dict.fromkeys(fields, text)), "content_type": FORM}

    assert not mistakes(client, requests())


BODIES: tuple[tuple[bytes, str], ...] = (
    (b"", FORM),
    (b"\xff\xfe%00=%00&%ED%A0%80=1", FORM),
    (b"&".join(b"f%d=1" % number for number in range(6000)), FORM),
    (b"\xff\xfenonsense", MULTIPART),
    (b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.ris"\r\n\r\nTY  - ', MULTIPART),
    (b'--edge\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\n\r\n--edge--\r\n', MULTIPART),
    (b"x", "multipart/form-data"),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"{broken", "application/json"),
    (b"a=1", "x/y; charset=" + "z" * 300),
)


def test_broken_bodies_are_refused(everything: tuple[World, dict[str, str]], client_of: Callable[..., Client]) -> None:
    world, numbers = everything
    client = client_of(world, "ada")
    urls = [url for url, _ in forms(client, numbers)]
    requests = (("post", url, {"data": body, "content_type": kind}) for url in urls for body, kind in BODIES)
    assert not mistakes(client, requests)


@pytest.fixture
def no_rate_limits(settings: object) -> None:
    """Otherwise most of what is sent would be turned away unread, and the other tests' people, too."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.usefixtures("no_rate_limits")
def test_pages_outside_a_review_refuse_too(world: World, client_of: Callable[..., Client]) -> None:
    client = client_of(world, "eve")
    urls = (
        "/reviews/new/",
        "/account/api-token/new/",
        "/invitations/x/",
        "/invitations/%00%ED%A0%80/",
        "/account/email/",
        "/account/password/change/",
    )
    fields = ("title", "email", "name", "password1", "password2", "oldpassword", "login", "next")
    requests = (
        ("post", url, {"data": urlencode(dict.fromkeys(fields, text)), "content_type": FORM})
        for url in urls
        for text in TEXTS
    )
    assert not mistakes(client, requests)


@pytest.mark.usefixtures("no_rate_limits")
def test_people_who_have_not_signed_in_are_refused_too(db: None, client: Client) -> None:
    urls = ("/account/login/", "/account/signup/", "/account/password/reset/", "/invitations/x/")
    fields = {"name": "Eve", "email": "eve@example.org", "password1": "a long pass phrase", "login": "e@example.org"}
    fields |= {"password2": "a long pass phrase", "password": "x", "next": "//elsewhere.example.org/"}
    requests = (
        ("post", url, {"data": urlencode({**fields, name: text}), "content_type": FORM})
        for url in urls
        for name in fields
        for text in TEXTS
    )
    assert not mistakes(client, requests)
