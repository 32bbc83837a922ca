"""What the documentation says, held against the code."""

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from workers.cli import app
from workers.cli.metrics import declared
from workers.fleet.registry import load, names
from workers.runtime.service.settings import Kafka, Process, known_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "seeds/*.md", "models/*.md")
    for path in ROOT.glob(pattern)
)
every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("topics.md", ["topics", "describe"]),
        ("settings.md", ["settings", "--markdown"]),
        ("metrics.md", ["metrics", "--markdown"]),
    ],
)
def test_generated_pages_are_in_step(page: str, words: list[str]) -> None:
    written = CliRunner().invoke(app, words)
    assert written.exit_code == 0
    assert (ROOT / "docs" / page).read_text("utf-8") == written.stdout, "make schemas"


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("https://", "http://")):
            assert (page.parent / target).exists(), target


def commands() -> Iterator[str]:
    def below(command: Any, words: str) -> Iterator[str]:
        yield words
        for name, one in getattr(command, "commands", {}).items():
            yield from below(one, f"{words} {name}")

    yield from below(typer.main.get_command(app), "khabar")


@every_page
def test_commands_exist(page: Path) -> None:
    known = set(commands())
    groups = {words.rsplit(" ", 1)[0] for words in known}
    text = page.read_text("utf-8").replace("\\|", "|")
    for line in re.findall(r"(?:`|^ {4}|do )(khabar [^`\n]*)", text, re.MULTILINE):
        words = re.match(r"khabar(?: [a-z][a-z|-]*)*", line)
        assert words
        first, *rest = words[0].split(" ")[1:]
        assert f"khabar {first}" in known, line
        if f"khabar {first}" in groups and rest:
            for name in rest[0].split("|"):
                assert f"khabar {first} {name}" in known, line


@every_page
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(
        re.findall(r"(?:`|^ {4})make ([a-z-]+)", page.read_text(), re.MULTILINE)
    )
    assert named <= targets


@every_page
def test_settings_exist(page: Path) -> None:
    kinds: list[tuple[type[Any], str]] = [(Kafka, "kafka"), (Process, "worker")]
    kinds += [(load(name).settings, name) for name in names()]
    known = {
        variable
        for kind, group in kinds
        for setting in known_settings(kind, group)
        for variable in (setting.variable, setting.former_variable)
    }
    text = page.read_text("utf-8")
    found = re.findall(r"KHABAR_[A-Z_]+[A-Z]", text)
    named = {name.removesuffix("_FILE") for name in found}
    assert named <= known


def test_metrics_have_the_names_of_their_field() -> None:
    measures = [one for _, listed in declared() for one in listed]
    assert len({one.name for one in measures}) == len(measures) > 20
    for one in measures:
        assert one.name.startswith("khabar_")
        assert one.meaning.endswith(".")
        assert (one.kind == "counter") == one.name.endswith("_total")
        assert not {"url", "feed", "host", "article"} & set(one.labels)


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme.index("make demo") < readme.index("make test") < 400


# --- names of code ---------------------------------------------------------------

ROOMS = sorted(path.name for path in (ROOT / "workers").iterdir() if path.is_dir())
DOTTED = re.compile(rf"`(?:workers\.)?((?:{'|'.join(ROOMS)})(?:\.\w+)+)`")
PATH = re.compile(
    r"(?<![\w/.-])(?:workers|tests|schemas|models|deploy|docs)/[\w./*<>-]+[\w>]"
)


@every_page
def test_paths_in_the_guides_exist(page: Path) -> None:
    """Parts in angle brackets, such as `<topic>`, stand for a name."""
    for path in PATH.findall(page.read_text("utf-8")):
        pattern = re.sub("<[^>]*>", "*", path)
        assert list(ROOT.glob(pattern)), path


def test_modules_and_functions_of_the_architecture_exist() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    found = set(DOTTED.findall(page))
    assert len(found) > 40
    for name in found:
        pkgutil.resolve_name(f"workers.{name}")
