"""Data made by an earlier release are upgraded in place: nothing is lost, every page opens, no run goes out of date.

The dumps lie in ``tests/upgrades``; ``make.py`` beside them says how they are made.
"""

import gzip
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import resolve
from psycopg import sql

from reviews.core.models import Membership, Review, User
from reviews.screening.services import rebuild_standings
from tests import databases

DUMPS = sorted((Path(__file__).parents[1] / "upgrades").glob("*.sql.gz"))
Rows = dict[str, dict[tuple[object, ...], dict[str, object]]]

# What an upgrade changes on purpose, as "table" or "table.column", with the reason. Everything else stays.
INTENDED: dict[str, str] = {
    "django_migrations": "says what has been done",
}
KEYS = """
SELECT relname, array_agg(attname ORDER BY attname) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey::int2[])
WHERE indisprimary AND relnamespace = 'public'::regnamespace GROUP BY relname
"""
# Pages whose file was never part of a dump.
FILES = re.compile(r"/file/$|/report/builds/\d+/$|/download/")
OF_A_ROUTE = 6


@dataclass(frozen=True)
class Upgraded:
    """``before`` and ``after`` hold every row by table and primary key; ``said`` what pages said before."""

    before: Rows
    after: Rows
    said: dict[str, bool]
    unblock: Callable[[], AbstractContextManager[None]]


def every_row(opened: databases.Server) -> Rows:
    found: Rows = {}
    for table, key in opened.execute(KEYS).fetchall():
        rows = opened.execute(sql.SQL("SELECT to_jsonb(t) FROM public.{} t").format(sql.Identifier(str(table))))
        found[str(table)] = {tuple(row[name] for name in key): row for (row,) in rows.fetchall()}
    return found


@pytest.fixture(scope="module", params=DUMPS, ids=lambda dump: dump.name.removesuffix(".sql.gz"))
def upgraded(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object) -> Iterator[Upgraded]:
    """The dump in a database of its own, to which Django is connected after today's migrations."""
    dump: Path = request.param
    usual = connection.settings_dict["NAME"]
    name = f"{usual}_upgrade"
    said = json.loads(dump.with_name(dump.name.replace(".sql.gz", ".json")).read_text())
    with databases.server() as opened:
        databases.create(opened, name)
    with databases.server(name) as opened:
        opened.execute(gzip.decompress(dump.read_bytes()).decode())
        before = every_row(opened)
    databases.use(name)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
    with databases.server(name) as opened:
        after = every_row(opened)
    yield Upgraded(before, after, said, django_db_blocker.unblock)
    databases.use(usual)
    databases.drop(name)


def test_no_row_is_lost_and_no_value_changes(upgraded: Upgraded) -> None:
    lost = []
    for table, rows in upgraded.before.items():
        if table in INTENDED:
            continue
        now = upgraded.after.get(table, {})
        lost += [f"{table} {key}" for key in rows if key not in now]
        lost += [
            f"{table}.{name} of {key}: {value!r} is {now[key][name]!r}"
            for key, row in rows.items()
            if key in now
            for name, value in row.items()
            if name in now[key] and now[key][name] != value and f"{table}.{name}" not in INTENDED
        ]
    assert not lost, f"{len(lost)}: " + "\n".join(lost[:20])


def test_the_dump_holds_a_review_amid_everything(upgraded: Upgraded) -> None:
    """Whatever the stages keep has a row, and what can be superseded, ended or put away has one that is."""
    stages = ("core_", "protocols_", "search_", "screening_", "extraction_", "synthesis_", "reporting_")
    nothing = [table for table, rows in upgraded.before.items() if table.startswith(stages) and not rows]
    assert set(nothing) == {"core_user_groups", "core_user_user_permissions"}, "no use is made of these two"
    never = []
    for table, rows in upgraded.before.items():
        columns = set(next(iter(rows.values()), {})) & {"superseded_at", "ended_at", "abandoned_at", "archived_at"}
        never += [f"{table}.{name}" for name in columns if all(row[name] is None for row in rows.values())]
    assert never == []


def test_what_can_be_rebuilt_is_what_was_stored(upgraded: Upgraded) -> None:
    def standings() -> Counter[str]:
        with databases.server(connection.settings_dict["NAME"]) as opened:
            rows = opened.execute("SELECT to_jsonb(t) - 'id' FROM screening_standing t").fetchall()
        return Counter(json.dumps(row, sort_keys=True) for (row,) in rows)

    before = standings()
    with upgraded.unblock():
        for review_id in Review.objects.values_list("pk", flat=True):
            rebuild_standings(review_id)
    assert standings() == before
    assert before


def lead_of(review_id: int) -> Client:
    membership = Membership.objects.filter(review_id=review_id, role="lead", ended_at=None).order_by("pk").first()
    client = Client()
    client.force_login(User.objects.get(pk=membership.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_page_of_every_review_opens_for_its_lead(upgraded: Upgraded) -> None:
    """Links are followed from the overview, a few of each route."""
    with upgraded.unblock():
        for review_id in Review.objects.order_by("pk").values_list("pk", flat=True):
            client, root = lead_of(review_id), f"/reviews/{review_id}/"
            waiting, seen, opened = [root], {root}, Counter[str]()
            while waiting:
                page = waiting.pop(0)
                route = resolve(page).view_name
                if opened[route] == OF_A_ROUTE:
                    continue
                opened[route] += 1
                answer = client.get(page)
                assert answer.status_code == 200, f"{page}: {answer.status_code}"
                is_page = answer.headers["Content-Type"].startswith("text/html")
                links = re.findall(r'href="(/[^"#?]*)', answer.content.decode()) if is_page else []
                fresh = [html.unescape(link) for link in links if link.startswith(root) and not FILES.search(link)]
                waiting += [link for link in dict.fromkeys(fresh) if link not in seen]
                seen |= set(fresh)
            assert len(opened) >= 30, sorted(opened)


def test_no_run_goes_out_of_date_and_none_comes_back(upgraded: Upgraded) -> None:
    with upgraded.unblock():
        for page, was_outdated in upgraded.said.items():
            client = lead_of(int(page.split("/")[2]))
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert ("Out of date" in answer.content.decode()) == was_outdated, page
    assert set(upgraded.said.values()) == {True, False}


def test_tables_made_before_refuse_to_be_emptied_too(upgraded: Upgraded) -> None:
    with databases.server(connection.settings_dict["NAME"]) as opened:
        tables = opened.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid GROUP BY 1 "
            "HAVING bool_or(proname = 'tandem_append_only') AND NOT bool_or(proname = 'tandem_no_truncate')"
        ).fetchall()
    assert tables == []
