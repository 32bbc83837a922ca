"""Go on from a trained model: copy its weights into a new one, unit by unit.

The two may have seen other data, so rows that stand for words, characters or tags are
matched by those; everything else must have the same shape.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

# Which vocabulary the rows of a weight stand for, by the end of its name.
_ROWS = {
    "word_emb.weight": "word",
    "lemma_emb.weight": "lemma",
    "upos_emb.weight": "upos",
    "xpos_emb.weight": "xpos",
    "char_emb.weight": "char",
    "delta_emb.weight": "delta",
    "tag_clfs.0.weight": "tag",
    "tag_clfs.0.bias": "tag",
    "crits.0._transitions": "tag",
    "embeddings.weight": "",  # the tokenizer has one vocabulary and no name for it
}
_SQUARE = "_transitions"  # its columns stand for the same as its rows
_UNREAD = "ufeats_emb"  # Stanza's parser makes these and never looks at them


class ShapeDiffersError(ValueError):
    """The earlier model cannot be gone on from; the message names the weight."""


def copy_weights(model: nn.Module, vocabs: Any, earlier: Path) -> None:
    """Copy the weights of a model file of Stanza into a model under training.

    Raises ShapeDiffersError where a weight has another shape.
    """
    checkpoint = torch.load(earlier, weights_only=True)
    own = model.state_dict()
    for name, stored in checkpoint["model"].items():
        if name not in own or _UNREAD in name:
            continue
        weight = stored.to(own[name].dtype)  # a packaged model is in half precision
        vocabulary = next((v for end, v in _ROWS.items() if name.endswith(end)), None)
        if vocabulary is not None:
            ours, theirs = shared_rows(
                _units(_named(vocabs, vocabulary)._id2unit),  # noqa: SLF001
                _units(_named(checkpoint["vocab"], vocabulary)["_id2unit"]),
            )
            if name.endswith(_SQUARE):
                own[name][ours[:, None], ours] = weight[theirs[:, None], theirs]
            else:
                own[name][ours] = weight[theirs]
        elif own[name].shape == weight.shape:
            own[name].copy_(weight)
        else:
            message = (
                f"{earlier}: weight {name} has shape {tuple(weight.shape)}, not "
                f"{tuple(own[name].shape)}: give the same sizes or train anew"
            )
            raise ShapeDiffersError(message)


def shared_rows(ours: list[str], theirs: list[str]) -> tuple[Tensor, Tensor]:
    """Return the rows of the units that both have, in one vocabulary and the other."""
    here = {unit: i for i, unit in enumerate(ours)}
    pairs = [(here[unit], i) for i, unit in enumerate(theirs) if unit in here]
    return torch.tensor([i for i, _ in pairs]), torch.tensor([j for _, j in pairs])


def _named(vocabs: Any, name: str) -> Any:
    return vocabs[name] if name else vocabs


def _units(units: Any) -> list[str]:
    """Return a vocabulary's units; a composite one has its only part under 0."""
    return list(units[0] if isinstance(units, dict) else units)
