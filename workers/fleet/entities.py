"""Sentences, syntax and entities for every article."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import prometheus_client as prometheus
from msgspec import Meta, Struct

from workers import __version__
from workers.domain.outcomes import ConfigurationError, Outcome
from workers.domain.records import Article, EntityType, Versions
from workers.domain.topics import ANNOTATED, ARTICLES
from workers.runtime.processing.worker import (
    Context,
    Handler,
    Incoming,
    Output,
    Result,
    Worker,
)
from workers.stages.enrichment.annotation import annotated
from workers.stages.nlp.document import Engine
from workers.stages.nlp.onnx import engine as onnx
from workers.stages.nlp.onnx.package import default_models_dir
from workers.stages.nlp.postpositions import PostpositionEngine
from workers.stages.nlp.shadow import ShadowedEngine
from workers.stages.nlp.stanza.engine import OWN_PACKAGE, StanzaOptions, open_stanza

ENTITIES = prometheus.Counter(
    "khabar_entities_total", "Entities found, by type.", ["type"]
)
ANNOTATE_SECONDS = prometheus.Histogram(
    "khabar_annotate_seconds",
    "Time of the models for one batch of articles.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


SHADOWED = prometheus.Counter(
    "khabar_shadow_documents_total",
    "Texts that Stanza read beside the engine, by whether it made the same of them.",
    ["result"],
)
PACKAGE_FOLDER = "engine"
"""In the folder of the models: what the engine reads."""


class Settings(Struct, frozen=True, kw_only=True):
    """How articles are analysed."""

    engine: Literal["engine", "stanza"] = "engine"
    """What runs the models: khabar's own engine, or Stanza itself (extra `stanza`)."""
    models_dir: Path = default_models_dir()
    """Folder with the models: `engine/` for the engine, resources.json for Stanza."""
    package: str = OWN_PACKAGE
    """Set of models that Stanza runs; `default` is Stanza's official one."""
    threads: int = 1
    """Threads that the models may use."""
    batch_characters: int = 12_000
    """About so much text goes through the models at once."""
    shadow_every: Annotated[int, Meta(ge=0)] = 0
    """Stanza reads one text in so many too, and differences are counted; 0: none."""


def handle(
    engine: Engine, context: Context, incoming: Sequence[Incoming[Article]]
) -> list[Result]:
    """Annotate a batch of articles in one go."""
    before = context.clock.monotonic()
    documents = engine.annotate([each.record.text for each in incoming])
    ANNOTATE_SECONDS.observe(context.clock.monotonic() - before)
    versions = Versions(khabar=__version__, models=engine.version)
    results = []
    for each, document in zip(incoming, documents, strict=True):
        record = annotated(each.record, document, versions)
        counts = Counter(entity.type for entity in record.entities)
        results.append(
            Result(
                Outcome.PUBLISHED,
                (Output(ANNOTATED, record),),
                on_commit=partial(_count, counts),
            )
        )
    return results


def _count(counts: Counter[EntityType]) -> None:
    for kind, number in counts.items():
        ENTITIES.labels(kind.value).inc(number)


def open_engine(settings: Settings) -> Engine:
    """Load the models; raises ConfigurationError where they cannot be had."""
    if settings.engine == "stanza":
        stanza = _open_stanza(settings)
        # other packages have other treebanks' lemmas
        own = settings.package == OWN_PACKAGE
        return PostpositionEngine(stanza) if own else stanza
    if settings.package != OWN_PACKAGE:
        raise ConfigurationError(
            f"KHABAR_ENTITIES_PACKAGE={settings.package} is a package of Stanza's: set "
            "KHABAR_ENTITIES_ENGINE=stanza with it"
        )
    engine = onnx.open_engine(
        onnx.EngineOptions(
            settings.models_dir / PACKAGE_FOLDER,
            threads=settings.threads,
            batch_characters=settings.batch_characters,
        )
    )
    if not settings.shadow_every:
        return PostpositionEngine(engine)
    for result in ("same", "different"):
        SHADOWED.labels(result)
    return PostpositionEngine(
        ShadowedEngine(
            engine, _open_stanza(settings), settings.shadow_every, _count_shadowed
        )
    )


def _open_stanza(settings: Settings) -> Engine:
    return open_stanza(
        StanzaOptions(
            models_dir=settings.models_dir,
            package=settings.package,
            threads=settings.threads,
            batch_characters=settings.batch_characters,
        )
    )


def _count_shadowed(same: bool) -> None:  # noqa: FBT001  it is all that is reported
    SHADOWED.labels("same" if same else "different").inc()


@contextmanager
def open_handler(settings: Settings, context: Context) -> Iterator[Handler]:
    """Load the models."""
    engine = open_engine(settings)
    for kind in EntityType:
        ENTITIES.labels(kind.value)
    yield Handler(partial(handle, engine, context))


WORKER = Worker(
    name="entities",
    sources=(ARTICLES,),
    sinks=(ANNOTATED,),
    settings=Settings,
    open_handler=open_handler,
    batch_records=32,
    batch_seconds=2.0,
)
