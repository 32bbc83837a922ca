"""Stanza's networks as ONNX graphs, built by hand from a checkpoint's weights.

Sequences stand time first, [time, sequence, …], with their lengths beside them, longest
first; what stands after a sequence's end is of no account.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]
OPSET = 17
IR_VERSION = 9
IDS = ("T", "B")


class Weights:
    """The tensors of one checkpoint, by their Stanza names; knows which were used."""

    def __init__(self, model: Mapping[str, Any], prefix: str = "") -> None:
        self._arrays = {
            prefix + name: np.ascontiguousarray(tensor.float().numpy())
            for name, tensor in model.items()
        }
        self._unused = set(self._arrays)

    def __getitem__(self, name: str) -> Array:
        self._unused.discard(name)
        return self._arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def unused(self) -> list[str]:
        """Return the names of the tensors that nobody asked for."""
        return sorted(self._unused)


def halved(array: Array) -> Array:
    """Return the array in half precision where that loses nothing."""
    if array.dtype == np.float32:
        with np.errstate(over="ignore"):
            half = array.astype(np.float16)
        if np.array_equal(half.astype(np.float32), array):
            return half
    return array


class Graph:
    """A graph that grows node by node; every method returns names of values."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    # --- values ------------------------------------------------------------------

    def input(self, name: str, kind: int, shape: Sequence[str | int]) -> str:
        """Declare an input."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def ids(self, name: str, shape: Sequence[str | int] = IDS) -> str:
        """Declare an input of row numbers."""
        return self.input(name, TensorProto.INT64, shape)

    def lengths(self) -> str:
        """Declare the lengths of the sequences."""
        return self.input("lengths", TensorProto.INT32, ["B"])

    def output(
        self, name: str, value: str, rank: int, kind: int = TensorProto.FLOAT
    ) -> None:
        """Make a value an output."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, [None] * rank))

    def constant(self, array: Array | Sequence[int] | float) -> str:
        """Store a constant; onnxruntime widens halves once, when it loads the graph."""
        self._count += 1
        name = f"c{self._count}"
        if not isinstance(array, np.ndarray):
            kind = np.float32 if isinstance(array, float) else np.int64
            array = np.array(array, kind)
        stored = halved(np.asarray(array, order="C"))
        self._constants.append(numpy_helper.from_array(stored, name))
        if stored.dtype == np.float16:
            return self.op("Cast", name, to=TensorProto.FLOAT)
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        return self.ops(kind, 1, *inputs, **attributes)[0]

    def ops(
        self, kind: str, outputs: int, *inputs: str, **attributes: Any
    ) -> list[str]:
        """Add a node with several outputs."""
        self._count += 1
        names = [f"v{self._count}.{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names

    def save(self, path: Path) -> None:
        """Check the graph and write it."""
        graph = helper.make_graph(
            self._nodes, path.stem, self._inputs, self._outputs, self._constants
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))

    # --- layers ------------------------------------------------------------------

    def embedding(self, name: str, ids: str) -> str:
        """Look rows up."""
        return self.op("Gather", self.constant(self.weights[f"{name}.weight"]), ids)

    def linear(self, value: str, name: str, *, bias: bool = True) -> str:
        """Apply a linear layer."""
        product = self.op(
            "MatMul", value, self.constant(self.weights[f"{name}.weight"].T)
        )
        if not bias:
            return product
        return self.op("Add", product, self.constant(self.weights[f"{name}.bias"]))

    def concat(self, *values: str, axis: int) -> str:
        """Join values along an axis."""
        return self.op("Concat", *values, axis=axis)

    def slice(self, value: str, start: int, end: int, axis: int) -> str:
        """Take a part along an axis."""
        bounds = (self.constant([number]) for number in (start, end, axis))
        return self.op("Slice", value, *bounds)

    def size(self, value: str, axis: int) -> str:
        """Return the length along an axis, as a vector of one."""
        return self.op("Gather", self.op("Shape", value), self.constant([axis]))

    def lstm(
        self,
        value: str,
        lengths: str,
        name: str,
        *,
        initial: tuple[Array, Array] | None = None,
        both: bool = True,
    ) -> tuple[str, str, str]:
        """Run one layer; returns outputs [T, B, D·H], last h and last c [D, B, H]."""
        ends = ("", "_reverse") if both else ("",)
        directions = len(ends)
        stacked = {
            part: np.stack(
                [_gates(self.weights[f"{name}.{part}_l0{end}"]) for end in ends]
            )
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        }
        hidden = stacked["weight_hh"].shape[2]
        states: list[str] = []
        if initial is not None:
            shape = self.concat(
                self.constant([directions]),
                self.size(value, 1),
                self.constant([hidden]),
                axis=0,
            )
            states = [self.op("Expand", self.constant(s), shape) for s in initial]
        outputs, h, c = self.ops(
            "LSTM",
            3,
            value,
            self.constant(stacked["weight_ih"]),
            self.constant(stacked["weight_hh"]),
            self.constant(np.concatenate([stacked["bias_ih"], stacked["bias_hh"]], 1)),
            lengths,
            *states,
            hidden_size=hidden,
            direction="bidirectional" if both else "forward",
        )
        outputs = self.op("Transpose", outputs, perm=[0, 2, 1, 3])
        outputs = self.op(
            "Reshape", outputs, self.constant([0, 0, directions * hidden])
        )
        return outputs, h, c

    def joined_states(self, states: str, order: Sequence[int] = (0, 1)) -> str:
        """Make [D, B, H] into [B, D·H], the directions in this order."""
        parts = [
            self.op("Squeeze", self.slice(states, k, k + 1, 0), self.constant([0]))
            for k in order
        ]
        return self.concat(*parts, axis=1)

    def characters(self, ids: str, lengths: str, *, both: bool, attention: bool) -> str:
        """Run Stanza's `CharacterModel`: one row per word, [B, …]."""
        name = "charmodel"
        outputs, last, _ = self.lstm(
            self.embedding(f"{name}.char_emb", ids),
            lengths,
            f"{name}.charlstm.lstm",
            initial=self.initial(f"{name}.charlstm"),
            both=both,
        )
        if not attention:
            return self.joined_states(last)
        gate = self.op("Sigmoid", self.linear(outputs, f"{name}.char_attn", bias=False))
        return self.op(
            "ReduceSum",
            self.op("Mul", outputs, gate),
            self.constant([0]),
            keepdims=0,
        )

    def initial(self, name: str) -> tuple[Array, Array]:
        """Return the trained first states of an LSTM."""
        return self.weights[f"{name}_h_init"], self.weights[f"{name}_c_init"]

    def highway(self, value: str, lengths: str, name: str, layers: int) -> str:
        """Run Stanza's `HighwayLSTM`."""
        h, c = self.initial(name)
        for layer in range(layers):
            part = slice(2 * layer, 2 * layer + 2)
            outputs, _, _ = self.lstm(
                value, lengths, f"{name}.lstm.{layer}.lstm", initial=(h[part], c[part])
            )
            gate = self.op("Sigmoid", self.linear(value, f"{name}.gate.{layer}"))
            carried = self.op("Tanh", self.linear(value, f"{name}.highway.{layer}"))
            value = self.op("Add", outputs, self.op("Mul", gate, carried))
        return value

    def best(self, scores: str, axis: int) -> str:
        """Return the first of the best along an axis."""
        return self.op("ArgMax", scores, axis=axis, keepdims=0)


