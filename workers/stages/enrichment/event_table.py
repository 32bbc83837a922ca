"""Events as the rows of a table."""

from collections.abc import Sequence
from typing import Any

from msgspec import to_builtins

from workers.domain.records import CountKind, EventRecord, Versions
from workers.stages.events.plover import totals

_JOINER = "; "
_PLAIN = tuple(
    name for name in EventRecord.__struct_fields__ if name not in ("versions", "counts")
)
_COUNTS = tuple(f"{kind}_{bound}" for kind in CountKind for bound in ("low", "high"))
_VERSIONS = Versions.__struct_fields__

COLUMNS: Sequence[str] = (*_PLAIN, *_COUNTS, *(f"{name}_version" for name in _VERSIONS))
"""Those of the flat record; counts summed by kind, open upper bounds empty."""


def row(record: EventRecord) -> list[str | int | float | None]:
    """Return the cells of one event; several names stand in one, parted by `; `."""
    plain = to_builtins(record)
    sums = totals(record.counts)
    return [
        *(_cell(plain[name]) for name in _PLAIN),
        *(bound for kind in CountKind for bound in sums.get(kind.value, (None, None))),
        *(getattr(record.versions, name) for name in _VERSIONS),
    ]


def _cell(value: Any) -> Any:
    return _JOINER.join(value) if isinstance(value, (list, tuple)) else value
