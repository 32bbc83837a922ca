import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from workers import __version__
from workers.ednil import model as ednil
from workers.fleet import entities
from workers.runtime.service import settings
from workers.runtime.service.clock import SystemClock
from workers.runtime.service.health import Health, HealthServer

ROOT = Path(__file__).parents[2]


class Instruction(NamedTuple):
    word: str
    rest: str


def instructions() -> list[Instruction]:
    text = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line
    ]


def rests(word: str) -> list[str]:
    return [
        instruction.rest for instruction in instructions() if instruction[0] == word
    ]


def stages() -> dict[str, str]:
    """Names of the stages, and what each builds upon."""
    found = {}
    for rest in rests("FROM"):
        parent, word, name = rest.split()
        assert word == "AS"
        found[name] = parent
    return found


def environment() -> dict[str, str]:
    pairs = [pair for rest in rests("ENV") for pair in rest.split()]
    return dict(pair.split("=", maxsplit=1) for pair in pairs)


def test_stages_build_upon_each_other_or_the_named_base() -> None:
    known = {"${BASE}"}
    for name, parent in stages().items():
        assert parent in known
        known.add(name)
    assert rests("ARG") == [
        "BASE=python:3.11-slim-bookworm",
        'TORCH_INDEX=""',
        f"VERSION={__version__}",
        'REVISION=""',
    ]


def test_every_copied_file_is_there_and_sent_to_the_builder() -> None:
    sent = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = []
    for rest in rests("COPY"):
        *sources, _target = rest.split()
        if sources[0].startswith("--from="):
            assert sources[0].removeprefix("--from=") in stages()
        else:
            copied += sources
    assert {source.split("/")[0] for source in copied} == sent
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_every_lock_file_it_names_is_there() -> None:
    named = set(re.findall(r"requirements/[\w.]+", " ".join(rests("RUN"))))
    assert len(named) == 4
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_it_runs_as_a_numeric_user_who_is_not_root() -> None:
    assert [
        re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) is not None for user in rests("USER")
    ]
    final = {name: parent for name, parent in stages().items() if "build" not in name}
    assert final == {
        "base": "${BASE}",
        "stanza": "base",
        "bare": "base",
        "engine": "bare",
    }
    after = instructions()[
        instructions().index(Instruction("USER", rests("USER")[0])) :
    ]
    assert "RUN" not in {instruction.word for instruction in after}


def test_the_role_is_the_argument() -> None:
    assert [json.loads(rest) for rest in rests("ENTRYPOINT")] == [["khabar"]]
    assert [json.loads(rest) for rest in rests("CMD")] == [["--help"]]


def test_settings_of_the_image_are_settings_of_every_worker() -> None:
    environ = {k: v for k, v in environment().items() if k.startswith("KHABAR_")}
    process = settings.read(settings.Process, "worker", environ)
    assert process.metrics_host == "0.0.0.0"  # noqa: S104 - a container's own network
    assert [str(process.metrics_port)] == rests("EXPOSE")


def test_models_are_where_the_worker_looks() -> None:
    environ = {k: v for k, v in environment().items() if k.startswith("KHABAR_")}
    looks = settings.read(entities.Settings, "entities", environ).models_dir
    assert f"models {looks}" in rests("COPY")
    package = entities.PACKAGE_FOLDER
    for folder in (package, ednil.FOLDER):
        assert f"models/{folder} {looks}/{folder}" in rests("COPY")


@pytest.mark.parametrize(("silent_seconds", "status"), [(0, 0), (1000, 1)])
def test_health_check_follows_the_health_of_the_worker(
    silent_seconds: float,
    status: int,
) -> None:
    (check,) = rests("HEALTHCHECK")
    python, *arguments = json.loads(check.partition("CMD ")[2])
    assert python == "python"
    now = [0.0]

    class Clock(SystemClock):
        def monotonic(self) -> float:
            return now[0]

    health = Health(Clock(), alive_seconds=60)
    now[0] = silent_seconds
    with closing(HealthServer(health, "127.0.0.1", 0)) as server:
        port = server.address.rpartition(":")[2]
        arguments = [argument.replace("9100", port) for argument in arguments]
        answer = subprocess.run([sys.executable, *arguments], check=False, timeout=180)
    assert answer.returncode == status


def test_health_check_fails_without_a_worker() -> None:
    (check,) = rests("HEALTHCHECK")
    arguments = json.loads(check.partition("CMD ")[2])[1:]
    # port 1 on loopback: nobody listens
    arguments = [argument.replace("9100", "1") for argument in arguments]
    answer = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        timeout=180,
        capture_output=True,
    )
    assert answer.returncode != 0


def test_index_for_torch_leaves_the_rest_of_the_lock_as_it_is() -> None:
    lock = ROOT / "requirements/stanza.txt"
    whole = lock.read_text("utf-8")
    (run,) = (rest for rest in rests("RUN") if "TORCH_INDEX" in rest)
    programs = re.search(r"sed -nE ('[^']+').*awk ('[^']+')", run)
    assert programs
    version, kept = (
        subprocess.run(
            ["sh", "-c", f"{command} {program} {lock}"],  # noqa: S607 - any shell
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for command, program in zip(("sed -nE", "awk"), programs.groups(), strict=True)
    )
    assert f"\ntorch=={version.strip()} " in whole
    gone = set(re.findall(r"^([a-z0-9-]+)==", whole, re.MULTILINE)) - set(
        re.findall(r"^([a-z0-9-]+)==", kept, re.MULTILINE)
    )
    assert {"torch", "triton"} < gone
    assert all(
        name.startswith(("nvidia-", "cuda-")) for name in gone - {"torch", "triton"}
    )
    assert kept.count("--hash=") < whole.count("--hash=")
    assert "\nstanza==" in kept
