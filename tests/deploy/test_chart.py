"""The Helm chart: rendered by Helm, held against schemas, the code and itself."""

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.tools import CHART, DEPLOY, ROOT, python_tool, run
from workers import __version__
from workers.cli.run import load, names
from workers.domain import topics
from workers.fleet.poll import PollSettings
from workers.runtime import addresses, settings
from workers.runtime.http import HttpSettings

Object = Mapping[str, Any]
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
FEEDS = (ROOT / "seeds/feeds.toml").read_text("utf-8")
EVERYTHING: dict[str, Any] = {
    "image": {"repository": "registry.example:5000/news/khabar", "tag": "other"},
    "imagePullSecrets": [{"name": "puller"}],
    "kafka": {
        "bootstrapServers": "one.example:9093, two.example:9094",
        "topicPrefix": "news",
        "securityProtocol": "SASL_SSL",
        "sasl": {"mechanism": "SCRAM-SHA-512", "existingSecret": "kafka-user"},
        "tls": {
            "existingSecret": "kafka-tls",
            "certificateKey": "tls.crt",
            "keyKey": "tls.key",
        },
    },
    "http": {
        "userAgentContact": "https://example.org/crawler",
        "allowedNetworks": ["10.1.0.0/16"],
    },
    "topics": {"replication": 3},
    "feeds": {"list": FEEDS, "retireOthers": True},
    "workers": {
        "entities": {
            "replicas": 2,
            "extraEnv": [{"name": "KHABAR_ENTITIES_THREADS", "value": "2"}],
        }
    },
    "extraEnv": [{"name": "KHABAR_KAFKA_STUCK_SECONDS", "value": "90"}],
    "serviceAccount": {"annotations": {"example.org/role": "none"}},
    "podAnnotations": {"example.org/note": "yes"},
    "podLabels": {"example.org/team": "news"},
    "nodeSelector": {"kubernetes.io/arch": "amd64"},
    "tolerations": [{"key": "news", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {"podAntiAffinity": {}},
    "priorityClassName": "high",
    "networkPolicy": {
        "brokerPeers": [{"ipBlock": {"cidr": "10.2.0.0/16"}}],
        "metricsPeers": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}],
        "callbackPeers": [{"podSelector": {"matchLabels": {"app": "ingress"}}}],
    },
    "websub": {
        "enabled": True,
        "callbackUrl": "https://hubs.example/news/",
        "existingSecret": "hub-key",
        "secretKey": "key",
        "service": {"annotations": {"example.org/note": "calls"}},
        "ingress": {
            "enabled": True,
            "className": "nginx",
            "tlsSecret": "hubs-tls",
            "annotations": {"example.org/note": "calls"},
        },
    },
    "monitoring": {
        "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
        "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
        "dashboard": {"enabled": True},
    },
    "keda": {
        "enabled": True,
        "workers": {
            "entities": {"minReplicas": 1, "maxReplicas": 99, "lagThreshold": 50}
        },
    },
}
FETCHERS = {
    name
    for name in names()
    for setting in settings.known_settings(load(name).settings, name)
    if setting.variable == "KHABAR_HTTP_USER_AGENT_CONTACT"
}
DIGEST = f"sha256:{'0' * 64}"
LITTLE: dict[str, Any] = {
    "image": {"digest": DIGEST},
    "fullnameOverride": "n" * 60,
    "kafka": {
        "securityProtocol": "SSL",
        "tls": {"existingSecret": "ca", "checkHostname": False},
    },
    "topics": {"apply": False},
    "feeds": {"existingConfigMap": "my-feeds", "key": "mine.toml"},
    "workers": {"poll": {"enabled": False}},
    "websub": {
        "enabled": True,
        "callbackUrl": "http://hubs.example",
        "existingSecret": "hub-key",
    },
    "preflight": False,
    "serviceAccount": {"create": False},
    "podDisruptionBudget": {"enabled": False},
    "networkPolicy": {"enabled": False},
    "keda": {"enabled": True},
}
CALLED: dict[str, Any] = {
    "networkPolicy": {"enabled": False},
    "websub": {
        "enabled": True,
        "callbackUrl": "http://hubs.example:8080",
        "existingSecret": "hub-key",
        "service": {"type": "LoadBalancer", "port": 8080},
    },
}
CASES = {
    "plain": {},
    "everything": EVERYTHING,
    "little": LITTLE,
    "called": CALLED,
    "scaled": {
        "workers": {name: {"replicas": 2} for name in names()},
        "websub": {**CALLED["websub"], "ingress": {"enabled": True}},
        "feeds": {"list": FEEDS},
    },
}
REFUSED: dict[str, dict[str, Any]] = {
    "kafk": {"kafk": {}},
    "/workers/poll": {"workers": {"poll": {"replica": 2}}},
    "/workers/poll/replicas": {"workers": {"poll": {"replicas": "two"}}},
    "/kafka/bootstrapServers": {"kafka": {"bootstrapServers": "broker"}},
    "/kafka/securityProtocol": {"kafka": {"securityProtocol": "TLS"}},
    "/kafka/sasl": {"kafka": {"securityProtocol": "SASL_SSL"}},
    "/keda/workers/events/lagThreshold": {
        "keda": {"workers": {"events": {"lagThreshold": 1}}}
    },
    "/keda/workers": {"keda": {"workers": {"poll": {}}}},
    "/terminationGracePeriodSeconds": {"terminationGracePeriodSeconds": 5},
    "/websub": {"websub": {"enabled": True, "callbackUrl": "https://hubs.example"}},
    "/websub/callbackUrl": {
        "websub": {
            "enabled": True,
            "callbackUrl": "hubs.example",
            "existingSecret": "hub-key",
        }
    },
    "websub.port": {
        "websub": {
            "enabled": True,
            "callbackUrl": "https://hubs.example",
            "existingSecret": "hub-key",
            "port": VALUES["metricsPort"],
        }
    },
    "kafka.tls.keyKey": {
        "kafka": {
            "securityProtocol": "SSL",
            "tls": {"existingSecret": "t", "certificateKey": "tls.crt"},
        }
    },
}


