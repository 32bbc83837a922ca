import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers.devkit import jars
from workers.fleet.poll import WebSubSettings
from workers.fleet.registry import names
from workers.runtime.http.client import HttpSettings
from workers.runtime.service import settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CALLED: dict[str, Any] = yaml.safe_load(
    (DEPLOY / "compose.websub.yaml").read_text("utf-8")
)
WORKERS = set(names())
INTERPOLATED = re.compile(r"\$\{CONTACT:\?[^}]*\}")
"""What Compose fills in from the operator's own environment."""


def run(program: str, *arguments: str | Path) -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", ["compose.yaml", "compose.websub.yaml"])
def test_compose_follows_its_specification(name: str) -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / name)


def test_hubs_call_the_poller_where_it_listens() -> None:
    """Only with the file over compose.yaml, which says what has to be given."""
    assert "WEBSUB" not in str(COMPOSE)
    (name,) = CALLED["services"]
    added = CALLED["services"][name]
    environ = {**SERVICES[name]["environment"], **added["environment"]}
    needed = {variable for variable in environ if ":?" in environ[variable]}
    assert needed == {
        "KHABAR_HTTP_USER_AGENT_CONTACT",
        "KHABAR_WEBSUB_CALLBACK_URL",
        "KHABAR_WEBSUB_SECRET",
    }
    websub = settings.read(WebSubSettings, "websub", environ)
    assert websub.host == "0.0.0.0"  # noqa: S104 - a container's own network
    assert added["ports"] == [f"127.0.0.1:{websub.port}:{websub.port}"]


def test_yaml_is_clean() -> None:
    run("yamllint", "--strict", "-c", DEPLOY.parent / ".yamllint.yaml", DEPLOY)


def test_every_worker_is_a_service_that_runs_it() -> None:
    commands = {name: s["command"] for name, s in SERVICES.items() if name in WORKERS}
    assert commands == {name: ["run", name] for name in WORKERS}


def test_every_variable_is_a_setting() -> None:
    for name in WORKERS | {"topics", "feeds"}:
        environ = {
            variable: INTERPOLATED.sub("https://example.org/crawler", value)
            for variable, value in SERVICES[name]["environment"].items()
        }
        kafka = settings.read(settings.Kafka, "kafka", environ)
        assert kafka.bootstrap_servers == ("broker:19092",), name
        settings.read(HttpSettings, "http", environ)
        settings.reject_unknown_groups(environ, settings.SHARED_GROUPS)


def test_who_fetches_says_whom_publishers_can_reach() -> None:
    variable = "KHABAR_HTTP_USER_AGENT_CONTACT"
    named = {n for n, s in SERVICES.items() if variable in s.get("environment", {})}
    assert named == {"poll", "articles"}


def test_services_wait_for_services_that_there_are() -> None:
    waits = {name: set(s.get("depends_on", ())) for name, s in SERVICES.items()}
    assert set().union(*waits.values()) <= set(SERVICES)
    assert all(waits[name] == {"topics"} for name in WORKERS)
    assert waits["topics"] == {"broker"}


def test_nothing_listens_beyond_this_machine() -> None:
    ports = [port for s in SERVICES.values() for port in s.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_workers_can_change_nothing() -> None:
    for name in WORKERS | {"prometheus", "alertmanager", "grafana"}:
        service = SERVICES[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    for name in WORKERS:
        assert "volumes" not in SERVICES[name], "Kafka is a worker's only store"


def test_images_have_a_tag_and_no_registry() -> None:
    for name, service in SERVICES.items():
        image, _, tag = service["image"].partition(":")
        assert tag not in {"", "latest"}, name
        assert "." not in image.split("/")[0], name


def test_broker_is_the_one_that_the_tests_run() -> None:
    pom = ET.parse(jars.POM)  # noqa: S314 - our own file
    version = pom.findtext(".//{*}dependency/{*}version")
    assert SERVICES["broker"]["image"] == f"apache/kafka:{version}"


def test_built_images_are_stages_of_the_dockerfile() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    for service in SERVICES.values():
        if "build" in service:
            build = service["build"]
            assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
            assert f" AS {build['target']}\n" in dockerfile
            assert service["image"] == f"khabar:{build['target']}"


def test_prometheus_scrapes_every_worker() -> None:
    text = (DEPLOY / "prometheus/prometheus.yml").read_text("utf-8")
    (job,) = yaml.safe_load(text)["scrape_configs"]
    (discovery,) = job["dns_sd_configs"]
    assert set(discovery["names"]) == WORKERS
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert f"\nEXPOSE {discovery['port']}\n" in dockerfile


def test_mounted_files_are_there_and_read_only() -> None:
    mounts = [
        volume.split(":")
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]
    assert len(mounts) == 6
    for source, _target, mode in mounts:
        assert (DEPLOY / source).exists(), source
        assert mode == "ro"
    named = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])


def test_the_watchers_find_each_other() -> None:
    def read(path: str) -> Any:
        return yaml.safe_load((DEPLOY / path).read_text("utf-8"))

    targets = {
        service: int(ports(service)) for service in ("prometheus", "alertmanager")
    }
    prometheus = read("prometheus/prometheus.yml")
    (manager,) = prometheus["alerting"]["alertmanagers"]
    (config,) = manager["static_configs"]
    assert config["targets"] == [f"alertmanager:{targets['alertmanager']}"]
    (source,) = read("grafana/provisioning/datasources/prometheus.yaml")["datasources"]
    assert source["url"] == f"http://prometheus:{targets['prometheus']}"
    (provider,) = read("grafana/provisioning/dashboards/khabar.yaml")["providers"]
    folder = provider["options"]["path"]
    mounted = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]
    assert f"{folder}/dashboard.json" in mounted
    home = SERVICES["grafana"]["environment"]
    assert home["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] in mounted
    (rules,) = prometheus["rule_files"]
    mounted = [volume.split(":")[1] for volume in SERVICES["prometheus"]["volumes"]]
    assert f"/etc/prometheus/{rules}" in mounted


def ports(service: str) -> str:
    (port,) = SERVICES[service]["ports"]
    return str(port.rpartition(":")[2])
