"""`khabar feeds …` as a process of its own, against servers on loopback."""

import os
import subprocess
import sys
from pathlib import Path

SETTINGS = {
    "KHABAR_HTTP_ALLOWED_NETWORKS": "127.0.0.0/8",
    "KHABAR_POLL_HOST_GAP_SECONDS": "0",
    "COLUMNS": "120",
}


def feeds(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `khabar feeds` with *words*; *more* are variables of its environment."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KHABAR_")}
    return subprocess.run(
        [sys.executable, "-m", "workers", "feeds", *words],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env=clean | SETTINGS | more,
    )
