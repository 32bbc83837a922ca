"""Images and containers for the tests: ours, and stand-ins for those of others.

Nothing is pulled. The base image and third parties' images are made here of Debian's
packages and of Kafka's jars, under the names that Dockerfile and compose.yaml use;
images of these names that are there already are taken as they are. What belongs to
this machine and no other (its certificates) goes into the stand-in base only.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.deploy.tools import BIN, DEPLOY, ROOT, debian_tool
from workers.devkit import jars
from workers.devkit.java import find_java

STAND_INS = Path(__file__).with_name("stand-ins")
BASE = "python:3.11-slim-bookworm"
LABEL = "khabar.test.stand-in"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
HARDENED = (
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
)


def environment() -> dict[str, str]:
    """Return this process's environment with podman's settings for the tests."""
    return {
        **os.environ,
        "CONTAINERS_CONF": str(Path(__file__).with_name("containers.conf")),
        # the OCI format knows no HEALTHCHECK
        "BUILDAH_FORMAT": "docker",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }


def require() -> None:
    """Skip the test where containers cannot be made, and say why."""
    for program in ("buildah", "podman", "runc", "mmdebstrap"):
        debian_tool(program, program)
    if os.getuid() != 0:
        pytest.skip("building and running containers here needs root")


def run(*command: str | Path, timeout: float = 1800, check: bool = True) -> str:
    """Run a command to its end; return its output, fail with what it said otherwise."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env=environment(),
        cwd=ROOT,
    )
    if check:
        said = f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        assert done.returncode == 0, f"{[*map(str, command)]}\n{said}"
    return done.stdout


def is_there(image: str) -> bool:
    """Tell whether an image of that name is in the local store."""
    return bool(run("buildah", "images", "--quiet", image, check=False).strip())


@functools.cache
def base() -> str:
    """Return the base image's name; make a stand-in of Debian's packages for it.

    Takes minutes, so that one that is there stays, whatever it was made of.
    """
    if is_there(BASE):
        return BASE
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "root.tar")
        links = "".join(
            f'ln -s ../../bin/python3 "$1/usr/local/bin/{name}";'
            for name in ("python", "python3")
        )
        run(
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            "--mode=root",
            "--include=python3,python3-venv,ca-certificates,tzdata",
            "--dpkgopt=force-unsafe-io",
            *(
                f"--dpkgopt=path-exclude=/usr/share/{name}/*"
                for name in ("man", "doc", "locale")
            ),
            f"--customize-hook={links}",
            f'--customize-hook=cp {CERTIFICATES} "$1{CERTIFICATES}"',
            '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*',
            "bookworm",
            tree,
            "/etc/apt/sources.list.d/debian.sources",
        )
        _commit(None, BASE, {tree: "/"}, ["--cmd", "python3", "--env", "LANG=C.UTF-8"])
    return BASE


@functools.cache
def ours(target: str) -> str:
    """Build a target of our Dockerfile; layers that nothing changed are kept."""
    base()
    name = f"khabar:{target}"
    run(
        "buildah",
        "bud",
        "--layers",
        "--isolation=chroot",
        "--pull-never",
        f"--file={DEPLOY / 'Dockerfile'}",
        f"--target={target}",
        f"--tag={name}",
        ROOT,
    )
    return name


@functools.cache
def kafka(name: str) -> str:
    """Make a stand-in for Kafka's image: our jars and this machine's Java."""
    java = find_java().executable.resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "java")
        # Debian's has links into /etc and to other packages
        shutil.copytree(java, home, symlinks=False, ignore_dangling_symlinks=True)
        _commit(
            base(),
            name,
            {
                home: "/opt/java",
                jars.cache_folder(): "/opt/kafka/libs",
                STAND_INS / "kafka": "/opt/kafka",
            },
            [
                "--env=JAVA_HOME=/opt/java",
                "--user=1000:1000",
                '--entrypoint=["python3"]',
                "--cmd=/opt/kafka/start.py",
            ],
            data=("1000:1000", "/var/lib/kafka/data"),
        )
    return name


@functools.cache
def watcher(
    name: str, executable: str, *options: str, data: str, beside: Path | None = None
) -> str:
    """Make a stand-in for an image of Prometheus' family: this machine's program.

    *beside* is a folder that it wants to find at its place.
    """
    found = Path(debian_tool(executable, executable)).resolve()
    _commit(
        base(),
        name,
        {found: f"/bin/{executable}", **({beside: str(beside)} if beside else {})},
        [
            "--user=65534:65534",
            f'--entrypoint=["/bin/{executable}"]',
            f"--cmd={' '.join(options)}",
        ],
        data=("65534:65534", data),
    )
    return name


@functools.cache
def grafana(name: str) -> str:
    """Make a stand-in for Grafana, which no package has: see stand-ins/grafana.py."""
    _commit(
        ours("engine"),
        name,
        {STAND_INS / "grafana.py": "/grafana.py"},
        [
            "--user=472:0",
            '--entrypoint=["python"]',
            "--cmd=/grafana.py",
            "--healthcheck=NONE",
        ],
        data=("472:0", "/var/lib/grafana"),
    )
    return name


def _label(name: str) -> str:
    template = f'{{{{index .Config.Labels "{LABEL}"}}}}'
    return run("podman", "image", "inspect", f"--format={template}", name).strip()


@functools.cache
def _edition() -> str:
    """Return a digest of what the stand-ins are made of."""
    files = sorted(path for path in STAND_INS.rglob("*") if path.is_file())
    parts = [path.read_bytes() for path in [Path(__file__), *files]]
    return hashlib.sha256(
        b"\0".join([*parts, str(jars.cache_folder()).encode()])
    ).hexdigest()


def _commit(
    parent: str | None,
    name: str,
    files: Mapping[Path, str],
    config: list[str],
    data: tuple[str, str] | None = None,
) -> None:
    """Make an image of *files*, and of a folder for data: its owner and its place.

    One of that name stays, if it is not a stand-in or one of the same files.
    """
    if is_there(name) and _label(name) in {"", _edition()}:
        return
    origin = ["--pull-never", parent] if parent else ["scratch"]
    container = run("buildah", "from", *origin).strip()
    try:
        for source, target in files.items():
            run("buildah", "add", "--quiet", container, source, target)
        if data is not None:
            with tempfile.TemporaryDirectory() as empty:
                run("buildah", "add", f"--chown={data[0]}", container, empty, data[1])
        run("buildah", "config", f"--label={LABEL}={_edition()}", *config, container)
        run("buildah", "commit", "--quiet", container, f"localhost/{name}")
    finally:
        run("buildah", "rm", container)
