"""The programs that check deploy/, as deploy/tools.sh installs them."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm/khabar"
BIN = ROOT / "build/deploy-tools/bin"
TIMEOUT = 600


def python_tool(name: str) -> Path:
    """Return the program, or skip the test and say what is missing."""
    program = BIN / name
    if not program.exists():
        pytest.skip(f"{name} is missing: run deploy/tools.sh python")
    return program


def debian_tool(name: str, package: str) -> str:
    """Return the program, or skip the test and say what is missing."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(
            f"{name} of Debian's {package} is missing: run deploy/tools.sh containers"
        )
    return program


def run(*command: str | Path, stdin: str | None = None, cwd: Path = ROOT) -> str:
    """Run a command to its end; return what it wrote, fail with it otherwise."""
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        cwd=cwd,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
