"""Configuration files of the embedded broker: one KRaft node on loopback, kept small.

The broker's process is in `kafka_broker`, the folder of its files in `broker_storage`.
"""

from collections.abc import Mapping
from pathlib import Path

# A broker that the controller does not hear for this session is fenced: no partition
# has a leader until it is let in again. Controller and broker are one process here, so
# that this happens only to a machine so busy that it stands still: give it time.
_SESSION_SECONDS = 60.0

_SERVER = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
num.partitions=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.heartbeat.interval.ms=500
broker.session.timeout.ms={session_ms}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=2
background.threads=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
log.index.size.max.bytes=1048576
"""

# The short session is the point: see `kafka_broker.Broker._fence_old_registration`.
_CONTROLLER = """\
process.roles=controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=CONTROLLER://127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT
log.dirs={data}
broker.heartbeat.interval.ms=100
broker.session.timeout.ms=400
"""

LOGGING = """\
<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="output">
      <PatternLayout pattern="%d{ISO8601} %-5p %c{1} %m%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="output"/></Root>
  </Loggers>
</Configuration>
"""
"""Log4j 2: everything to standard output."""


def server_properties(
    port: int, controller_port: int, data: Path, settings: Mapping[str, str]
) -> str:
    """Return the properties of broker and controller in one node.

    *settings* go over ours.
    """
    ours = _SERVER.format(
        port=port,
        controller_port=controller_port,
        data=data,
        session_ms=int(1000 * _SESSION_SECONDS),
    )
    # of two equal names the last one holds
    return ours + "".join(f"{name}={value}\n" for name, value in settings.items())


def controller_properties(controller_port: int, data: Path) -> str:
    """Return the properties of the same node as a controller alone."""
    return _CONTROLLER.format(controller_port=controller_port, data=data)
