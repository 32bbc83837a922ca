"""The entities and events workers, over a broker in memory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import prometheus_client as prometheus
import pytest
from msgspec.structs import replace

from tests.support.parses import parse
from tests.support.plain_article import NOW, plain_article
from tests.support.set_clock import SetClock
from workers.domain.outcomes import ConfigurationError
from workers.domain.records import AnnotatedArticle, EnrichedArticle
from workers.domain.topics import (
    ALL,
    ANNOTATED,
    ARTICLES,
    ENRICHED,
    EVENTS,
    Topic,
    dead_letter_name,
)
from workers.fleet import entities, events
from workers.runtime.messaging.memory import MemoryBroker
from workers.runtime.messaging.ports import Message
from workers.runtime.processing.loop import Loop
from workers.runtime.processing.worker import Worker
from workers.runtime.service.health import Health
from workers.runtime.service.settings import Process
from workers.stages.nlp.document import Document
from workers.stages.nlp.onnx import engine
from workers.stages.nlp.onnx.engine import EngineOptions
from workers.stages.nlp.postpositions import PostpositionEngine
from workers.stages.nlp.stanza.engine import StanzaOptions, open_stanza

PREFIX = "test"
LINES = "रूस NNP k1 4\nने PSP lwg__psp 1\nहमला NN pof 4\nकिया VM root 0"


class Parrot:
    version = "parrot/khabar@1"

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        text, sentence = parse(LINES)
        return [Document(text, (sentence,)) for _ in texts]


class Line:
    def __init__(self) -> None:
        names = {topic.name(PREFIX): 2 for topic in ALL}
        for worker in (entities.WORKER, events.WORKER):
            names[dead_letter_name(worker.name, PREFIX)] = 1
        self.broker = MemoryBroker(names)

    def send(self, number: int) -> None:
        text, _ = parse(LINES)
        url = f"https://khabar.example/{number}"
        article = plain_article(f"{number:032x}", url, text)
        self.broker.append(
            Message(
                topic=ARTICLES.name(PREFIX),
                key=article.article_id.encode(),
                value=msgspec.json.encode(article),
                partition_key=article.article_id.encode(),
            )
        )

    def run(self, worker: Worker[Any]) -> None:
        session = self.broker.session(
            worker.name, [topic.name(PREFIX) for topic in worker.sources]
        )
        clock = SetClock(NOW)
        loop = Loop(
            worker,
            session,
            Process(),
            prefix=PREFIX,
            clock=clock,
            health=Health(clock, 60.0),
            stopping=lambda: False,
            wait=lambda _: None,
        )
        with worker.open_handler(worker.settings(), loop.context) as handler:
            for _ in range(6):
                loop.step(handler)
        session.close()

    def on(self, topic: Topic[Any]) -> list[Any]:
        return [
            msgspec.json.decode(delivery.value or b"", type=topic.record)
            for delivery in self.broker.read(topic.name(PREFIX))
        ]


def sample(name: str, **labels: str) -> float:
    return prometheus.REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(entities, "open_engine", lambda _: Parrot())
    return Line()


def test_an_article_becomes_annotated_then_enriched_and_its_events(line: Line) -> None:
    places = sample("khabar_entities_total", type="LOC")
    attacks = sample("khabar_events_total", type="ASSAULT")
    for number in range(3):
        line.send(number)
    line.run(entities.WORKER)
    annotations: list[AnnotatedArticle] = line.on(ANNOTATED)
    assert {record.article_id for record in annotations} == {
        f"{number:032x}" for number in range(3)
    }
    assert all(len(record.sentences[0].tokens) == 4 for record in annotations)
    assert annotations[0].versions.models == "parrot/khabar@1"
    line.run(events.WORKER)
    records: list[EnrichedArticle] = line.on(ENRICHED)
    assert [[event.type for event in record.events] for record in records] == [
        ["ASSAULT"]
    ] * 3
    flat = line.on(EVENTS)
    assert {record.actors for record in flat} == {("रूस",)}
    assert {record.event_id for record in flat} == {
        f"{number:032x}-1-v1" for number in range(3)
    }
    assert sample("khabar_entities_total", type="LOC") == places + 3
    assert sample("khabar_events_total", type="ASSAULT") == attacks + 3


def test_the_setting_chooses_what_runs_the_models(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[StanzaOptions | EngineOptions] = []

    def open_parrot(options: StanzaOptions | EngineOptions) -> Parrot:
        asked.append(options)
        return Parrot()

    monkeypatch.setattr(entities, "open_stanza", open_parrot)
    monkeypatch.setattr(engine, "open_engine", open_parrot)
    settings = entities.Settings(models_dir=tmp_path)
    opened = entities.open_engine(settings)
    assert isinstance(opened, PostpositionEngine)
    assert isinstance(opened.engine, Parrot)
    entities.open_engine(replace(settings, engine="stanza", package="default"))
    own, stanzas = asked
    assert isinstance(own, EngineOptions)
    assert own.models_dir == tmp_path / "engine"
    assert isinstance(stanzas, StanzaOptions)
    assert stanzas.package == "default"


def test_stanza_beside_the_engine_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entities, "open_stanza", lambda _: Parrot())
    monkeypatch.setattr(engine, "open_engine", lambda _: Parrot())
    opened = entities.open_engine(entities.Settings(shadow_every=1))
    same = sample("khabar_shadow_documents_total", result="same")
    opened.annotate(["रूस ने यूक्रेन पर हमला किया"])
    assert sample("khabar_shadow_documents_total", result="same") == same + 1


def test_a_package_of_stanza_s_needs_stanza() -> None:
    with pytest.raises(ConfigurationError, match="KHABAR_ENTITIES_ENGINE=stanza"):
        entities.open_engine(entities.Settings(package="default"))


def test_without_models_the_worker_says_what_to_do(tmp_path: Path) -> None:
    settings = entities.Settings(models_dir=tmp_path)
    with pytest.raises(ConfigurationError, match=r"manifest\.json.*make export"):
        entities.open_engine(settings)


def test_without_models_stanza_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("stanza")
    with pytest.raises(ConfigurationError, match=r"no resources\.json.*make train"):
        open_stanza(StanzaOptions(tmp_path))
