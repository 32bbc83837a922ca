"""Turn trained models into the package that ships: small, plain, with checksums.

Weights are stored in half precision (Stanza widens them as it loads), the word vectors
rounded to it and cut to the words that matter, what only training needs is left out.
"""

import argparse
import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from models.training.corpora import characters
from workers.evaluation import conll

log = logging.getLogger(__name__)

PACKAGE = "khabar"
PROCESSORS = ("tokenize", "pos", "lemma", "depparse", "ner")
WITH_VECTORS = ("pos", "depparse", "ner")
PREFIX = 4  # padding, unknown, empty, root: the rows before the words


def halved(value: Any) -> Any:
    """Return a checkpoint with its float tensors in half precision."""
    if isinstance(value, torch.Tensor):
        return value.half() if value.dtype == torch.float32 else value
    if isinstance(value, dict):
        return {key: halved(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(halved(item) for item in value)
    return value


def plain_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings without the paths of the machine that trained."""
    return {
        key: (None if isinstance(item, str) and "/" in item else item)
        for key, item in config.items()
    }


def without_idle_delta(checkpoint: dict[str, Any]) -> None:
    """Drop the word offsets of an entity model that never trained them."""
    weight = checkpoint["model"].get("delta_emb.weight")
    if weight is not None and not weight.any():
        del checkpoint["model"]["delta_emb.weight"], checkpoint["vocab"]["delta"]


def words_to_keep(
    vocabulary: list[str], wanted: Iterable[str], limit: int
) -> list[int]:
    """Return rows of the vectors, prefix included, in their order.

    The words are sorted by frequency; those of the annotated corpora come first, then
    the most frequent, until there are `limit`.
    """
    must = set(wanted)
    words = list(enumerate(vocabulary))[PREFIX:]
    chosen = [i for i, word in words if word in must][:limit]
    taken = set(chosen)
    chosen += [i for i, _ in words if i not in taken][: limit - len(chosen)]
    return [*range(PREFIX), *sorted(chosen)]


def annotated_words(prepared: Path) -> set[str]:
    """Return the words of the training sets of syntax and names."""
    found = {
        row[1] for rows in conll.read_conllu(prepared / "train.conllu") for row in rows
    }
    sentences = json.loads((prepared / "names-train.json").read_text(encoding="utf-8"))
    found.update(word["text"] for rows in sentences for word in rows)
    return found


def pruned_vocabulary(state: dict[str, Any], keep: list[int]) -> dict[str, Any]:
    """Return a vocabulary's state with only these rows."""
    units = [state["_id2unit"][i] for i in keep]
    return {
        **state,
        "_id2unit": units,
        "_unit2id": {unit: i for i, unit in enumerate(units)},
    }


def save(value: Any, path: Path) -> None:
    """Write a checkpoint and prove that it loads with plain types only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(value, path)
    torch.load(path, weights_only=True)
    log.info("%-40s %6.2f MB", path, path.stat().st_size / 1e6)


def resources(*, charlm: bool) -> dict[str, Any]:
    """Return what Stanza's resources.json must say for the package to be found."""
    vectors = [{"model": "pretrain", "package": PACKAGE}]
    readers = [{"model": name, "package": PACKAGE} for name in characters.MODELS]
    hindi: dict[str, Any] = {"lang_name": "Hindi"}
    for processor in PROCESSORS:
        entry: dict[str, Any] = {}
        if processor in WITH_VECTORS:
            entry["dependencies"] = vectors + (
                readers if charlm and processor == "ner" else []
            )
        hindi[processor] = {PACKAGE: entry}
    hindi["pretrain"] = {PACKAGE: {}}
    if charlm:
        hindi.update({name: {PACKAGE: {}} for name in characters.MODELS})
    hindi["packages"] = {PACKAGE: dict.fromkeys(PROCESSORS, PACKAGE)}
    return {"hi": hindi}


def checksums(folder: Path) -> str:
    """Return the lines of SHA256SUMS for every file that the package loads."""
    files = sorted(
        path
        for path in [*folder.glob("*.json"), *folder.glob("hi/*/*.pt")]
        if path.is_file()
    )
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  "
        f"{path.relative_to(folder).as_posix()}\n"
        for path in files
    )


def package(
    trained: Path, vectors: Path, prepared: Path, out: Path, vocabulary: int
) -> None:
    """Write `resources.json`, `hi/*/khabar.pt` and `SHA256SUMS` into a folder."""
    pretrain = torch.load(vectors, weights_only=True)
    keep = words_to_keep(
        pretrain["vocab"]["_id2unit"], annotated_words(prepared), vocabulary
    )
    # Stanza's tagger and parser use the vectors as they are stored, so they stay in
    # single precision; rounded, they still compress to half.
    rows = pretrain["emb"][keep].half().float()
    save(
        {"vocab": pruned_vocabulary(pretrain["vocab"], keep), "emb": rows},
        out / "hi" / "pretrain" / f"{PACKAGE}.pt",
    )
    for processor in PROCESSORS:
        checkpoint = torch.load(trained / f"{processor}.pt", weights_only=True)
        checkpoint["config"] = plain_settings(checkpoint["config"])
        checkpoint.pop("optimizer_state_dict", None)
        if processor == "ner":
            without_idle_delta(checkpoint)
            checkpoint["vocab"]["word"] = pruned_vocabulary(
                checkpoint["vocab"]["word"], keep
            )
        save(halved(checkpoint), out / "hi" / processor / f"{PACKAGE}.pt")
    charlm = all((trained / f"{name}.pt").exists() for name in characters.MODELS)
    for name in characters.MODELS if charlm else ():
        checkpoint = torch.load(trained / f"{name}.pt", weights_only=True)
        save(halved(checkpoint), out / "hi" / name / f"{PACKAGE}.pt")
    (out / "resources.json").write_text(
        json.dumps(resources(charlm=charlm), indent=1) + "\n", encoding="utf-8"
    )
    shutil.copyfile(prepared / "treebank.json", out / "treebank.json")
    (out / "SHA256SUMS").write_text(checksums(out), encoding="utf-8")


def main() -> None:
    """Read the command line and package."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--prepared", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--vocabulary", type=int, default=60_000)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    package(args.trained, args.vectors, args.prepared, args.out, args.vocabulary)


if __name__ == "__main__":
    main()
