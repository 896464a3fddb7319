"""Static files that are made and not kept in the repository (letters, cut from their package), and those left out."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

from reviews.core import typeface

PREFIX = "fonts"


class StaticConfig(StaticFilesConfig):
    """Compressing Plotly takes longest of all static files; its notebook's twin of the same size is on no page."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "widgetbundle.js"]


class TypefaceFinder(BaseFinder):
    """Finds `fonts/….woff2`."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(typeface.file(cut)) for cut in typeface.CUTS if path == f"{PREFIX}/{cut.name}"]
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        storage = FileSystemStorage(location=typeface.folder())
        storage.prefix = PREFIX  # type: ignore[attr-defined]
        for cut in typeface.CUTS:
            yield typeface.file(cut).name, storage
