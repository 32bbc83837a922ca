"""Tables by themselves: what is staged, committed and taken back."""

import pytest

from workers.domain.outcomes import PoisonRecordError
from workers.domain.records import Record
from workers.domain.topics import Topic
from workers.runtime.processing.tables import Tables


class Row(Record, frozen=True, kw_only=True):
    key: str
    value: int = 0


def _key(record: Row) -> str:
    return record.key


ROWS = Topic("rows", Row, _key, _key, "Rows.")


def test_staged_changes_are_seen_and_committed() -> None:
    table = Tables((ROWS,)).of(ROWS)
    table.load(0, "a", Row(key="a", value=1))
    table.put(Row(key="a", value=2))
    table.put(Row(key="b", value=3))
    assert table.get("a") == Row(key="a", value=2)
    assert sorted(row.value for row in table.values()) == [2, 3]
    assert len(table) == 1
    table.rollback()
    assert table.get("a") == Row(key="a", value=1)
    table.put(Row(key="b", value=3))
    table.commit({"b": 1})
    assert len(table) == 2
    table.drop(1)
    assert table.get("b") is None
    table.load(0, "a", None)
    assert len(table) == 0


def test_savepoint_takes_back_later_changes_only() -> None:
    tables = Tables((ROWS,))
    table = tables.of(ROWS)
    table.put(Row(key="a", value=1))
    undo = tables.savepoint()
    table.put(Row(key="a", value=2))
    table.put(Row(key="b"))
    undo()
    assert dict(table.staged) == {"a": Row(key="a", value=1)}
    assert tables.staged


def test_row_of_a_partition_that_is_not_owned_is_refused() -> None:
    table = Tables((ROWS,), lambda _, __: None).of(ROWS)
    with pytest.raises(PoisonRecordError, match="rows"):
        table.put(Row(key="a"))
    assert not table.staged
