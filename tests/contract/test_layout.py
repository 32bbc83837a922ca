"""Tests stand where what they test stands, and what tests share in one place."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
UNIT = TESTS / "unit"


def modules(folder: Path) -> list[Path]:
    return [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    ]


def mirrored(module: Path) -> Path:
    """Return what a module of tests/unit is about: a folder, or a module's name."""
    if module.parts[0] == "models":
        return ROOT / module.parent
    return ROOT / "workers" / module.parent


def test_unit_tests_mirror_the_tree_that_they_test() -> None:
    """A folder of tests stands for a package, or for one module with many tests."""
    strays = [
        str(module)
        for module in modules(UNIT)
        if len(module.parts) > 1
        and not mirrored(module).is_dir()
        and not mirrored(module).with_suffix(".py").is_file()
    ]
    assert strays == []


def test_tests_of_a_package_stand_in_its_folder() -> None:
    """`test_polls.py` beside a package `polls` would hide what the package has."""
    strays = [
        str(module)
        for module in modules(UNIT)
        if (mirrored(module) / module.stem.removeprefix("test_")).is_dir()
    ]
    assert strays == []


def test_helpers_of_tests_live_in_support() -> None:
    strays = [
        str(module)
        for module in modules(TESTS)
        if module.parts[0] != "support"
        and not module.name.startswith("test_")
        and module.name != "conftest.py"
    ]
    assert strays == []
