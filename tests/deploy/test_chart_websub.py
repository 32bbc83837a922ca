"""The Helm chart lets hubs call the pollers, and nobody else."""

import json
from collections.abc import Mapping, Sequence

from tests.support.deploy.chart import Object, of_kind
from tests.support.deploy.chart_values import EVERYTHING


def test_nobody_is_called_unless_it_is_wanted(plain: Sequence[Object]) -> None:
    assert of_kind(plain, "Service") == of_kind(plain, "Ingress") == {}
    (poll,) = of_kind(plain, "Deployment")["khabar-poll"]["spec"]["template"]["spec"][
        "containers"
    ]
    assert [port["name"] for port in poll["ports"]] == ["metrics"]
    assert "WEBSUB" not in json.dumps(plain)


def test_calls_of_hubs_reach_the_pollers(full: Sequence[Object]) -> None:
    service = of_kind(full, "Service")["khabar-callbacks"]["spec"]
    labels = of_kind(full, "Deployment")["khabar-poll"]["spec"]["template"]["metadata"][
        "labels"
    ]
    assert service["selector"].items() <= labels.items()
    assert service["selector"]["app.kubernetes.io/component"] == "poll"
    (port,) = service["ports"]
    assert (service["type"], port["port"]) == ("ClusterIP", 80)
    (poll,) = of_kind(full, "Deployment")["khabar-poll"]["spec"]["template"]["spec"][
        "containers"
    ]
    ports = {each["name"]: each["containerPort"] for each in poll["ports"]}
    ingress = of_kind(full, "Ingress")["khabar-callbacks"]["spec"]
    (rule,) = ingress["rules"]
    (path,) = rule["http"]["paths"]
    assert rule["host"] == "hubs.example"
    assert (path["path"], path["pathType"]) == ("/news", "Prefix")
    assert path["backend"]["service"] == {
        "name": "khabar-callbacks",
        "port": {"name": port["name"]},
    }
    assert ingress["ingressClassName"] == "nginx"
    assert ingress["tls"] == [{"hosts": ["hubs.example"], "secretName": "hubs-tls"}]
    (opened,) = of_kind(full, "NetworkPolicy")["khabar-callbacks"]["spec"]["ingress"]
    assert opened == {
        "ports": [{"port": ports[port["targetPort"]], "protocol": "TCP"}],
        "from": EVERYTHING["networkPolicy"]["callbackPeers"],
    }


def test_only_pollers_know_the_key_of_the_hubs(full: Sequence[Object]) -> None:
    for name, deployment in of_kind(full, "Deployment").items():
        spec = deployment["spec"]["template"]["spec"]
        secrets = {v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v}
        assert ("hub-key" in secrets) == (name == "khabar-poll")
    for job in of_kind(full, "Job").values():
        assert "websub" not in json.dumps(job)


def test_calls_may_come_without_an_ingress(results: Mapping[str, Object]) -> None:
    called = results["called"]["objects"]
    assert of_kind(called, "Ingress") == of_kind(called, "NetworkPolicy") == {}
    service = of_kind(called, "Service")["khabar-callbacks"]["spec"]
    assert (service["type"], service["ports"][0]["port"]) == ("LoadBalancer", 8080)
    assert "khabar-callbacks, port 8080" in results["called"]["notes"]
    little = results["little"]["objects"]
    assert of_kind(little, "Service") == {}, "there is no poller to be called"
