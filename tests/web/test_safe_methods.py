"""HEAD, GET and OPTIONS change no row: every route, as everybody, with the database compared before and after."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import InternalError, connection, models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from reviews.core import safe
from reviews.core import services as core
from reviews.core.models import Invitation, Job, Membership, User
from reviews.extraction import services as extraction
from reviews.extraction.models import Entry, Study
from reviews.protocols.models import ProtocolVersion
from reviews.reporting import services as reporting
from reviews.reporting.models import ReportBuild
from reviews.screening.models import Vote
from reviews.search import services as search
from reviews.search.models import Import, JoinProposal, Pair, PairDecision, Reference, SearchRun, Source, Upload
from reviews.synthesis import services as synthesis
from reviews.synthesis.models import Run, Synthesis
from tests import world as worlds
from tests.duplicates import doubtful, ris, trial
from tests.world import World

METHODS = ("HEAD", "OPTIONS", "GET")
# "" is somebody who has not signed in.
WHO = ("ada", "bo", "dee", "eve", "")
ROWS: dict[str, type[models.Model]] = {
    "invitation_id": Invitation,
    "membership_id": Membership,
    "job_id": Job,
    "source_id": Source,
    "search_run_id": SearchRun,
    "upload_id": Upload,
    "import_id": Import,
    "pair_id": Pair,
    "decision_id": PairDecision,
    "proposal_id": JoinProposal,
    "reference_id": Reference,
    "study_id": Study,
    "entry_id": Entry,
    "synthesis_id": Synthesis,
    "run_id": Run,
    "build_id": ReportBuild,
}
OF_API: dict[str, type[models.Model]] = {
    "references": Reference,
    "votes": Vote,
    "syntheses": Synthesis,
    "runs": Run,
}
QUERIES = {"reviews/<int:review_id>/search/references/export/": "?format=ris"}
# No worker runs here; and pages of a sign-in that nobody is in the middle of.
NOT_SHOWN = {
    "healthz",
    "account/login/code/confirm/",
    "account/password/set/",
    "account/2fa/authenticate/",
    "account/2fa/totp/deactivate/",
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern).removeprefix("^").removesuffix("$")
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        else:
            yield route, one


@pytest.fixture
def full(transactional_db: None) -> World:
    """A review in which every route has something to show: rows of everything, finished and unfinished."""
    world = worlds.with_consensus(2)
    _unfinished_studies(world)
    worlds.upload(world, ris(trial(0), trial(1)), "one.ris", source="Scopus")
    worlds.upload(world, ris(doubtful(0)), "two.ris", source="Embase")
    run = SearchRun.objects.first()
    table = b"Title,When\nA trial of socks,2001\n"
    for name in ("table.csv", "other.csv"):
        search.begin_upload(world.bo, search_run_id=run.pk, file_name=name, size=len(table))
    row = search.begin_upload(world.ada, search_run_id=run.pk, file_name="mine.csv", size=len(table))
    search.add_part(world.ada, upload_id=row.pk, offset=0, content=table)
    search.finish_upload(world.ada, upload_id=row.pk)
    point = world.time_point().pk
    for title in ("Sleep", "Not run"):
        spec = synthesis.create_synthesis(
            world.sol, title=title, arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
            measure="SMD", model="random", tau2_method="DL", convention="revman5",
        )  # fmt: skip
        if title == "Sleep":
            synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    reporting.ask_report(world.ada)
    worlds.finish_jobs(world)
    return world


def _unfinished_studies(world: World) -> None:
    """One study that Bo is in the middle of, and one whose two entries wait for a consensus."""
    for reference, label, ends in ((2, "Keeper in work", False), (3, "Keeper in doubt", True)):
        worlds.include(world, world.references()[reference])
        made = worlds.study(world, world.references()[reference], label)
        for who, mean in (("bo", "9.45"), ("cy", "9.54")):
            entry = extraction.start_entry(world.seats[who], study_id=made.pk)
            first, second = worlds.NUMBERS[0]
            values = worlds.value_inputs(made, world.time_point(), (mean, *first[1:]), second)
            extraction.save_values(world.seats[who], entry_id=entry.pk, values=values, traits=[])
            if ends:
                extraction.submit_entry(world.seats[who], entry_id=entry.pk)


def told(world: World) -> dict[str, list[str]]:
    """Words of addresses that are no row's number: links of mails, kinds of files."""
    token = core.invite(world.ada, email="new@example.org", role="reader")
    EmailAddress.objects.filter(email="bo@example.org").update(verified=True)
    address = EmailAddress.objects.get(email="cy@example.org")
    Client().post("/account/password/reset/", {"email": "cy@example.org"})
    link = re.search(r"/account/password/reset/key/([0-9A-Za-z]+)-([^/\s]+)/", mail.outbox[-1].body)
    assert link
    return {
        "token": [token, "x"],
        "uidb36": [link[1]],
        "key": [link[2], EmailConfirmationHMAC(address).key],
        "kind": ["svg"],
        "number": [str(number) for number in ProtocolVersion.objects.values_list("number", flat=True)],
        "review_id": [str(world.review_id)],
    }