def _gates(array: Array) -> Array:
    """Bring PyTorch's gates (i, f, g, o) into the order of ONNX (i, o, f, g)."""
    i, f, g, o = np.split(array, 4, 0)
    return np.concatenate([i, o, f, g], 0)


def tokenizer(weights: Weights, config: Mapping[str, Any]) -> Graph:
    """Score every character as a word's end (0) and as a sentence's (1)."""
    g = Graph(weights)
    ids, lengths = g.ids("ids"), g.lengths()
    features = g.input("features", TensorProto.FLOAT, [*IDS, config["feat_dim"]])
    value = g.concat(g.embedding("embeddings", ids), features, axis=2)
    first, _, _ = g.lstm(value, lengths, "rnn")

    def both(value: str, end: str) -> str:
        weight = [weights[f"{name}{end}.weight"] for name in ("tok_clf", "sent_clf")]
        return g.op("MatMul", value, g.constant(np.concatenate(weight).T))

    bias = [weights[f"{name}.bias"] for name in ("tok_clf", "sent_clf")]
    scores = g.op("Add", both(first, ""), g.constant(np.concatenate(bias)))
    words = g.slice(scores, 0, 1, 2)
    certain = g.op(
        "Sigmoid", g.op("Mul", words, g.constant(-float(config["hier_invtemp"])))
    )
    gated = g.op("Mul", first, g.op("Sub", g.constant(1.0), certain))
    second, _, _ = g.lstm(gated, lengths, "rnn2")
    g.output("scores", g.op("Add", scores, both(second, "2")), 3)
    return g


