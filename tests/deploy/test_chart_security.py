"""What the Helm chart's pods may do, know and reach."""

import ipaddress
import re
from collections.abc import Sequence

from tests.support.deploy.chart import Object, containers, environment, of_kind, pods
from tests.support.deploy.chart_values import EVERYTHING
from tests.support.deploy.tools import DEPLOY
from workers.runtime.http.transport import addresses


def test_secrets_come_from_files(full: Sequence[Object]) -> None:
    for pod in pods(full):
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        assert volumes["sasl"]["secret"]["secretName"] == "kafka-user"
        assert volumes["tls"]["secret"]["secretName"] == "kafka-tls"
        for container in containers(pod):
            environ = environment(container)
            mounts = {m["mountPath"]: m["name"] for m in container["volumeMounts"]}
            files = [
                value
                for name, value in environ.items()
                if name.endswith(("_FILE", "_PATH"))
            ]
            hubs = environ.get("KHABAR_WEBSUB_CALLBACK_URL") is not None
            assert len(files) == (6 if hubs else 5)
            for file in files:
                folder, _, name = file.rpartition("/")
                items = volumes[mounts[folder]]["secret"]["items"]
                assert name in {item["path"] for item in items}
            assert "PASSWORD" not in " ".join(environ).replace("PASSWORD_FILE", "")


def test_pods_are_restricted(objects: Sequence[Object]) -> None:
    """As the profile `restricted` of the Pod Security Standards asks, and more."""
    found = [*pods(objects)]
    assert len(found) >= 4
    for pod in found:
        spec = pod["spec"]
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] >= 1000
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        for volume in spec["volumes"]:
            assert set(volume) - {"name"} <= {"emptyDir", "secret", "configMap"}
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "memory" in container["resources"]["limits"]
            mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
            assert "/tmp" in mounts  # noqa: S108 - the container's own


def test_user_is_the_image_s(plain: Sequence[Object]) -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    user = re.search(r"^USER (\d+):(\d+)$", dockerfile, re.MULTILINE)
    assert user
    for pod in pods(plain):
        context = pod["spec"]["securityContext"]
        ids = (context["runAsUser"], context["runAsGroup"])
        assert ids == tuple(int(part) for part in user.groups())


def test_web_is_what_the_workers_may_reach_themselves(
    plain: Sequence[Object], full: Sequence[Object]
) -> None:
    (rule,) = of_kind(plain, "NetworkPolicy")["khabar-web"]["spec"]["egress"]
    blocks = [peer["ipBlock"] for peer in rule["to"]]
    found = {
        ipaddress.ip_network(block["cidr"]): {
            ipaddress.ip_network(network) for network in block["except"]
        }
        for block in blocks
    }
    public = addresses._PUBLIC_V6
    assert found == {
        ipaddress.ip_network("0.0.0.0/0"): {n for n, _ in addresses._REFUSED_V4},
        public: {n for n, _ in addresses._REFUSED_V6 if n.subnet_of(public)},
    }
    _, opened = of_kind(full, "NetworkPolicy")["khabar-web"]["spec"]["egress"]
    assert opened == {"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]}


def test_brokers_and_names_can_be_reached(full: Sequence[Object]) -> None:
    for name in ("khabar", "khabar-topics"):
        spec = of_kind(full, "NetworkPolicy")[name]["spec"]
        assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
        dns, brokers = spec["egress"]
        assert {port["port"] for port in dns["ports"]} == {53}
        assert [port["port"] for port in brokers["ports"]] == [9093, 9094]
        assert brokers["to"] == EVERYTHING["networkPolicy"]["brokerPeers"]