@pytest.fixture(scope="module")
def results() -> Mapping[str, Object]:
    """What Helm and the schemas say to each set of values."""
    cases = {**CASES, **REFUSED}
    program = DEPLOY / "helm/check.py"
    answer = run(python_tool("python"), program, stdin=json.dumps([*cases.values()]))
    return dict(zip(cases, json.loads(answer), strict=True))


@pytest.fixture(scope="module", params=CASES)
def objects(
    results: Mapping[str, Object], request: pytest.FixtureRequest
) -> Sequence[Object]:
    found: Sequence[Object] = results[request.param]["objects"]
    return found


@pytest.fixture(scope="module")
def plain(results: Mapping[str, Object]) -> Sequence[Object]:
    found: Sequence[Object] = results["plain"]["objects"]
    return found


@pytest.fixture(scope="module")
def full(results: Mapping[str, Object]) -> Sequence[Object]:
    found: Sequence[Object] = results["everything"]["objects"]
    return found


def of_kind(objects: Sequence[Object], kind: str) -> dict[str, Object]:
    return {o["metadata"]["name"]: o for o in objects if o["kind"] == kind}


def pods(objects: Sequence[Object]) -> Iterator[Object]:
    for kind in ("Deployment", "Job"):
        for each in of_kind(objects, kind).values():
            yield each["spec"]["template"]


def containers(pod: Object) -> Sequence[Object]:
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def environment(container: Object) -> dict[str, str]:
    """Return what the container's process finds; files stand for themselves."""
    return {each["name"]: each.get("value", "a-pod") for each in container["env"]}


@pytest.mark.parametrize("case", CASES)
def test_linter_and_schemas_find_nothing(
    results: Mapping[str, Object], case: str
) -> None:
    assert results[case].get("refused") is None
    assert results[case]["problems"] == []


@pytest.mark.parametrize("place", REFUSED)
def test_bad_values_are_refused_with_their_place(
    results: Mapping[str, Object], place: str
) -> None:
    assert place in results[place].get("refused", "it was accepted")


def test_kube_score_has_nothing_against_it(
    results: Mapping[str, Object], tmp_path: Path
) -> None:
    """But what is meant: see the reasons in values.yaml and deployments.yaml."""
    program = ROOT / "build/kube-score/kube-score"
    if not program.is_file():
        pytest.skip("kube-score is missing: run deploy/tools.sh kube-score")
    allowed = [
        "--ignore-container-cpu-limit",
        "--ignore-test=container-image-pull-policy",  # a version stays what it is
        # topologySpreadConstraints do it, of which it does not know
        "--ignore-test=deployment-has-host-podantiaffinity",
    ]
    for case in ("plain", "scaled"):
        file = tmp_path / f"{case}.yaml"
        file.write_text(yaml.safe_dump_all(results[case]["objects"]), "utf-8")
        run(program, "score", "--exit-one-on-warning", *allowed, file)


def test_plain_values_need_nothing_but_kubernetes(plain: Sequence[Object]) -> None:
    apis = {found["apiVersion"] for found in plain}
    assert apis == {"v1", "apps/v1", "batch/v1", "policy/v1", "networking.k8s.io/v1"}
    assert of_kind(plain, "Secret") == {}
    assert {*of_kind(plain, "Deployment")} == {f"khabar-{name}" for name in names()}
    assert {*of_kind(plain, "PodDisruptionBudget")} == {*of_kind(plain, "Deployment")}


