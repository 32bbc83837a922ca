"""Every Deployment and Job of the chart run as it is rendered, by podman."""

import base64
import copy
import itertools
import json
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from functools import partial

import pytest
import yaml

from tests.deploy.test_compose_up import until
from tests.support.deploy import chart, containers, hub, pages
from tests.support.deploy.chart import Object
from workers import __version__
from workers.devkit.kafka_broker import Broker
from workers.domain import topics
from workers.fleet.registry import names
from workers.runtime.kafka import admin, readers
from workers.runtime.service.settings import Kafka

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.models]

HUB_KEY = base64.b64encode(b"a key of the test")
"""As a pod of podman 4.3 finds it: where Kubernetes decodes a secret, it does not."""
FEED = """
[[feeds]]
id = "nobody"
url = "http://feeds.invalid/rss"
publisher = "कोई नहीं"
section = "general"
status = "active"
language = "hi"
"""


class Cluster:
    """A network of podman's own, and a broker that listens on its gateway."""

    def __init__(self) -> None:
        self.name = f"khabar-test-{uuid.uuid4().hex[:8]}"
        containers.run("podman", "network", "create", self.name)
        (network,) = json.loads(
            containers.run("podman", "network", "inspect", self.name)
        )
        self.gateway = network["subnets"][0]["gateway"]

    def play(self, *objects: Object) -> None:
        self._kube(objects, "--network", self.name)

    def down(self, *objects: Object) -> None:
        self._kube(objects, "--down")

    def address(self, container: str) -> str:
        text = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        infra = self._inspect(container, "{{.Pod}}")
        pod = containers.run(
            "podman", "pod", "inspect", infra, "--format={{.InfraContainerID}}"
        ).strip()
        return self._inspect(pod, text)

    def status(self, container: str) -> str:
        return self._inspect(container, "{{.State.Status}} {{.State.ExitCode}}")

    def close(self) -> None:
        containers.run("podman", "network", "rm", "--force", self.name, check=False)

    @staticmethod
    def _inspect(name: str, template: str) -> str:
        command = ("podman", "inspect", f"--format={template}", name)
        return containers.run(*command).strip()

    @staticmethod
    def _kube(objects: Sequence[Object], *options: str) -> None:
        done = subprocess.run(
            ["podman", "play", "kube", *options, "-"],  # noqa: S607 - any podman
            input=yaml.safe_dump_all(objects),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
            env=containers.environment(),
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    containers.require()
    found = Cluster()
    yield found
    found.close()


@pytest.fixture(scope="module")
def bootstrap(cluster: Cluster) -> Iterator[str]:
    """The address of a broker for this machine and for the pods."""
    broker = Broker()
    inside = f"127.0.0.1:{broker.port}"
    # the gateway's address is there once a container is
    outside = f"{cluster.gateway}:{broker.port + 1}"
    control = f"127.0.0.1:{broker.controller_port}"
    broker.settings = {
        "listeners": f"PLAINTEXT://{inside},PODS://0.0.0.0:{broker.port + 1},"
        f"CONTROLLER://{control}",
        "advertised.listeners": f"PLAINTEXT://{inside},PODS://{outside}",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
        "PODS:PLAINTEXT",
    }
    with broker:
        yield f"{inside} {outside}"


@pytest.fixture(scope="module")
def key(cluster: Cluster) -> Iterator[str]:
    """The name of a secret that holds the key to hubs' calls."""
    name = f"{cluster.name}-hub"
    metadata = {"name": name}
    data = {"secret": HUB_KEY.decode()}
    cluster.play(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
    )
    yield name
    for what in ("secret", "volume"):
        containers.run("podman", what, "rm", name, check=False)


@pytest.fixture(scope="module")
def objects(bootstrap: str, key: str) -> list[Object]:
    """What the chart renders for that broker, of the image built here."""
    containers.ours("engine")
    values = {
        "image": {"repository": "localhost/khabar", "tag": "engine"},
        "kafka": {"bootstrapServers": bootstrap.split()[1]},
        "feeds": {"list": FEED},
        "websub": {
            "enabled": True,
            "callbackUrl": hub.CALLBACK,
            "existingSecret": key,
        },
    }
    (result,) = chart.check([values])
    assert result["problems"] == []
    for each in result["objects"]:
        if each["kind"] == "Deployment":
            for volume in each["spec"]["template"]["spec"]["volumes"]:
                if "secret" in volume:  # podman 4.3 falls over where it is not said
                    volume["secret"].setdefault("optional", False)
    return [*result["objects"]]


def named(objects: Sequence[Object], kind: str, name: str) -> Object:
    (found,) = (
        each
        for each in objects
        if (each["kind"], each["metadata"]["name"]) == (kind, name)
    )
    return found


def as_pod(job: Object) -> Object:
    """Return a Job's pod: podman plays no Jobs before its version 5."""
    template = job["spec"]["template"]
    spec = {**template["spec"], "restartPolicy": "Never"}
    metadata = {**template["metadata"], "name": job["metadata"]["name"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def preflight(deployment: Object) -> Object:
    """Return a job that does what the Deployment's pods do first."""
    template = deployment["spec"]["template"]
    spec = {**template["spec"], "containers": template["spec"]["initContainers"]}
    del spec["initContainers"]
    name = f"{deployment['metadata']['name']}-first"
    return {
        "metadata": {"name": name},
        "spec": {"template": {"metadata": template["metadata"], "spec": spec}},
    }


def without_preflight(deployment: Object) -> Object:
    """Return the Deployment with what its pods do after that."""
    found = copy.deepcopy(dict(deployment))
    del found["spec"]["template"]["spec"]["initContainers"]
    return found


def run_job(cluster: Cluster, job: Object, *beside: Object) -> None:
    pod = as_pod(job)
    name = f"{pod['metadata']['name']}-{pod['spec']['containers'][0]['name']}"
    cluster.play(*beside, pod)
    try:
        status = containers.run("podman", "wait", name, timeout=300).strip()
        assert status == "0", containers.run("podman", "logs", name, check=False)
    finally:
        cluster.down(pod)


@pytest.fixture(scope="module")
def kafka(cluster: Cluster, objects: list[Object], bootstrap: str) -> Kafka:
    """The broker after the chart's job for the topics."""
    run_job(cluster, named(objects, "Job", "khabar-topics"))
    return Kafka(bootstrap_servers=(bootstrap.split(maxsplit=1)[0],))


def test_job_makes_all_topics(kafka: Kafka) -> None:
    reports = admin.list_topics(kafka, admin.plans(kafka, names()))
    assert {report.state for report in reports} == {admin.TopicState.PRESENT}


def test_job_applies_the_feeds(
    cluster: Cluster, objects: list[Object], kafka: Kafka
) -> None:
    job = named(objects, "Job", "khabar-feeds")
    run_job(cluster, job, named(objects, "ConfigMap", "khabar-feeds"))
    name = topics.FEEDS.name()
    found = readers.tail(kafka, name, start="beginning", follow=False)
    assert [delivery.key for delivery in found] == [b"nobody"]


@pytest.mark.parametrize("worker", names())
def test_deployment_becomes_ready_and_ends_in_good_order(
    cluster: Cluster, objects: list[Object], kafka: Kafka, worker: str
) -> None:
    assert kafka.bootstrap_servers
    deployment = named(objects, "Deployment", f"khabar-{worker}")
    container = f"khabar-{worker}-pod-0-{worker}"
    # One after the other, as Kubernetes does: podman 4.3 now and then removes an init
    # container before it has seen its end.
    run_job(cluster, preflight(deployment))
    try:
        cluster.play(without_preflight(deployment))
        address = cluster.address(container)

        def answer(page: str) -> tuple[int, str]:
            return pages.answer(f"http://{address}:9100/{page}", seconds=10)

        spec = deployment["spec"]["template"]["spec"]["containers"][0]
        for probe in ("livenessProbe", "readinessProbe"):
            page = spec[probe]["httpGet"]["path"].lstrip("/")
            until(partial(lambda p: answer(p)[0] == 200, page), f"{page} of {worker}")
        expected = f'khabar_build_info{{version="{__version__}",worker="{worker}"}} 1.0'
        assert expected in answer("metrics")[1]
        if worker == "poll":
            assert hub.verify(f"http://{address}:9180", HUB_KEY) == (200, "word")
        (found,) = json.loads(containers.run("podman", "inspect", container))
        assert found["HostConfig"]["ReadonlyRootfs"]
        assert found["EffectiveCaps"] in (None, [])
        assert found["Config"]["User"].startswith("10001")
        containers.run("podman", "stop", "--time=30", container)
        assert cluster.status(container) == "exited 0"
    finally:
        cluster.down(deployment)


def test_preflight_says_what_is_wrong(cluster: Cluster, objects: list[Object]) -> None:
    job = copy.deepcopy(preflight(named(objects, "Deployment", "khabar-events")))
    (check,) = job["spec"]["template"]["spec"]["containers"]
    for variable in check["env"]:
        if variable["name"] == "KHABAR_KAFKA_BOOTSTRAP_SERVERS":
            variable["value"] = f"{cluster.gateway}:1"
    options = dict(itertools.pairwise(check["args"]))
    for option, value in {"--broker": f"{cluster.gateway}:1", "--wait": "1"}.items():
        check["args"][check["args"].index(options[option])] = value
    with pytest.raises(AssertionError, match=f"{cluster.gateway}:1"):
        run_job(cluster, job)
