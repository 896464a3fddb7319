"""Fifty people who vote at the same time on one review: they see the pages that others see, and vote on their cards."""

import http.client
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.middleware.csrf import _get_new_csrf_string

from reviews.core import services as core
from reviews.core.models import User
from reviews.screening import selectors
from reviews.screening.models import Vote
from reviews.screening.rules import Phase
from tests import world as worlds
from tests.bench import measures
from tests.e2e.conftest import free_port
from tests.e2e.stack import Stack
from tests.world import World

PEOPLE = int(os.environ.get("TANDEM_BENCH_PEOPLE", "50"))
SECONDS = float(os.environ.get("TANDEM_BENCH_SECONDS", "60"))
THINKING, POLLING = 2.0, 30.0
CARD = re.compile(r'id="card-(\d+)"')


@dataclass
class Told:
    """What the people were told: how long each saved vote took, by whom on what; and every other answer."""

    taken: list[float] = field(default_factory=list)
    saved: list[tuple[int, int]] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    without_card: int = 0

    @property
    def refused(self) -> int:
        return self.others.total()


def voting(folder: Path, world: World, size: int) -> Iterator["measures.Measure"]:
    """Everybody votes about every two seconds, as fast screeners do; the time is the client's, over loopback."""
    call_command("collectstatic", interactive=False, verbosity=0)
    stack = Stack(f"http://127.0.0.1:{free_port()}", {**_environment(), "TANDEM_VAR": str(folder)}, folder)
    stack.start_web()
    try:
        told = _vote(stack, world)
    finally:
        stack.stop()
    name = f"a vote, {PEOPLE} people for {SECONDS:.0f} s, {size:,} references"
    yield measures.Measure(name, f"{measures.p95(told.taken)} of {len(told.taken):,}", "50 ms p95")
    why = f" ({told.others.most_common(1)[0][0]})" if told.refused else ""
    yield measures.Measure("votes refused, people without a card", f"{told.refused}{why}, {told.without_card}", "0, 0")
    yield measures.Measure("votes answered “saved” / in the database", _accounted(world, told), "the same")


def _accounted(world: World, told: Told) -> str:
    """Every vote that was answered is there, nothing else is, and no reference has more than it needs."""
    stored = Vote.objects.filter(reference__review_id=world.review_id, superseded_at=None)
    rows = sorted(stored.values_list("person_id", "reference_id"))
    assert rows == sorted(told.saved), f"{len(told.saved)} votes were answered, {len(rows)} are stored"
    needed = selectors.rule(world.ada).votes_needed
    most = max(Counter(reference for _, reference in rows).values())
    assert most <= needed, f"a reference has {most} votes"
    counts = selectors.progress(world.ada, Phase.TITLE_ABSTRACT)
    settled = counts.conflicts + counts.included + counts.excluded
    assert len(rows) == counts.waiting + needed * settled
    return f"{len(told.saved):,} / {len(rows):,}"


def _environment() -> dict[str, str]:
    return dict(os.environ)


def _vote(stack: Stack, world: World) -> Told:
    _warm_up(stack, world)
    people = [Person(stack, world.review_id, _person(world, place), place) for place in range(PEOPLE)]
    threads = [threading.Thread(target=one.work) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = Told()
    for one in people:
        told.taken += one.told.taken
        told.saved += one.told.saved
        told.others += one.told.others
        told.without_card += one.told.without_card
    return told


def _warm_up(stack: Stack, world: World) -> None:
    """Every thread of every server process compiles its templates once; what is measured comes after that."""
    cookies = "; ".join(f"{name}={value}" for name, value in _cookies(world.people["rea"]).items())
    for _ in range(60):
        address = urlsplit(stack.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        connection.request("GET", f"/reviews/{world.review_id}/screening/", headers={"Cookie": cookies})
        assert connection.getresponse().status == 200
        connection.close()


def _person(world: World, place: int) -> User:
    user = worlds.person(f"voter{place}")
    core.seat_person(world.ada, user=user, role="reviewer")
    return user


def _cookies(user: User) -> dict[str, str]:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: _get_new_csrf_string()}


class Person:
    """A browser: it opens the queue, votes on the card on top, takes the cards that come, and fetches the bar."""

    def __init__(self, stack: Stack, review_id: int, user: User, place: int) -> None:
        address, cookies = urlsplit(stack.url), _cookies(user)
        self.user_id, self.chance, self.told = user.pk, random.Random(place), Told()
        self.base = f"/reviews/{review_id}/screening/"
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.screen: list[int] = []
        self.seen: set[int] = set()

    def work(self) -> None:
        time.sleep(self.chance.random() * THINKING)
        self._take(self._get(self.base))
        end, bar = time.monotonic() + SECONDS, time.monotonic() + POLLING
        while time.monotonic() < end:
            if not self.screen:
                self.told.without_card += 1
                self._take(self._get(self.base))
            else:
                self._vote(self.screen.pop(0))
            if time.monotonic() > bar:
                bar += POLLING
                self._get(f"{self.base}progress/?{'&'.join(f'shown={one}' for one in self.screen)}")
            time.sleep(THINKING * (0.5 + self.chance.random()))

    def _get(self, path: str) -> str:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        assert answer.status == 200, (path, answer.status, body[:300])
        return body

    def _vote(self, reference: int) -> None:
        body = f"verdict={self.chance.choice(('include', 'exclude'))}"
        headers = {**self.headers, "X-Requested-With": "fetch"}
        start = time.perf_counter()
        self.connection.request("POST", f"{self.base}{reference}/vote/", body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status == 200 and "Saved: " in text:
            self.told.taken.append(time.perf_counter() - start)
            self.told.saved.append((self.user_id, reference))
            self._take(text)
        else:
            self.told.others[f"{answer.status}: {re.sub(r'[0-9]+', 'N', text[:80])}"] += 1

    def _take(self, page: str) -> None:
        for reference in map(int, CARD.findall(page)):
            if reference not in self.seen:
                self.seen.add(reference)
                self.screen.append(reference)