def test_everything_has_a_name_of_its_own(objects: Sequence[Object]) -> None:
    found = [(each["kind"], each["metadata"]["name"]) for each in objects]
    assert len(set(found)) == len(found)
    for _, name in found:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name)
    assert {each["metadata"]["namespace"] for each in objects} == {"news"}


def test_variables_are_settings(objects: Sequence[Object], tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    seen = 0
    for pod in pods(objects):
        for container in containers(pod):
            environ = {
                name: str(secret) if name.endswith("_FILE") else value
                for name, value in environment(container).items()
            }
            kafka = settings.read(settings.Kafka, "kafka", environ)
            process = settings.read(settings.Process, "worker", environ)
            settings.read(HttpSettings, "http", environ)
            settings.reject_unknown_groups(environ, (*settings.SHARED_GROUPS, *names()))
            assert kafka.bootstrap_servers
            role = container["args"][-1]
            if container["args"][0] == "run":
                own = settings.read(load(role).settings, role, environ)
                ports = [port["containerPort"] for port in container["ports"]]
                expected = [process.metrics_port]
                if isinstance(own, PollSettings) and own.websub.callback_url:
                    assert own.websub.host == "0.0.0.0"  # noqa: S104 - a pod's own network
                    expected.append(own.websub.port)
                assert ports == expected
                assert kafka.slot == "a-pod", "a slot of its own for each replica"
                seen += 1
    assert seen >= 3


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


def test_image_is_the_version_or_what_is_named(
    results: Mapping[str, Object],
) -> None:
    def images(case: str) -> set[str]:
        found = results[case]["objects"]
        return {c["image"] for pod in pods(found) for c in containers(pod)}

    assert images("plain") == {f"khabar:{__version__}"}
    assert images("everything") == {"registry.example:5000/news/khabar:other"}
    assert images("little") == {f"khabar@{DIGEST}"}


def test_selectors_find_their_pods(objects: Sequence[Object]) -> None:
    templates = [pod["metadata"]["labels"] for pod in pods(objects)]

    def chosen(selector: Object) -> list[str]:
        return [
            labels["app.kubernetes.io/component"]
            for labels in templates
            if selector.get("matchLabels", {}).items() <= labels.items()
            and all(
                labels.get(rule["key"]) in rule["values"]
                for rule in selector.get("matchExpressions", ())
            )
        ]

    workers = {labels["app.kubernetes.io/component"] for labels in templates}
    for kind in ("Deployment", "PodDisruptionBudget"):
        for each in of_kind(objects, kind).values():
            component = each["metadata"]["labels"]["app.kubernetes.io/component"]
            assert chosen(each["spec"]["selector"]) == [component]
    for name, policy in of_kind(objects, "NetworkPolicy").items():
        expected = {
            "khabar": workers,
            "khabar-web": FETCHERS,
            "khabar-topics": {"topics"},
            "khabar-callbacks": {"poll"},
        }[name]
        assert set(chosen(policy["spec"]["podSelector"])) == expected
    for monitor in of_kind(objects, "PodMonitor").values():
        assert set(chosen(monitor["spec"]["selector"])) == set(names())


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


def test_topics_are_there_before_the_workers(full: Sequence[Object]) -> None:
    job = of_kind(full, "Job")["khabar-topics"]
    policy = of_kind(full, "NetworkPolicy")["khabar-topics"]
    for each in (job, policy):
        hooks = each["metadata"]["annotations"]["helm.sh/hook"]
        assert hooks == "pre-install,pre-upgrade"
    weights = [
        int(each["metadata"]["annotations"]["helm.sh/hook-weight"])
        for each in (policy, job)
    ]
    assert weights == sorted(set(weights)), "the way to the broker is opened first"
    pod = job["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "default", "ours is not there yet"
    assert pod["containers"][0]["args"] == ["topics", "apply", "--replication", "3"]


def test_feeds_are_applied_from_the_config_map(
    results: Mapping[str, Object], plain: Sequence[Object], full: Sequence[Object]
) -> None:
    assert "khabar-feeds" not in of_kind(plain, "Job"), "nobody asked for it"
    data = of_kind(full, "ConfigMap")["khabar-feeds"]["data"]
    assert data["feeds.toml"].strip() == FEEDS.strip()
    pod = of_kind(full, "Job")["khabar-feeds"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    path = "/etc/khabar/feeds/feeds.toml"
    assert container["args"] == ["feeds", "apply", path, "--retire-others"]
    (volume,) = [v["configMap"]["name"] for v in pod["volumes"] if "configMap" in v]
    assert volume == "khabar-feeds"
    little = results["little"]["objects"]
    (job,) = of_kind(little, "Job").values()
    spec = job["spec"]["template"]["spec"]
    assert spec["containers"][0]["args"][-1] == "/etc/khabar/feeds/mine.toml"
    assert spec["volumes"][-1]["configMap"] == {"name": "my-feeds"}
    assert of_kind(little, "ConfigMap") == {}


def test_replicas_follow_what_waits_up_to_the_partitions(
    full: Sequence[Object],
) -> None:
    partitions = {topic.partitions for topic in topics.ALL}
    assert partitions == {VALUES["topics"]["partitions"]}
    scaled = of_kind(full, "ScaledObject")
    assert set(scaled) == {"khabar-articles", "khabar-entities", "khabar-events"}
    for name, deployment in of_kind(full, "Deployment").items():
        assert ("replicas" in deployment["spec"]) == (name not in scaled)
    for name, found in scaled.items():
        spec = found["spec"]
        assert spec["scaleTargetRef"] == {"name": name}
        assert spec["maxReplicaCount"] == VALUES["topics"]["partitions"]
        (trigger,) = spec["triggers"]
        worker = load(name.removeprefix("khabar-"))
        metadata = trigger["metadata"]
        assert metadata["consumerGroup"] == f"news-{worker.name}"
        assert metadata["topic"] == worker.sources[0].name("news")
        assert metadata["allowIdleConsumers"] == "false"
        assert int(metadata["lagThreshold"]) > VALUES["topics"]["partitions"]
        assert (metadata["tls"], metadata["sasl"]) == ("enable", "scram_sha512")
        assert trigger["authenticationRef"] == {"name": "khabar-kafka"}
    login = of_kind(full, "TriggerAuthentication")["khabar-kafka"]["spec"]
    assert [each["parameter"] for each in login["secretTargetRef"]] == [
        "username",
        "password",
        "ca",
        "cert",
        "key",
    ]


def test_monitoring_is_what_compose_has_too(full: Sequence[Object]) -> None:
    rules = yaml.safe_load((CHART / "files/alerts.yaml").read_text("utf-8"))
    assert of_kind(full, "PrometheusRule")["khabar"]["spec"] == rules
    text = of_kind(full, "ConfigMap")["khabar-dashboard"]["data"]["khabar.json"]
    dashboard = (CHART / "files/dashboard.json").read_text("utf-8")
    assert json.loads(text) == json.loads(dashboard)
    (endpoint,) = of_kind(full, "PodMonitor")["khabar"]["spec"]["podMetricsEndpoints"]
    assert endpoint["port"] == "metrics"


def test_probes_ask_what_a_worker_answers(plain: Sequence[Object]) -> None:
    for deployment in of_kind(plain, "Deployment").values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        paths = {
            probe: container[probe]["httpGet"]["path"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        }
        assert paths == {
            "startupProbe": "/healthz",
            "livenessProbe": "/healthz",
            "readinessProbe": "/readyz",
        }


def test_preflight_looks_at_the_same_things(plain: Sequence[Object]) -> None:
    for deployment in of_kind(plain, "Deployment").values():
        spec = deployment["spec"]["template"]["spec"]
        (preflight,), (worker,) = spec["initContainers"], spec["containers"]
        assert preflight["args"] == [
            *("doctor", "--broker", VALUES["kafka"]["bootstrapServers"]),
            *("--worker", worker["name"], "--wait", "60"),
        ]
        assert preflight["env"] == worker["env"]
        assert preflight["volumeMounts"] == worker["volumeMounts"]


def test_preflight_is_asked_of_the_brokers_that_the_worker_is_given(
    full: Sequence[Object],
) -> None:
    for deployment in of_kind(full, "Deployment").values():
        (preflight,) = deployment["spec"]["template"]["spec"]["initContainers"]
        named = environment(preflight)["KHABAR_KAFKA_BOOTSTRAP_SERVERS"]
        assert preflight["args"][2] == named == "one.example:9093, two.example:9094"


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


def test_notes_name_commands_and_what_is_missing(
    results: Mapping[str, Object],
) -> None:
    plain, full = results["plain"]["notes"], results["everything"]["notes"]
    for words in ("khabar doctor", "khabar tail enriched", "khabar dlq list"):
        assert words in plain
        assert words in full
    for words in ("Nothing is polled yet", "userAgentContact"):
        assert words in plain
        assert words not in full


def test_chart_has_the_version_of_the_code() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert chart["appVersion"] == __version__
