"""Train the whole package: `python -m models.training.train --data ../shared/data`.

Runs two processes at a time, keeps what is finished in the work folder, and goes on
from there when it is started again. With `--smoke` it makes a few sentences of its own
and takes seconds a step: every step runs, nothing is learned. With `--characters` the
names are learned with character language models: that package is for Stanza, as the
engine does not run such models.
"""

import argparse
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from models.training.corpora import characters as character_models
from models.training.corpora import smoke_data
from models.training.steps import Step, run

log = logging.getLogger(__name__)

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}
# Large enough that the schedule of stanza/timed.py decides, not Stanza's counts.
NEVER = "1000000000"
# Of weights: what the last few hundred steps had is what ends in the package.
AVERAGE = 0.998


@dataclass(frozen=True)
class Size:
    """How long to train, in seconds where not said otherwise, and how large."""

    vector_epochs: int
    vector_words: int
    first_tagger: int
    tagger: int
    parser: int
    names: int
    tokenizer_steps: int
    lemma_epochs: int
    syntax_hidden: int
    names_hidden: int
    batch_words: int
    character_epochs: int
    character_hidden: int
    character_rows: int


FULL = Size(
    vector_epochs=4,
    vector_words=80_000,
    first_tagger=300,
    tagger=3600,
    parser=4500,
    names=1200,
    tokenizer_steps=1500,
    lemma_epochs=12,
    syntax_hidden=200,
    names_hidden=200,
    batch_words=1500,
    character_epochs=4,
    character_hidden=256,
    character_rows=50,
)
SMOKE = Size(
    vector_epochs=1,
    vector_words=1000,
    first_tagger=3,
    tagger=3,
    parser=3,
    names=3,
    tokenizer_steps=4,
    lemma_epochs=1,
    syntax_hidden=16,
    names_hidden=16,
    batch_words=200,
    character_epochs=1,
    character_hidden=16,
    character_rows=2,
)


def module(name: str, *options: object) -> tuple[str, ...]:
    """Return the command that runs a module of ours or of Stanza's."""
    return (sys.executable, "-m", name, *(str(option) for option in options))