def syntax_words(weights: Weights, dimension: int, order: Sequence[str]) -> Graph:
    """Make the row of a word for tagger or parser, its parts in this order."""
    g = Graph(weights)
    characters, lengths = g.ids("characters"), g.lengths()
    word = g.ids("word", ["B"])
    vector = g.input("vector", TensorProto.FLOAT, ["B", dimension])
    spelled = g.characters(characters, lengths, both=False, attention=True)
    parts = {
        "word": g.embedding("word_emb", word),
        "vector": g.linear(vector, "trans_pretrained", bias=False),
        "spelled": g.linear(spelled, "trans_char", bias=False),
    }
    g.output("row", g.concat(*(parts[name] for name in order), axis=1), 2)
    return g


def tagger(weights: Weights, config: Mapping[str, Any], features: int) -> Graph:
    """Choose the tags of the words of sentences, given the words' rows."""
    g = Graph(weights)
    width = config["word_emb_dim"] + 2 * config["transformed_dim"]
    words = g.input("words", TensorProto.FLOAT, [*IDS, width])
    value = g.highway(words, g.lengths(), "taggerlstm", config["num_layers"])
    hidden = g.op("Relu", g.linear(value, "upos_hid"))
    for tags in ("upos", "xpos"):
        head = "upos_clf" if tags == "upos" else f"tag_clf.{tags}"
        g.output(tags, g.best(g.linear(hidden, head), 2), 2, TensorProto.INT64)
    chosen = [
        g.op(
            "ArgMax",
            g.linear(hidden, f"tag_clf.feats.{number}"),
            axis=2,
            keepdims=1,
        )
        for number in range(features)
    ]
    g.output("features", g.concat(*chosen, axis=2), 3, TensorProto.INT64)
    return g