def paths(route: str, words: dict[str, list[str]]) -> list[str]:
    """The route with every row that there is in its places, the newest four of each, and a number that no row has."""
    names = [one or other for one, other in PARAMETER.findall(route)]
    if "pk" in names:
        model = OF_API.get(route.removesuffix("<int:pk>/").rstrip("/").rpartition("/")[2])
        words = {**words, "pk": _numbers(model) if model else words["review_id"]}
    choices = [words[name] if name in words else _numbers(ROWS[name]) for name in names]
    made = []
    for chosen in product(*choices):
        left = iter(chosen)
        path = PARAMETER.sub(lambda _, left=left: next(left), route)
        made.append(f"/{path}{QUERIES.get(route, '')}")
    return made


def _numbers(model: type[models.Model]) -> list[str]:
    rows = model.objects.order_by("-pk").values_list("pk", flat=True)
    return [*(str(pk) for pk in rows[:4]), "999999999"]


def database() -> dict[str, tuple[int, str]]:
    """How many rows every table has, and a digest of them all."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        statement = " UNION ALL ".join(
            f"SELECT '{name}', count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) "
            f'FROM "{name}" t'
            for name in tables
        )
        cursor.execute(statement)
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


def signed_in(world: World) -> dict[str, Client]:
    """Everybody signs in by the page, as browsers do: what libraries note of it is in the session."""
    clients = {}
    for name in WHO:
        clients[name] = Client()
        if name:
            words = {"login": f"{name}@example.org", "password": worlds.PASSWORD}
            assert clients[name].post("/account/login/", words).status_code == 302
            words = {"password": worlds.PASSWORD}
            assert clients[name].post("/account/reauthenticate/", words).status_code == 302
    return clients


def test_no_route_writes_when_it_is_only_asked_for(full: World) -> None:
    words, clients = told(full), signed_in(full)
    codes = {"migrated_codes": ["12345678"]}
    Authenticator.objects.create(user=full.people["bo"], type=Authenticator.Type.RECOVERY_CODES, data=codes)
    before, wrong, seen = database(), [], defaultdict(set)
    # Whoever follows a link that confirms somebody else's address is signed out by it: that comes last.
    for route in sorted((route for route, _ in routes(get_resolver())), key=lambda one: "confirm-email/(" in one):
        for path, name, method in product(paths(route, words), WHO, METHODS):
            answer = clients[name].generic(method, path)
            if getattr(answer, "streaming", False):
                b"".join(answer.streaming_content)
            if method == "GET":
                seen[route].add(answer.status_code)
            assert answer.status_code != 500, f"{method} {path} as {name}"
        after = database()
        changed = [table for table in after if after[table] != before[table]]
        if changed:
            wrong.append(f"{route}: {', '.join(changed)}")
        before = after
    assert not wrong, "\n".join(wrong)
    unseen = {route for route, statuses in seen.items() if not statuses & {200, 405}}
    assert unseen == NOT_SHOWN, "the review of this test has nothing to show there"


class TestTheGuard:
    """What stands behind the walk: while a safe request is answered, PostgreSQL takes no write."""

    def test_a_write_is_refused_and_the_next_one_is_not(self, transactional_db: None) -> None:
        with safe.reading_only():
            assert User.objects.count() == 0
            with pytest.raises(InternalError, match="read-only transaction"):
                worlds.person("fay")
        assert worlds.person("fay").pk

    def test_a_transaction_of_the_view_s_own_changes_nothing(self, transactional_db: None) -> None:
        with safe.reading_only():
            with pytest.raises(InternalError), transaction.atomic():
                worlds.person("fay")
            with pytest.raises(InternalError):
                worlds.person("gus")
        assert not User.objects.exists()
        with transaction.atomic():
            worlds.person("fay")

    def test_inside_a_transaction_it_ends_with_the_request(self, db: None) -> None:
        worlds.person("fay")
        with safe.reading_only(), pytest.raises(InternalError):
            worlds.person("gus")
        worlds.person("hal")
        assert set(User.objects.values_list("name", flat=True)) == {"Fay", "Hal"}

    def test_a_streamed_answer_is_held_too(self, transactional_db: None) -> None:
        blocks = safe.held(worlds.person(name) for name in ("fay", "gus"))
        with pytest.raises(InternalError):
            list(blocks)
        assert worlds.person("fay").pk


def test_nobody_is_signed_in_by_what_a_page_noted(library: World, client_of: Callable[..., Client]) -> None:
    """A reset's key waits in the cache; signing out ends the session, whatever was noted in it."""
    bo = client_of(library, "bo")
    key = bo.cookies["sessionid"].value
    row = bo.session._get_session_from_db().session_data
    bo.get("/account/2fa/totp/activate/")
    bo.get("/invitations/" + core.invite(library.ada, email="new@example.org", role="reader") + "/")
    assert Session.objects.get(pk=key).session_data == row
    bo.post("/account/logout/")
    late = Client()
    late.cookies["sessionid"] = key
    assert late.get(f"/reviews/{library.review_id}/").status_code == 302
