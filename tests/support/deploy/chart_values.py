"""Sets of values that the tests give to the chart, and its own."""

from typing import Any

import yaml

from tests.support.deploy.tools import CHART, ROOT
from workers.fleet.registry import names

VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
"""What the chart has where nothing else is given."""
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
"""By the place that the refusal names."""