def parser(weights: Weights, config: Mapping[str, Any]) -> Graph:
    """Score heads, and give what `relations` needs.

    Outputs: `arcs` [B, dependent, head] with -inf for a word as its own head;
    `dependents` and `heads` [B, T, K].
    """
    g = Graph(weights)
    known = config["word_emb_dim"] + config["transformed_dim"]
    words = g.input(
        "words", TensorProto.FLOAT, [*IDS, known + config["transformed_dim"]]
    )
    lengths = g.lengths()
    tags = g.op(
        "Add",
        g.embedding("upos_emb", g.ids("upos")),
        g.embedding("xpos_emb", g.ids("xpos")),
    )
    value = g.concat(
        g.slice(words, 0, known, 2),
        g.embedding("lemma_emb", g.ids("lemma")),
        tags,
        tags,  # Stanza 1.15 gives the tags a second time in the features' place
        g.slice(words, known, known + config["transformed_dim"], 2),
        axis=2,
    )
    value = g.highway(value, lengths, "parserlstm", config["num_layers"])
    value = g.op("Transpose", value, perm=[1, 0, 2])

    def side(scorer: str, number: int) -> str:
        part = g.op("Relu", g.linear(value, f"{scorer}.W{number}"))
        ones = g.concat(g.size(part, 0), g.size(part, 1), g.constant([1]), axis=0)
        one = g.constant(np.ones((1, 1, 1), np.float32))
        return g.concat(part, g.op("Expand", one, ones), axis=2)

    def pairs(scorer: str) -> str:
        weight = weights[f"{scorer}.scorer.W_bilin.weight"][:, :, 0]
        left = g.op("MatMul", side(scorer, 1), g.constant(weight))
        right = g.op("Transpose", side(scorer, 2), perm=[0, 2, 1])
        bias = g.constant(weights[f"{scorer}.scorer.W_bilin.bias"])
        return g.op("Add", g.op("MatMul", left, right), bias)

    count = g.op("Squeeze", g.size(value, 1))
    places = g.op("Range", g.constant(0), count, g.constant(1))
    places = g.op("Cast", places, to=TensorProto.FLOAT)
    offset = g.op(
        "Sub",
        g.op("Unsqueeze", places, g.constant([0])),
        g.op("Unsqueeze", places, g.constant([1])),
    )
    signed = g.op("Mul", pairs("linearization"), g.op("Sign", offset))
    wrong_side = g.op("Softplus", g.op("Neg", signed))
    expected = g.op("Add", g.constant(1.0), g.op("Softplus", pairs("distance")))
    miss = g.op("Sub", g.op("Abs", offset), expected)
    square = g.op("Mul", g.op("Mul", miss, miss), g.constant(0.5))
    far = g.op("Log", g.op("Add", square, g.constant(1.0)))
    arcs = g.op("Sub", g.op("Sub", pairs("unlabeled"), wrong_side), far)
    itself = g.op("Equal", offset, g.constant(0.0))
    g.output("arcs", g.op("Where", itself, g.constant(-np.inf), arcs), 3)
    g.output("dependents", side("deprel", 1), 3)
    g.output("heads", side("deprel", 2), 3)
    return g


def relations(weights: Weights) -> Graph:
    """Score the relations of dependents to their heads.

    A head's matrix is made once for all its dependents: `heads` [U, K] and
    `dependents` [U, K, N] give `scores` [U, relation, N].
    """
    g = Graph(weights)
    weight = weights["deprel.scorer.W_bilin.weight"]  # [dependent, head, relation]
    dependent, head, count = weight.shape
    heads = g.input("heads", TensorProto.FLOAT, ["U", head])
    dependents = g.input("dependents", TensorProto.FLOAT, ["U", dependent, "N"])
    flat = weight.transpose(1, 2, 0).reshape(head, count * dependent)
    matrices = g.op("MatMul", heads, g.constant(flat))
    matrices = g.op("Reshape", matrices, g.constant([-1, count, dependent]))
    bias = weights["deprel.scorer.W_bilin.bias"][:, None]
    scores = g.op("Add", g.op("MatMul", matrices, dependents), g.constant(bias))
    g.output("scores", scores, 3)
    return g


def names_words(weights: Weights, dimension: int) -> Graph:
    """Make the row of a word for the recogniser of names."""
    g = Graph(weights)
    characters, lengths = g.ids("characters"), g.lengths()
    vector = g.input("vector", TensorProto.FLOAT, ["B", dimension])
    if "delta_emb.weight" in weights:
        vector = g.op("Add", vector, g.embedding("delta_emb", g.ids("word", ["B"])))
    spelled = g.characters(characters, lengths, both=True, attention=False)
    row = g.concat(vector, spelled, axis=1)
    g.output("row", g.linear(row, "input_transform"), 2)
    return g


