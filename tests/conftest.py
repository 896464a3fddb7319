from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from analysis.figures import cache
from tests import world as worlds
from tests.duplicates import doubtful, ris, trial
from tests.world import World

# Tests import matplotlib on their own, and that is when it asks where its cache lies.
cache.prepare()

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def plain_settings(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files of a test go to its own folder; passwords are hashed quickly; static files need no manifest."""
    var = tmp_path_factory.mktemp("var")
    settings.MEDIA_ROOT = var / "files"
    settings.STATIC_ROOT = var / "static"
    settings.STATIC_ROOT.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # What one test leaves in the cache is nothing to the next, which may give its rows the same keys.
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def shared() -> Path:
    """The folder of real exports and R's numbers, which stands beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: this test reads real exports in place")
    return SHARED


@pytest.fixture
def world(db: None) -> World:
    """The review with its protocol approved."""
    return worlds.with_protocol()


@pytest.fixture
def library(db: None) -> World:
    """The review with six references to screen."""
    return worlds.with_references()


@pytest.fixture
def asked(world: World) -> World:
    """Trial 0, and a citation of it that lacks everything but title, author and year: a pair to decide."""
    worlds.upload(world, ris(trial(0), trial(1)), "one.ris")
    worlds.upload(world, ris(doubtful(0)), "two.ris", source="B")
    return world


@pytest.fixture
def consensus(db: None) -> World:
    """The review with three studies extracted and adjudicated."""
    return worlds.with_consensus()


@pytest.fixture
def client_of() -> Iterator[Callable[[World, str], Client]]:
    """``client_of(world, "bo")`` is a browser in which Bo is signed in."""

    def make(world: World, name: str, *, checks_csrf: bool = False) -> Client:
        client = Client(enforce_csrf_checks=checks_csrf)
        client.force_login(world.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
