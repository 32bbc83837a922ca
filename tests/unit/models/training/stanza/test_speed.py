from pathlib import Path

import pytest

pytest.importorskip("stanza", reason="training needs the `stanza` extra")

import torch
from stanza.models.common.biaffine import DeepBiaffineScorer
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from models.training.stanza import fast_lstm, fast_parser, warm_start


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_the_lstm_gives_pytorchs_results_and_gradients(
    *, bidirectional: bool, layers: int
) -> None:
    torch.manual_seed(7)
    lstm = nn.LSTM(7, 5, layers, bidirectional=bidirectional, batch_first=True)
    states = layers * (2 if bidirectional else 1)
    given = [
        torch.randn(4, 6, 7, requires_grad=True),
        torch.randn(states, 4, 5, requires_grad=True),
        torch.randn(states, 4, 5, requires_grad=True),
    ]
    leaves = [*given, *lstm.parameters()]

    def results(*, fast: bool) -> list[torch.Tensor]:
        packed = pack_padded_sequence(given[0], [6, 6, 3, 1], batch_first=True)
        if fast:
            out, (h, c) = fast_lstm.forward(lstm, packed, (given[1], given[2]))
        else:
            out, (h, c) = lstm(packed, (given[1], given[2]))
        weights = torch.arange(out.data.numel()).view_as(out.data) / 10
        loss = (out.data * weights).sin().sum() + (h * h).sum() + (3 * c).sum()
        return [out.data, h, c, *torch.autograd.grad(loss, leaves)]

    for mine, theirs in zip(results(fast=True), results(fast=False), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_only_training_is_changed_and_only_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []
    original = nn.LSTM.forward

    def recorded(*given: object) -> object:
        calls.append(given)
        return given

    monkeypatch.setattr(fast_lstm, "forward", recorded)
    lstm = nn.LSTM(2, 3, batch_first=True)
    packed = pack_padded_sequence(torch.ones(2, 2, 2), [2, 1], batch_first=True)
    with fast_lstm.faster():
        lstm(packed)
        assert len(calls) == 1
        lstm.eval()
        assert isinstance(lstm(packed)[0], PackedSequence)
        lstm.train()
        lstm(torch.ones(1, 2, 2))
        assert len(calls) == 1
    assert nn.LSTM.forward is original


def test_relations_at_the_head_equal_those_scored_for_every_pair() -> None:
    torch.manual_seed(3)
    whole = DeepBiaffineScorer(6, 6, 4, 5, dropout=0)
    nn.init.normal_(whole.scorer.W_bilin.weight)
    states = torch.randn(2, 4, 6)
    heads = torch.tensor([[0, 1, 2], [3, 0, 2]])
    every = whole(states, states)
    chosen = fast_parser._AtHeads(whole, heads)(states, states)
    assert chosen.shape == every.shape
    index = heads[:, :, None, None].expand(-1, -1, -1, 5)
    torch.testing.assert_close(
        chosen[:, 1:].gather(2, index), every[:, 1:].gather(2, index)
    )


def test_weights_are_copied_by_what_their_rows_stand_for(tmp_path: Path) -> None:
    class Vocabulary:
        def __init__(self, units: object) -> None:
            self._id2unit = units

    class Model(nn.Module):
        def __init__(self, words: int, tags: int, hidden: int = 2) -> None:
            super().__init__()
            self.word_emb = nn.Embedding(words, 2)
            self.tag_clfs = nn.ModuleList([nn.Linear(hidden, tags)])

    earlier, later = Model(3, 2), Model(4, 3)
    path = tmp_path / "earlier.pt"
    vocabs = {
        "word": {"_id2unit": ["<PAD>", "राम", "सीता"]},
        "tag": {"_id2unit": {0: ["O", "B-PER"]}},
    }
    torch.save({"model": earlier.state_dict(), "vocab": vocabs}, path)
    own = {
        "word": Vocabulary(["<PAD>", "सीता", "मोहन", "राम"]),
        "tag": Vocabulary({0: ["B-PER", "O", "B-LOC"]}),
    }
    fresh = later.word_emb.weight[2].clone()
    warm_start.copy_weights(later, own, path)
    assert torch.equal(later.word_emb.weight[1], earlier.word_emb.weight[2])
    assert torch.equal(later.word_emb.weight[3], earlier.word_emb.weight[1])
    assert torch.equal(later.word_emb.weight[2], fresh)
    tags, known = later.state_dict(), earlier.state_dict()
    name = "tag_clfs.0.weight"
    assert torch.equal(tags[name][:2], known[name].flip(0))

    class Other(nn.Module):
        def __init__(self, size: int) -> None:
            super().__init__()
            self.lstm = nn.Linear(size, size)

    torch.save({"model": Other(2).state_dict(), "vocab": {}}, path)
    with pytest.raises(warm_start.ShapeDiffersError, match=r"lstm\.weight"):
        warm_start.copy_weights(Other(3), {}, path)


def test_a_tokenizer_has_one_vocabulary_without_a_name(tmp_path: Path) -> None:
    class Units:
        _id2unit = ("<PAD>", "“", "क")

    class Tokenizer(nn.Module):
        def __init__(self, units: int) -> None:
            super().__init__()
            self.embeddings = nn.Embedding(units, 2)

    earlier, later = Tokenizer(2), Tokenizer(3)
    path = tmp_path / "earlier.pt"
    vocab = {"_id2unit": ["<PAD>", "क"]}
    torch.save({"model": earlier.state_dict(), "vocab": vocab}, path)
    warm_start.copy_weights(later, Units(), path)
    assert torch.equal(later.embeddings.weight[[0, 2]], earlier.embeddings.weight)
