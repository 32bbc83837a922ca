#!/bin/sh
# Stands in for Kafka's own program of that name: asks what a broker can, fails without
# an answer. Its options are taken as compose.yaml gives them.
[ "$1" = --bootstrap-server ] || exit 2
exec python3 - "$2" <<'END'
import socket, struct, sys
host, _, port = sys.argv[1].rpartition(":")
request = struct.pack(">hhih", 18, 0, 1, -1)  # ApiVersions 0, no client id
with socket.create_connection((host, int(port)), 10) as link:
    link.settimeout(10)
    link.sendall(struct.pack(">i", len(request)) + request)
    answer = link.recv(10, socket.MSG_WAITALL)
size, correlation, error = struct.unpack(">iih", answer)
sys.exit(0 if (correlation, error) == (1, 0) and size > 6 else 1)
END
