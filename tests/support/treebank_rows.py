"""Words and rows of the Hindi Dependency Treebank, for tests."""

from pathlib import Path

from workers.evaluation.treebank import Word

NAME = "cat-n|gen-m|num-sg|pers-3|case-o|vib-०_ने|tam-0"
VERB = "cat-v|gen-f|num-sg|pers-any|case-|vib-या_है|tam-yA|voicetype-passive"


def word(form: str, head: int, relation: str, tag: str = "NN") -> Word:
    return Word(form, form, "n", tag, {}, head, relation)


def rows(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "x.conll"
    path.write_text("# source = a\n" + "\n".join(lines) + "\n\n", encoding="utf-8")
    return path
