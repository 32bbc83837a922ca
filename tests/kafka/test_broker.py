import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from tests.support.waiting import PATIENCE
from workers.devkit.broker_storage import FolderInUseError
from workers.devkit.kafka_broker import Broker, BrokerError

pytestmark = pytest.mark.kafka


def write(bootstrap: str, topic: str, value: bytes) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        producer.send(topic, value).get(timeout=PATIENCE)
    finally:
        producer.close(timeout=PATIENCE)


def read(bootstrap: str, topic: str) -> list[bytes]:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        consumer_timeout_ms=int(PATIENCE * 1000),
    )
    try:
        return [next(consumer).value]
    finally:
        consumer.close()


def test_shared_broker_serves_clients(broker: str, prefix: str) -> None:
    write(broker, f"{prefix}.words", "ख़बर".encode())
    assert read(broker, f"{prefix}.words") == ["ख़बर".encode()]


def test_acknowledged_record_survives_kill_and_the_address_stays() -> None:
    with Broker() as broker:
        address = broker.bootstrap
        write(address, "words", b"kept")
        broker.kill()
        assert broker.pid is None
        broker.start()
        assert broker.bootstrap == address
        assert read(address, "words") == [b"kept"]
        folder = broker.folder
    assert not folder.exists()


def test_named_folder_is_kept_for_the_next_broker(tmp_path: Path) -> None:
    with Broker(tmp_path / "data") as first:
        write(first.bootstrap, "words", b"kept")
    with Broker(tmp_path / "data") as second:
        assert read(second.bootstrap, "words") == [b"kept"]


def test_second_broker_on_a_folder_is_refused_and_the_first_goes_on(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    with Broker(folder) as first:
        properties = (folder / "server.properties").read_bytes()
        with pytest.raises(FolderInUseError, match=f"port {first.port}"):
            Broker(folder).start()
        assert (folder / "server.properties").read_bytes() == properties
        write(first.bootstrap, "words", b"kept")
        assert read(first.bootstrap, "words") == [b"kept"]


def test_taken_port_is_named(broker: str) -> None:
    port = int(broker.rpartition(":")[2])
    with pytest.raises(BrokerError, match=f"port {port} is taken"), Broker(port=port):
        pass


def test_failed_start_shows_the_end_of_the_log() -> None:
    broker = Broker(settings={"num.io.threads": "none"})
    with pytest.raises(BrokerError, match=r"num\.io\.threads") as failure, broker:
        pass
    assert "exit status" in str(failure.value)
    assert not broker.folder.exists()


# Starts a broker, tells its process id and folder, and dies without a chance to stop.
DYING_PARENT = """
import os, signal
from workers.devkit.broker_storage import FolderInUseError
from workers.devkit.kafka_broker import Broker
broker = Broker().start()
print(broker.pid, broker.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return False
    return state[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends orphans by prctl")
def test_broker_dies_with_its_parent_and_the_next_removes_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = subprocess.run(
        [sys.executable, "-c", DYING_PARENT],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert parent.returncode == -signal.SIGKILL
    pid, folder = parent.stdout.split()
    deadline = time.monotonic() + PATIENCE
    while is_running(int(pid)):
        assert time.monotonic() < deadline, f"broker {pid} outlived its parent"
        time.sleep(0.02)
    os.utime(folder, (0, 0))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    Broker().close()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_does_not_reach_the_broker() -> None:
    with Broker() as broker:
        assert broker.pid is not None
        assert os.getsid(broker.pid) != os.getsid(0)
