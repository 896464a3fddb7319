"""What all tests have. Django is loaded only for tests that need it, so that the others run at once and anywhere."""

import os
from pathlib import Path

import django
import pytest
from hypothesis import settings

from analysis.figures import cache
from reviews.core.embedded import needs
from tests import thorough

# Tests import matplotlib on their own, and that is when it asks where its cache lies.
cache.prepare()

SHARED = Path(__file__).resolve().parents[2] / "shared"


# Nothing is kept in the checkout, which may belong to somebody else; what failed once becomes an example of its test.
settings.register_profile("tandem", database=None, derandomize=not thorough.IS_THOROUGH)
settings.load_profile("tandem")


def pytest_configure(config: pytest.Config) -> None:
    if needs.of(config.args, config.invocation_params.dir) > needs.Needs.NOTHING:
        os.environ["DJANGO_SETTINGS_MODULE"] = "reviews.config.settings"
        django.setup()
        config.pluginmanager.import_plugin("tests.fixtures")


@pytest.fixture
def shared() -> Path:
    """The folder of real exports and R's numbers, which stands beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: this test reads real exports in place")
    return SHARED
