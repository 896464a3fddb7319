"""How each module of the collection is computed with the engine, a file a family.

A file (or a folder, for a large family) offers `MODULES`, from a module's name to a function that takes a case and
returns the engine's numbers under R's names, and `RULES`, how closely they have to agree. No formula of statistics
stands here: only calls and names.
"""

import importlib
import pkgutil
from types import ModuleType


def families() -> tuple[ModuleType, ...]:
    """The files of this folder, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)
