"""What the apache/kafka image does, as far as compose.yaml relies on it.

KAFKA_SOME_NAME becomes `some.name` of server.properties, the data folder is formatted
once, and the broker takes this process's place.
"""

import os
import subprocess
import sys
from pathlib import Path

CONFIG = Path("/tmp/server.properties")  # noqa: S108 - the container's own
OTHERS = {"KAFKA_HEAP_OPTS", "KAFKA_OPTS"}
CLUSTER = "5L6g3nShT-eMCtK--X86sw"
"""The image's default id of a cluster."""

properties = {
    name.removeprefix("KAFKA_").lower().replace("_", "."): value
    for name, value in os.environ.items()
    if name.startswith("KAFKA_") and name not in OTHERS
}
CONFIG.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
java = [
    f"{os.environ['JAVA_HOME']}/bin/java",
    *os.environ.get("KAFKA_HEAP_OPTS", "").split(),
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-cp",
    "/opt/kafka/libs/*",
]
tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted"]
subprocess.run([*java, *tool, "--cluster-id", CLUSTER, "--config", CONFIG], check=True)
sys.stdout.flush()
os.execv(java[0], [*java, "kafka.Kafka", str(CONFIG)])  # noqa: S606 - its own place
