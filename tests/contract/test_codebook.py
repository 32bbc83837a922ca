"""Every value that a record may hold stands in the codebook."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from workers.domain.outcomes import Outcome
from workers.domain.records import (
    CountKind,
    EntityType,
    EventType,
    Modality,
    Polarity,
    QuadCategory,
    Role,
)
from workers.stages.events.lexicon import shipped
from workers.stages.events.plover import CODES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "codebook.md").read_text("utf-8")
SECTIONS = dict(
    part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
)


def rows(section: str) -> list[list[str]]:
    """Return the cells of a section's table, without its heading."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("Event types", EventType),
        ("Roles", Role),
        ("Polarity", Polarity),
        ("Modality", Modality),
        ("Counts", CountKind),
        ("Quad categories", QuadCategory),
        ("Entity types", EntityType),
        ("Outcomes", Outcome),
    ],
)
def test_every_value_stands_in_its_table(section: str, kind: type[StrEnum]) -> None:
    assert [row[0] for row in rows(section)] == [each.value for each in kind]
    assert all(row[-1] for row in rows(section))


def test_every_subtype_stands_with_its_type() -> None:
    frames = {(e.frame.type.value, e.frame.name) for e in shipped().entries}
    assert {(row[0], row[1]) for row in rows("Subtypes")} == frames


def test_codes_are_those_of_the_code() -> None:
    for kind, quad, root, _ in rows("Event types"):
        codes = CODES.get(EventType(kind))
        expected = (codes.quad.value, codes.cameo_root) if codes else ("–", "–")
        assert (quad, root) == expected


@pytest.mark.parametrize("page", ["README.md", "docs/subscribing.md"])
def test_pages_lead_to_it(page: str) -> None:
    assert "codebook.md)" in (ROOT / page).read_text("utf-8")
