"""The engine against Stanza: tokens per second of processor time, memory, start.

Every measurement is a process of its own on one core, with cold caches, and the ways
take turns; medians are printed. Stanza runs the same models as a plain loop over the
documents, and by `bulk_process`. The floor is the multiplications that the parser's
weights ask for, at the rate at which this machine multiplies large matrices.

    python -m benchmarks.nlp --runs 5
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.support.quality.engine_corpus import corpus

MODELS = Path("models")
PACKAGE = MODELS / "engine"
KINDS = ("seeds", "news", "treebank")
CHUNK = 32
"""Documents at once, where a way takes several."""
ALL = ("tokenize", "pos", "lemma", "depparse", "ner")
NAMES = ("tokenize", "ner")
_LIBRARIES = ("OMP", "MKL", "OPENBLAS")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in _LIBRARIES}


def documents() -> list[str]:
    """Return news and the treebank's texts, or only our own without the data."""
    found = corpus()
    return [text for kind in KINDS for text in found.get(kind, [])]


def used() -> float:
    """Return the processor seconds of this process, imports and all."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident(what: str, pid: int | str = "self") -> int:
    """Return megabytes of a process: Rss, Pss, Private_Clean or Private_Dirty."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(what)) // 1024


# --- the ways, each run in a child ---------------------------------------------

Way = Callable[[Sequence[str]], int]
"""Analyses documents and returns how many tokens they have."""


def stanza_pipeline(processors: Sequence[str]) -> Any:
    """Load Stanza as its documentation says."""
    import stanza
    import torch

    torch.set_num_threads(1)
    return stanza.Pipeline(
        "hi", dir=str(MODELS), package="khabar", processors=",".join(processors),
        download_method=None, use_gpu=False, verbose=False,
    )  # fmt: skip


def open_loop(processors: Sequence[str]) -> Way:
    """One document after the other."""
    pipeline = stanza_pipeline(processors)
    return lambda texts: sum(pipeline(text).num_tokens for text in texts)


def open_bulk(processors: Sequence[str]) -> Way:
    """Stanza's own way for many documents."""
    pipeline = stanza_pipeline(processors)

    def run(texts: Sequence[str]) -> int:
        return sum(
            document.num_tokens
            for start in range(0, len(texts), CHUNK)
            for document in pipeline.bulk_process(list(texts[start : start + CHUNK]))
        )

    return run


def open_engine(processors: Sequence[str], chunk: int = CHUNK) -> Way:
    """Load what the worker runs."""
    from workers.stages.nlp.onnx.engine import EngineOptions, open_engine

    if processors == NAMES:
        return open_names()
    engine = open_engine(EngineOptions(PACKAGE))

    def run(texts: Sequence[str]) -> int:
        return sum(
            len(sentence.tokens)
            for start in range(0, len(texts), chunk)
            for document in engine.annotate(texts[start : start + chunk])
            for sentence in document.sentences
        )

    return run


def open_names() -> Way:
    """Load the engine's two networks for names."""
    from workers.stages.nlp.onnx.entity_tagger import EntityTagger
    from workers.stages.nlp.onnx.network import by_length
    from workers.stages.nlp.onnx.package import open_package
    from workers.stages.nlp.onnx.tokenizer import Tokenizer
    from workers.stages.nlp.onnx.word_vectors import UniqueWords
    from workers.stages.nlp.segments import segments

    package = open_package(PACKAGE)
    tokenizer, tagger = Tokenizer(package, 1), EntityTagger(package, 20_000, 1)

    def run(texts: Sequence[str]) -> int:
        count = 0
        for start in range(0, len(texts), CHUNK):
            some = texts[start : start + CHUNK]
            split = tokenizer.split([p.text for text in some for p in segments(text)])
            sentences = [sentence for paragraph in split for sentence in paragraph]
            order = by_length([len(sentence) for sentence in sentences])
            lengths = [len(sentences[place]) for place in order]
            forms = UniqueWords.of([w.form for p in order for w in sentences[p]])
            tagger.find(forms, lengths)
            count += sum(lengths)
        return count

    return run