def timed(
    kind: str, seconds: int, rate: float, begin_with: Path | None, *options: object
) -> tuple[str, ...]:
    """Return the command of one of Stanza's trainers under a budget of time."""
    every = max(1, seconds // 4)
    warm = ("--begin-with", begin_with) if begin_with else ()
    return module(
        "models.training.stanza.timed", kind, "--seconds", seconds,
        "--evaluate-every", every, "--rate", rate, "--average", AVERAGE, *warm, "--",
        "--mode", "train", "--cpu", "--shorthand", "hi_khabar", "--seed", 1234,
        "--optim", "adam", "--max_steps", NEVER,
        "--eval_interval", NEVER, *options,
    )  # fmt: skip


def tagger(
    size: Size, seconds: int, work: Path, name: str, begin_with: Path | None = None
) -> tuple[str, ...]:
    """Return the command that trains a tagger."""
    return timed(
        "tagger", seconds, 0.004, begin_with, "--lang", "hi",
        "--train_file", work / "data/train.conllu",
        "--eval_file", work / "data/dev.conllu",
        "--wordvec_pretrain_file", work / "vectors.pt",
        "--save_dir", work / "trained", "--save_name", name,
        "--share_hid", "--hidden_dim", size.syntax_hidden, "--num_layers", 2,
        "--char_hidden_dim", 100, "--char_emb_dim", 50, "--transformed_dim", 100,
        "--deep_biaff_hidden_dim", 200, "--word_emb_dim", 75, "--word_cutoff", 3,
        "--dropout", 0.25, "--word_dropout", 0.1,
        "--batch_size", 40, "--max_steps_before_stop", NEVER, "--fix_eval_interval",
    )  # fmt: skip


def tag(work: Path, model: str, part: str, out: str) -> tuple[str, ...]:
    """Return the command that tags a part of the treebank."""
    return module(
        "stanza.models.tagger", "--mode", "predict", "--cpu", "--lang", "hi",
        "--shorthand", "hi_khabar", "--eval_file", work / f"data/{part}.conllu",
        "--output_file", work / "data" / out, "--batch_size", 100,
        "--wordvec_pretrain_file", work / "vectors.pt",
        "--save_dir", work / "trained", "--save_name", model,
    )  # fmt: skip


def names(size: Size, work: Path, *, characters: bool) -> Step:
    """Return the step that trains the entity recogniser."""
    made, trained = work / "data", work / "trained"
    options = ["--charlm", "--charlm_shorthand", "hi_khabar"]
    for name, direction in character_models.MODELS.items():
        options += [f"--charlm_{direction}_file", str(trained / f"{name}.pt")]
    return Step(
        "names",
        timed(
            "ner", size.names, 0.002, None,
            "--train_file", made / "names-train.json",
            "--eval_file", made / "names-dev.json",
            "--wordvec_pretrain_file", work / "vectors.pt",
            "--save_dir", trained, "--save_name", "ner.pt", "--scheme", "bioes",
            "--hidden_dim", size.names_hidden, "--num_layers", 1,
            "--char_hidden_dim", 100, "--char_emb_dim", 50, "--dropout", 0.4,
            "--word_dropout", 0.02, "--batch_size", 32, "--min_lr", 1e-9,
            "--max_steps_no_improve", NEVER, *(options if characters else ()),
        ),
        ("prepare", "vectors", *(character_models.MODELS if characters else ())),
        (trained / "ner.pt",),
    )  # fmt: skip


def of_characters(data: Path, work: Path, size: Size) -> list[Step]:
    """Return the steps of the character language models, one a direction."""
    made, trained = work / "data", work / "trained"
    text = made / "characters-train.txt"
    prepare = Step(
        "character-text",
        module("models.training.corpora.characters", "--data", data, "--out", made),
        ("prepare",),
        (text,),
    )
    return [prepare] + [
        Step(
            name,
            module(
                "stanza.models.charlm", "--mode", "train", "--cpu",
                "--shorthand", "hi_khabar", "--seed", 1234, "--direction", direction,
                "--train_file", text, "--eval_file", made / "characters-dev.txt",
                "--char_hidden_dim", size.character_hidden, "--char_emb_dim", 100,
                "--epochs", size.character_epochs, "--cutoff", 20,
                "--batch_size", size.character_rows, "--eval_steps", -1,
                "--no_checkpoint", "--save_dir", trained,
                "--save_name", f"{name}.pt", "--vocab_save_name", f"{name}-letters.pt",
            ),
            ("character-text",),
            (trained / f"{name}.pt",),
        )
        for name, direction in character_models.MODELS.items()
    ]  # fmt: skip


def events(data: Path, work: Path, out: Path, size: Size) -> list[Step]:
    """Return the steps of the taggers of events, which see what the engine says.

    The smoke run, whose models say nothing, lets them see the shipped engine's words.
    """
    smoke = size is SMOKE
    engine = Path("models/engine") if smoke else work / "engine"
    export = Step(
        "export",
        module("models.export", "--models", out, "--out", engine),
        ("package",),
        (engine / "manifest.json",),
    )
    train = Step(
        "events",
        module(
            "models.training.ednil.train", "--data", data, "--engine", engine,
            "--out", out / "events", *(("--smoke",) if smoke else ()),
        ),
        ("package",) if smoke else ("export",),
        (out / "events/ednil.npz", out / "events/ednil.json"),
    )  # fmt: skip
    return [train] if smoke else [export, train]


def plan(
    data: Path, work: Path, out: Path, size: Size, *, characters: bool = False
) -> list[Step]:
    """Return the steps in the order in which they should begin.

    The tagger goes on from the one that was stopped early to tag for the parser.
    """
    made, trained = work / "data", work / "trained"
    vectors = work / "vectors.pt"
    return [
        Step(
            "prepare",
            module("models.training.corpora.prepare", "--data", data, "--out", made),
            outputs=(made / "train.conllu", made / "names-train.json"),
        ),
        Step(
            "vectors",
            module(
                "models.training.corpora.vectors", "--data", data, "--out", vectors,
                "--subwords", "--vocabulary", size.vector_words,
                "--epochs", size.vector_epochs,
            ),
            outputs=(vectors,),
        ),
        Step(
            "first-tagger",
            tagger(size, size.first_tagger, work, "first-pos.pt"),
            ("prepare", "vectors"),
            (trained / "first-pos.pt",),
        ),
        *(of_characters(data, work, size) if characters else ()),
        names(size, work, characters=characters),
        Step(
            "tag-train",
            tag(work, "first-pos.pt", "train", "train.first.conllu"),
            ("first-tagger",),
            (made / "train.first.conllu",),
        ),
        Step(
            "mix-tags",
            module(
                "models.training.stanza.mixtags", "--gold", made / "train.conllu",
                "--predicted", made / "train.first.conllu",
                "--out", made / "train.mixed.conllu",
            ),
            ("tag-train",),
            (made / "train.mixed.conllu",),
        ),
        Step(
            "tagger",
            tagger(size, size.tagger, work, "pos.pt", trained / "first-pos.pt"),
            ("first-tagger",),
            (trained / "pos.pt",),
        ),
        Step(
            "tag-dev",
            tag(work, "pos.pt", "dev", "dev.tagged.conllu"),
            ("tagger",),
            (made / "dev.tagged.conllu",),
        ),
        Step(
            "parser",
            timed(
                "parser", size.parser, 0.003, None, "--lang", "hi",
                "--train_file", made / "train.mixed.conllu",
                "--eval_file", made / "dev.tagged.conllu",
                "--wordvec_pretrain_file", vectors,
                "--save_dir", trained, "--save_name", "depparse.pt",
                "--hidden_dim", size.syntax_hidden, "--num_layers", 2,
                "--char_hidden_dim", 100, "--char_emb_dim", 50,
                "--deep_biaff_hidden_dim", 128,
                "--transformed_dim", 100, "--word_emb_dim", 75, "--word_cutoff", 3,
                "--dropout", 0.15, "--word_dropout", 0.1,
                "--batch_size", size.batch_words, "--beta2", 0.95,
                "--weight_decay", 0, "--no_plateau", "--no_second_optim",
                "--max_steps_before_stop", NEVER, "--no_checkpoint",
            ),
            ("mix-tags", "tag-dev"),
            (trained / "depparse.pt",),
        ),
        Step(
            "tokenizer",
            module(
                "stanza.models.tokenizer", "--mode", "train", "--cpu", "--lang", "hi",
                "--shorthand", "hi_khabar", "--seed", 1234,
                "--txt_file", made / "tokens-train.txt",
                "--label_file", made / "tokens-train.labels",
                "--dev_txt_file", made / "tokens-dev.txt",
                "--dev_label_file", made / "tokens-dev.labels",
                "--dev_conll_gold", made / "tokens-dev.conllu",
                "--mwt_json_file", made / "tokens-mwt.json",
                "--max_seqlen", 300, "--steps", size.tokenizer_steps,
                "--eval_steps", max(2, size.tokenizer_steps // 8),
                "--save_dir", trained, "--save_name", "tokenize.pt",
            ),
            ("prepare",),
            (trained / "tokenize.pt",),
        ),
        Step(
            "lemmatizer",
            module(
                "stanza.models.lemmatizer", "--mode", "train", "--cpu",
                "--shorthand", "hi_khabar", "--seed", 1234,
                "--train_file", made / "lemmas.conllu",
                "--eval_file", made / "dev.conllu",
                "--num_epoch", size.lemma_epochs, "--hidden_dim", 100,
                "--save_dir", trained, "--save_name", "lemma.pt",
            ),
            ("prepare",),
            (trained / "lemma.pt",),
        ),
        Step(
            "package",
            module(
                "models.training.stanza.package", "--trained", trained,
                "--vectors", vectors, "--prepared", made, "--out", out,
                "--vocabulary", size.vector_words,
            ),
            ("tokenizer", "tagger", "lemmatizer", "parser", "names"),
            (out / "SHA256SUMS",),
        ),
        *(() if characters else events(data, work, out, size)),
        Step(
            "evaluate",
            module(
                "models.training.stanza.evaluate", "--models", out, "--prepared", made,
                "--data", data, "--report", work / "report.json",
            ),
            ("package",),
            (work / "report.json",),
        ),
    ]  # fmt: skip


def main() -> None:
    """Read the command line and run what is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("build/train"))
    parser.add_argument(
        "--out", type=Path, help="where the package goes; WORK/package if not given"
    )
    parser.add_argument(
        "--smoke", action="store_true", help="tiny data, seconds a step"
    )
    parser.add_argument(
        "--characters",
        action="store_true",
        help="learn names with character language models; run by Stanza only",
    )
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    work = args.work / "smoke" if args.smoke else args.work
    data = args.data
    if args.smoke:
        data = work / "made-data"
        smoke_data.write(data)
    elif not (data / "syntax").is_dir():
        parser.error(f"no training data in {data}: name its folder with --data DIR")
    steps = plan(
        data,
        work,
        args.out or work / "package",
        SMOKE if args.smoke else FULL,
        characters=args.characters,
    )
    run(steps, work, environment=ONE_THREAD)
    log.info("report in %s", work / "report.json")


if __name__ == "__main__":
    main()
