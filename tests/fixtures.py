"""Fixtures of the tests that need Django, loaded by ``conftest`` when there are any."""

import secrets
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from tests import databases
from tests import world as worlds
from tests.duplicates import doubtful, ris, trial
from tests.world import World

RUN = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """All workers of a run share one template."""
    given = getattr(config, "workerinput", {})
    config.stash[RUN] = given.get("tandem_run") or f"test_tandem_{secrets.token_hex(4)}"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    node.workerinput["tandem_run"] = node.config.stash[RUN]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        databases.drop(config.stash[RUN])


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: object
) -> Iterator[None]:
    """A copy of the template for this process, made anew after each test that really committed."""
    template = request.config.stash[RUN]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    mine = f"{template}_{worker}"

    def renew(_: object) -> None:
        databases.copy(template, mine)

    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        databases.make_template(template)
        databases.copy(template, mine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", renew)
        yield
    databases.use(before)
    databases.drop(mine)


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