def names(weights: Weights) -> Graph:
    """Score the tags of the words of sentences, given the words' rows."""
    g = Graph(weights)
    width = weights["input_transform.weight"].shape[0]
    words = g.input("words", TensorProto.FLOAT, [*IDS, width])
    value, _, _ = g.lstm(
        words, g.lengths(), "taggerlstm.lstm", initial=g.initial("taggerlstm")
    )
    g.output("scores", g.linear(value, "tag_clfs.0"), 3)
    return g


def lemma_encoder(weights: Weights) -> Graph:
    """Read a word with its tag: context, first state of the decoder, kind of edit."""
    g = Graph(weights)
    spelled = g.embedding("embedding", g.ids("characters"))
    tag = g.op(
        "Unsqueeze", g.embedding("pos_embedding", g.ids("tag", ["B"])), g.constant([0])
    )
    context, h, c = g.lstm(g.concat(tag, spelled, axis=0), g.lengths(), "encoder")
    g.output("context", g.op("Transpose", context, perm=[1, 0, 2]), 3)
    state = g.joined_states(h, order=(1, 0))
    g.output("h", state, 2)
    g.output("c", g.joined_states(c, order=(1, 0)), 2)
    hidden = g.op("Relu", g.linear(state, "edit_clf.0"))
    g.output("edit", g.best(g.linear(hidden, "edit_clf.2"), 1), 1, TensorProto.INT64)
    return g


def lemma_decoder(weights: Weights) -> Graph:
    """Take one step: log-probabilities of writing and of copying each character."""
    g = Graph(weights)
    size = weights["decoder.attention_layer.linear_in.weight"].shape[0]
    last = g.embedding("embedding", g.ids("character", ["B"]))
    h = g.input("h", TensorProto.FLOAT, ["B", size])
    c = g.input("c", TensorProto.FLOAT, ["B", size])
    context = g.input("context", TensorProto.FLOAT, ["B", "T", size])
    beyond = g.input("beyond", TensorProto.BOOL, ["B", "T"])

    def cell(value: str, part: str) -> str:
        name = f"decoder.lstm_cell.{{}}_{part}"
        product = g.op("MatMul", value, g.constant(weights[name.format("weight")].T))
        return g.op("Add", product, g.constant(weights[name.format("bias")]))

    gates = g.op("Add", cell(last, "ih"), cell(h, "hh"))
    i, f, new, o = g.ops("Split", 4, gates, axis=1)
    kept = g.op("Mul", g.op("Sigmoid", f), c)
    added = g.op("Mul", g.op("Sigmoid", i), g.op("Tanh", new))
    c = g.op("Add", kept, added)
    h = g.op("Mul", g.op("Sigmoid", o), g.op("Tanh", c))
    attention = "decoder.attention_layer"
    target = g.op(
        "Unsqueeze",
        g.linear(h, f"{attention}.linear_in", bias=False),
        g.constant([2]),
    )
    weight = g.op("Squeeze", g.op("MatMul", context, target), g.constant([2]))
    weight = g.op("Where", beyond, g.constant(-1e12), weight)
    weight = g.op("LogSoftmax", weight, axis=1)
    row = g.op("Unsqueeze", g.op("Exp", weight), g.constant([1]))
    mean = g.op("Squeeze", g.op("MatMul", row, context), g.constant([1]))
    mean = g.concat(mean, h, axis=1)
    out = g.op("Tanh", g.linear(mean, f"{attention}.linear_out", bias=False))
    written = g.op("LogSoftmax", g.linear(out, "dec2vocab"), axis=1)
    gate = g.linear(out, "copy_gate")
    # the tag stands before the word and cannot be copied
    letters = g.op(
        "Slice", weight, g.constant([1]), g.constant([2**31 - 1]), g.constant([1])
    )
    copied = g.op("LogSoftmax", letters, axis=1)
    closed, open_ = g.op("Softplus", gate), g.op("Softplus", g.op("Neg", gate))
    g.output("next_h", h, 2)
    g.output("next_c", c, 2)
    g.output("written", g.op("Sub", written, closed), 2)
    g.output("copied", g.op("Sub", copied, open_), 2)
    return g
