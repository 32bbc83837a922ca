"""Check what set-up installs from, and what a package of Khabar holds."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def locked(lock: Path) -> dict[str, list[str]]:
    """Return the hashes of each locked requirement."""
    found: dict[str, list[str]] = {}
    for line in lock.read_text("utf-8").splitlines():
        if match := re.match(r"([a-z0-9-]+)==\S+", line):
            hashes = found.setdefault(match[1], [])
        elif match := re.fullmatch(r"    --hash=(sha256:[0-9a-f]{64})(?: \\)?", line):
            hashes.append(match[1])
        else:
            assert line.lstrip().startswith("#"), line
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_lock_has_hashes_and_no_addresses(lock: Path) -> None:
    requirements = locked(lock)
    assert requirements
    assert [name for name, hashes in requirements.items() if not hashes] == []
    assert "://" not in lock.read_text("utf-8")


@pytest.mark.parametrize(
    ("lock", "parts"),
    [
        ("uv", ["setup"]),
        ("build", ["build"]),
        ("java", ["java"]),
        ("run", [""]),
        ("stanza", ["", "stanza"]),
        ("dev", ["", "dev", "build"]),
        ("train", ["", "stanza", "dev", "build", "train"]),
        ("deploy", ["deploy"]),
        ("benchmark", ["benchmark"]),
    ],
)
def test_lock_holds_what_the_project_asks_for(lock: str, parts: list[str]) -> None:
    named = {
        "": PROJECT["project"]["dependencies"],
        **PROJECT["project"]["optional-dependencies"],
        **PROJECT["dependency-groups"],
    }
    versions = dict(
        re.findall(
            r"^([a-z0-9-]+)==([^ ;]+)",
            (ROOT / f"requirements/{lock}.txt").read_text("utf-8"),
            re.MULTILINE,
        ),
    )
    for part in parts:
        for line in named[part]:
            asked = Requirement(line)
            name = re.sub(r"[-_.]+", "-", asked.name).lower()
            assert name in versions, "run `make lock`"
            assert versions[name] in asked.specifier, f"{name}: run `make lock`"


def test_every_lock_is_known() -> None:
    expected = {"uv", "build", "java", "run", "stanza", "dev", "train", "deploy"}
    expected |= {"benchmark"}
    assert {lock.stem for lock in LOCKS} == expected


def test_locks_agree_on_versions() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for line in lock.read_text("utf-8").splitlines():
            if match := re.match(
                r"([a-z0-9-]+)==(\S+)( ; .*python_full_version.*)?", line
            ):
                versions.setdefault(match[1] + (match[3] or ""), set()).add(match[2])
    assert {name: v for name, v in versions.items() if len(v) > 1} == {}


def test_help_lists_every_target_from_any_folder(tmp_path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    help_text = subprocess.run(
        ["make", "--no-print-directory", "-C", ROOT, "help"],  # noqa: S607 - any make
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    ).stdout
    assert set(re.findall(r"^  make (\S+) ", help_text, re.MULTILINE)) == set(
        phony[1].split(),
    )


def test_unknown_set_is_refused_with_what_to_do() -> None:
    result = subprocess.run(
        [ROOT / "deploy/setup.sh", "nonsense"],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert result.returncode == 1
    assert "no lock file requirements/nonsense.txt" in result.stderr
    assert "to do: name a set that exists" in result.stderr


def test_wheel_holds_what_the_program_needs(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=240,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = (n for n in names if n.endswith("entry_points.txt"))
        assert b"khabar = workers.cli:main" in archive.read(entry_points)
    assert {"workers/py.typed", "workers/devkit/kafka-broker.pom.xml"} <= names
    sources = (ROOT / "workers").rglob("*.py")
    assert {path.relative_to(ROOT).as_posix() for path in sources} <= names
    assert not any(name.startswith(("tests/", "models/")) for name in names)
