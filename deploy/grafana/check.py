"""Says what of a dashboard Grafana's own types do not know: check.py FILE.

The file is read into the types of Grafana's SDK and written from them again; what is
lost or changed on that way is no part of a dashboard. `deploy/tools.sh` installs it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard


def differences(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Yield the place of everything in *ours* that is not the same in *theirs*."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key in theirs:
                yield from differences(value, theirs[key], f"{place}/{key}")
            else:
                yield f"{place}/{key}: unknown"
    elif isinstance(ours, list) and isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield f"{place}: {len(ours)} and not {len(theirs)}"
        for index, pair in enumerate(zip(ours, theirs, strict=False)):
            yield from differences(*pair, f"{place}/{index}")
    elif ours != theirs:
        yield f"{place}: {ours!r} and not {theirs!r}"


def main(path: Path) -> int:
    """Print the differences; return 1 if there are any."""
    register_default_plugins()
    ours = json.loads(path.read_text("utf-8"))
    theirs = json.loads(JSONEncoder().encode(Dashboard.from_json(ours)))
    found = [*differences(ours, theirs)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
