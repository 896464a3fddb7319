"""Fifty people who vote at the same time on the running servers."""

import http.client
import os
import random
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.middleware.csrf import _get_new_csrf_string

from reviews.core import services as core
from reviews.core.models import User
from reviews.screening.models import Vote
from tests import world as worlds
from tests.bench import measures
from tests.e2e.conftest import free_port
from tests.e2e.stack import Stack
from tests.world import World

PEOPLE, SECONDS, THINKING = 50, 30, 2.0


def voting(folder: Path, world: World, size: int) -> Iterator["measures.Measure"]:
    """Everybody votes about every two seconds, as fast screeners do; the time is the client's, over loopback."""
    call_command("collectstatic", interactive=False, verbosity=0)
    stack = Stack(f"http://127.0.0.1:{free_port()}", {**_environment(), "TANDEM_VAR": str(folder)}, folder)
    stack.start_web()
    try:
        taken = _vote(stack, world, size)
    finally:
        stack.stop()
    saved = Vote.objects.filter(superseded_at=None).count()
    assert saved == len(taken), f"{len(taken)} votes were answered, {saved} are stored"
    name = f"a vote, {PEOPLE} people at once, {size:,} references"
    yield measures.Measure(name, f"{measures.p95(taken)} of {len(taken):,}", "50 ms p95")


def _environment() -> dict[str, str]:
    return dict(os.environ)


def _vote(stack: Stack, world: World, size: int) -> list[float]:
    references = [one.pk for one in world.references()]
    random.Random(1).shuffle(references)
    share = len(references) // PEOPLE
    _warm_up(stack, world)
    taken: list[float] = []
    threads = []
    for place in range(PEOPLE):
        cookies = _cookies(_person(world, place))
        own = references[place * share : (place + 1) * share]
        threads.append(threading.Thread(target=_one_person, args=(stack, world.review_id, cookies, own, taken, place)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _warm_up(stack: Stack, world: World) -> None:
    """Every thread of every server process compiles its templates once; what is measured comes after that."""
    cookies = "; ".join(f"{name}={value}" for name, value in _cookies(world.people["bo"]).items())
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


def _one_person(
    stack: Stack, review_id: int, cookies: dict[str, str], references: list[int], taken: list[float], place: int
) -> None:
    chance = random.Random(place)
    address = urlsplit(stack.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME],
        "X-Requested-With": "fetch",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    time.sleep(chance.random() * THINKING)
    end = time.monotonic() + SECONDS
    for reference in references:
        if time.monotonic() > end:
            break
        start = time.perf_counter()
        path = f"/reviews/{review_id}/screening/{reference}/vote/"
        connection.request("POST", path, body=f"verdict={chance.choice(('include', 'exclude'))}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken.append(time.perf_counter() - start)
        assert answer.status == 200, (answer.status, body[:300])
        time.sleep(THINKING * (0.5 + chance.random()))
