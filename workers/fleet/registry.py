"""Which workers there are, by name; a worker is loaded only when asked for."""

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from workers import fleet

if TYPE_CHECKING:
    from workers.runtime.processing.worker import Worker


class UnknownWorkerError(Exception):
    """There is no worker of that name; says which there are."""


def names() -> list[str]:
    """Return the name of every worker: each module or package beside this one."""
    here = __name__.rpartition(".")[2]
    found = {module.name for module in pkgutil.iter_modules(fleet.__path__)}
    return sorted(found - {here})


def load(name: str) -> "Worker[Any]":
    """Import the worker of that name and no other; raises UnknownWorkerError."""
    if name not in names():
        known = ", ".join(names())
        raise UnknownWorkerError(f"there is no worker {name!r}; there are {known}")
    module = importlib.import_module(f"{fleet.__name__}.{name}")
    worker: Worker[Any] = module.WORKER
    return worker
