"""Ports on loopback for brokers and worker processes."""

import random
import socket

# Below the range from which Linux gives ports to outgoing connections
# (net.ipv4.ip_local_port_range), so that none of those takes one between the moment
# it is found free and the moment a server listens on it.
_PORTS = range(20_000, 32_000)


def free_port(*taken: int) -> int:
    """Return a free port other than *taken* that no outgoing connection takes."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - not a secret
        if port not in taken and is_free(port):
            return port


def is_free(port: int) -> bool:
    """Return whether a server could listen on *port* now."""
    with socket.socket() as probe:
        # as Kafka binds: a port is free although its last connections linger
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
