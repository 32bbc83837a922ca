"""Kafka's jars: resolved by Maven once, kept in a cache folder of the user."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from workers.devkit.java import Java, SetupError

POM = Path(__file__).with_name("kafka-broker.pom.xml")
BROKER_JAR = "kafka_2.13-4.3.1.jar"


def cache_folder() -> Path:
    """Return where this pom's jars are kept (XDG Base Directory Specification)."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    edition = hashlib.sha256(POM.read_bytes()).hexdigest()[:8]
    return Path(root, "khabar", f"kafka-4.3.1-{edition}")


def resolved() -> bool:
    """Return whether the jars are there."""
    return (cache_folder() / BROKER_JAR).is_file()


def resolve(java: Java) -> Path:
    """Return the folder of the jars, fetched with Maven if they are not there.

    The folder appears complete or not at all. Maven checks every checksum, and its
    own settings (~/.m2/settings.xml) hold. Raises SetupError.
    """
    folder = cache_folder()
    if resolved():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise SetupError("Kafka's jars come through Maven: install Debian's maven")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as new:
            jars = Path(new, "jars")
            _copy_dependencies(maven, java, jars)
            if not folder.exists():  # else another process was first
                jars.rename(folder)
    except OSError as error:
        raise SetupError(
            f"{folder.parent} cannot hold Kafka's jars: {error.strerror};"
            " set XDG_CACHE_HOME to a folder that can",
        ) from error
    return folder


def _copy_dependencies(maven: str, java: Java, jars: Path) -> None:
    result = subprocess.run(
        [
            maven,
            "--quiet",
            "--batch-mode",
            "--strict-checksums",
            f"--file={POM}",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={jars}",
        ],
        env={**os.environ, "JAVA_HOME": str(java.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode or not (jars / BROKER_JAR).is_file():
        said = (result.stdout + result.stderr).strip().splitlines()[:15]
        summary = (
            f"Maven could not fetch Kafka's jars (exit status {result.returncode}):"
            " check the network and Maven's settings. It said:"
        )
        raise SetupError("\n".join([summary, *said]))
