"""Add the priors of part-of-speech tags to the scores of Stanza's entity recogniser."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workers.stages.nlp.tag_priors import tag_priors

_ORDER = 5
"""Where a batch of Stanza's keeps the sentences' places before they were sorted."""


def add_tag_priors(processor: Any, types: Mapping[str, str]) -> None:
    """Add the priors of the tagger's tags to the scores of each model of *processor*.

    `types` turns the models' own types of entities into ours. Stanza's models take no
    tags, so they are put where the scores leave the network.
    """
    for trainer in processor.trainers:
        tags = [_ours(tag, types) for tag in _tags(trainer)]
        _TagPriorHook(processor, trainer, tags)


def _ours(tag: str, types: Mapping[str, str]) -> str:
    part, _, kind = tag.partition("-")
    return f"{part}-{types.get(kind, kind)}" if kind else part


def _tags(trainer: Any) -> Sequence[str]:
    vocabulary = trainer.vocab["tag"]
    count = vocabulary.lens()[0] if hasattr(vocabulary, "lens") else len(vocabulary)
    return ["".join(vocabulary.id2unit(number)) for number in range(count)]


class _TagPriorHook:
    """Follows the sentences of a document through the batches of a model."""

    def __init__(self, processor: Any, trainer: Any, tags: Sequence[str]) -> None:
        self._tags = tags
        self._waiting: Iterator[Sequence[str]] = iter(())
        self._batch: list[Sequence[str]] = []
        self._process: Callable[[Any], Any] = processor.process
        self._predict: Callable[..., Any] = trainer.predict
        processor.process = self.process
        trainer.predict = self.predict
        trainer.model.register_forward_hook(self.gain)

    def process(self, document: Any) -> Any:
        """Note the tags of the sentences, which the batches will hold in order."""
        self._waiting = iter(
            [[word.xpos or "" for word in s.words] for s in document.sentences]
        )
        return self._process(document)

    def predict(self, batch: Any, *args: Any, **options: Any) -> Any:
        """Note the tags of the sentences of a batch, sorted as the batch is."""
        order = batch[_ORDER]
        rows = [next(self._waiting) for _ in order]
        self._batch = [rows[place] for place in order]
        return self._predict(batch, *args, **options)

    def gain(self, _model: Any, _given: Any, out: Any) -> Any:
        """Return the model's output with the priors added to its scores."""
        loss, scores, transitions = out
        for row, xpos in enumerate(self._batch):
            priors = tag_priors(xpos, self._tags)
            scores[0][row, : len(xpos)] += scores[0].new_tensor(priors)
        return loss, scores, transitions