WAYS: dict[str, Callable[[Sequence[str]], Way]] = {
    "loop": open_loop,
    "bulk": open_bulk,
    "engine": open_engine,
}


def child(way: str, processors: Sequence[str], limit: int) -> dict[str, float]:
    """Open a way and run it once over the documents."""
    texts = documents()[:limit]
    before = used()
    run = WAYS[way](processors)
    ready = used()
    tokens = run(texts)
    seconds = used() - ready
    return {
        "tokens": tokens,
        "rate": tokens / seconds,
        "ready": ready - before,
        "resident": resident("Rss"),
        "highest": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def child_latency(limit: int) -> dict[str, float]:
    """Analyse articles one by one as they come, one a second."""
    run = open_engine(ALL, chunk=1)
    took, free_at = [], 0.0
    for arrival, text in enumerate(documents()[:limit]):
        before = used()
        run([text])
        free_at = max(free_at, arrival) + used() - before
        took.append(free_at - arrival)
    hundredths = statistics.quantiles(took, n=100)
    return {"p50": hundredths[49], "p95": hundredths[94]}


def child_wait(limit: int) -> dict[str, float]:
    """Analyse, say what memory is this process's own, and stay until told to go."""
    open_engine(ALL)(documents()[:limit])
    print(json.dumps({"own": resident("Private_"), "all": resident("Rss")}), flush=True)
    sys.stdin.read()
    return {}


# --- measuring -------------------------------------------------------------------


def start(core: int, *arguments: object) -> subprocess.Popen[str]:
    """Start a child on a core."""
    return subprocess.Popen(
        ["taskset", "-c", str(core), sys.executable, "-m", "benchmarks.nlp"]
        + [str(each) for each in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )


def result(process: subprocess.Popen[str]) -> dict[str, float]:
    """Wait for a child and return what it measured."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args} ended with {process.returncode}")
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


def median(rows: Sequence[dict[str, float]], key: str) -> float:
    """Return the median of one figure."""
    return statistics.median(row[key] for row in rows)


def compare(processors: Sequence[str], runs: int, limit: int) -> dict[str, Any]:
    """Let the ways take turns."""
    core = min(os.sched_getaffinity(0))
    rows: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(runs):
        for way, found in rows.items():
            arguments = ("--child", way, "--limit", limit)
            found.append(result(start(core, *arguments, "--processors", *processors)))
    return {
        way: {key: median(found, key) for key in found[0]}
        for way, found in rows.items()
    }


def together(runs: int, limit: int) -> float:
    """Return what two processes on two cores do at once, in what one does alone.

    In processor time, so that others on the machine do not count; what the two take
    from each other, of caches and memory, does.
    """
    cores = sorted(os.sched_getaffinity(0))[:2]
    if len(cores) == 1:
        return float("nan")
    gains = []
    arguments = ("--child", "engine", "--limit", limit, "--processors", *ALL)
    for _ in range(runs):
        alone = result(start(cores[0], *arguments))["rate"]
        both = [start(core, *arguments) for core in cores]
        gains.append(sum(result(process)["rate"] for process in both) / alone)
    return statistics.median(gains)


def shared(limit: int) -> dict[str, float]:
    """Return the memory that a second process adds to a first."""
    cores = sorted(os.sched_getaffinity(0))
    both = [
        start(cores[n % len(cores)], "--child", "wait", "--limit", limit)
        for n in range(2)
    ]
    try:
        for process in both:
            if process.stdout:
                process.stdout.readline()
        pid = both[1].pid
        return {"all": resident("Rss", pid), "own": resident("Private_", pid)}
    finally:
        for process in both:
            process.communicate()


def gemm_rate() -> float:
    """Return multiplications a second of large matrices, the best of a second."""
    import numpy as np

    left = np.ones((1024, 512), np.float32)
    right = np.ones((512, 1024), np.float32)
    best, until = float("inf"), time.monotonic() + 1
    while time.monotonic() < until:
        before = time.process_time_ns()
        left @ right
        best = min(best, time.process_time_ns() - before)
    return left.size * right.shape[1] / best * 1e9


def multiplications(path: Path) -> int:
    """Return the multiplications by a network's weights for one item."""
    import onnx

    graph = onnx.load(path).graph
    sizes = {c.name: [*c.dims] for c in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in sizes:
            sizes[node.output[0]] = sizes[node.input[0]]
    return sum(
        math.prod(sizes[name])
        for node in graph.node
        if node.op_type in ("MatMul", "LSTM")
        # an LSTM's other constants, biases and first states, are not multiplied
        for name in (node.input[1:3] if node.op_type == "LSTM" else node.input)
        if name in sizes
    )


def child_floor(limit: int) -> dict[str, float]:
    """Measure the parser alone, and what its multiplications would take."""
    from workers.stages.nlp.onnx.engine import EngineOptions
    from workers.stages.nlp.onnx.engine import open_engine as open_whole
    from workers.stages.nlp.onnx.parser import Arcs, Parser

    spent = 0.0
    parse = Parser.parse

    def timed(self: Parser, *given: Any) -> Arcs:
        nonlocal spent
        before = used()
        arcs = parse(self, *given)
        spent += used() - before
        return arcs

    Parser.parse = timed  # type: ignore[method-assign]
    engine = open_whole(EngineOptions(PACKAGE))
    texts = documents()[:limit]
    tokens = items = heads = 0
    for start_ in range(0, len(texts), CHUNK):
        for document in engine.annotate(texts[start_ : start_ + CHUNK]):
            for sentence in document.sentences:
                tokens += len(sentence.tokens)
                items += len(sentence.tokens) + 1
                heads += len({token.head for token in sentence.tokens})
    asked = multiplications(PACKAGE / "parser.onnx") * items
    asked += multiplications(PACKAGE / "relations.onnx") * heads
    rate = gemm_rate()
    return {
        "gemm": rate / 1e9,
        "asked": asked / tokens,
        "floor": asked / rate / tokens * 1e6,
        "spent": spent / tokens * 1e6,
    }


# --- the report ------------------------------------------------------------------


def report(runs: int, limit: int) -> None:
    """Measure everything and print it."""
    core = min(os.sched_getaffinity(0))
    for title, processors in (("all processors", ALL), ("tokenize and ner", NAMES)):
        found = compare(processors, runs, limit)
        engine = found["engine"]
        print(f"{title}: {engine['tokens']:.0f} tokens, medians of {runs} runs")
        for way, row in found.items():
            print(
                f"  {way:6} {row['rate']:6.0f} tokens per CPU-second; ready after "
                f"{row['ready']:.1f} CPU-s; resident {row['resident']:.0f} MB, at most "
                f"{row['highest']:.0f} MB; engine {engine['rate'] / row['rate']:.2f} ×"
            )
    late = result(start(core, "--child", "latency", "--limit", limit))
    print(
        f"one article a second, CPU-seconds from arrival to document: p50 "
        f"{late['p50']:.3f}, p95 {late['p95']:.3f}"
    )
    memory = shared(limit)
    print(
        f"a second process: {memory['own']:.0f} MB of its own, of "
        f"{memory['all']:.0f} MB resident"
    )
    floor = result(start(core, "--child", "floor", "--limit", limit))
    print(
        f"parser: {floor['asked'] / 1e6:.2f} million multiplications a token at "
        f"{floor['gemm']:.1f} thousand million a second = {floor['floor']:.0f} µs; "
        f"takes {floor['spent']:.0f} µs, reaches {floor['floor'] / floor['spent']:.0%}"
    )
    print(f"two processes on two cores: {together(runs, limit):.2f} × one")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=int, default=250, help="so many documents")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--processors", nargs="*", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child is None:
        report(args.runs, args.limit)
        return
    single = {"latency": child_latency, "wait": child_wait, "floor": child_floor}
    if args.child in single:
        found = single[args.child](args.limit)
    else:
        found = child(args.child, tuple(args.processors), args.limit)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
