"""The Helm chart: rendered by Helm, held against schemas, the code and itself."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deploy.chart import Object, containers, environment, of_kind, pods
from tests.support.deploy.chart_values import CASES, DIGEST, FEEDS, REFUSED, VALUES
from tests.support.deploy.tools import CHART, ROOT, run
from workers import __version__
from workers.domain import topics
from workers.fleet.poll import PollSettings
from workers.fleet.registry import load, names
from workers.runtime.http.client import HttpSettings
from workers.runtime.service import settings

FETCHERS = {
    name
    for name in names()
    for setting in settings.known_settings(load(name).settings, name)
    if setting.variable == "KHABAR_HTTP_USER_AGENT_CONTACT"
}


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
