import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from workers.domain.records import Sentence, Token
from workers.evaluation import gold
from workers.evaluation.conll import EvaluationError
from workers.evaluation.treebank_conversion import Conversion, Inventory, UniversalTags
from workers.stages.nlp.document import Document, Name

VERBS = frozenset({"गए", "आए"})


class Plain:
    """Divides at spaces, ends a sentence at the danda, finds one name."""

    version = "plain"

    def __init__(self, name: str = "राम") -> None:
        self.name = name

    def annotate(self, texts: Sequence[str]) -> list[Document]:
        return [self._document(text) for text in texts]

    def annotate_words(self, sentences: Sequence[Sequence[str]]) -> list[Document]:
        return self.annotate([" ".join(words) for words in sentences])

    def _document(self, text: str) -> Document:
        sentences: list[Sentence] = []
        row: list[tuple[int, int]] = []
        at = 0
        for form in text.replace("।", " ।").split():
            start = text.index(form, at)
            at = start + len(form)
            row.append((start, at))
            if form == "।":
                sentences.append(self._sentence(text, row))
                row = []
        if row:
            sentences.append(self._sentence(text, row))
        names = [
            Name("PER", token.start, token.end, number)
            for number, sentence in enumerate(sentences)
            for token in sentence.tokens
            if text[token.start : token.end] == self.name
        ]
        return Document(text, tuple(sentences), tuple(names))

    def _sentence(self, text: str, row: list[tuple[int, int]]) -> Sentence:
        forms = [text[start:end] for start, end in row]
        root = next(n for n, form in enumerate(forms, 1) if form in VERBS)
        tokens = tuple(
            Token(
                start=start,
                end=end,
                lemma=form,
                upos="VERB" if number == root else "X",
                xpos="",
                features="",
                head=0 if number == root else root,
                relation="root" if number == root else "dep",
            )
            for number, ((start, end), form) in enumerate(
                zip(row, forms, strict=True), 1
            )
        )
        return Sentence(start=row[0][0], end=row[-1][1], tokens=tokens)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    path = tmp_path / "names.tsv"
    path.write_text("राम\tB-NEP\nगए\tO\n\nसीता\tB-PERSON\nआए\tO\n", encoding="utf-8")
    return path


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    path = tmp_path / "trees.conllu"
    path.write_text(
        "# text = राम गए।\n"
        "1\tराम\tराम\tPROPN\t_\t_\t2\tdep\t_\t_\n"
        "2\tगए\tगए\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No\n"
        "3\t।\t।\tX\t_\t_\t2\tdep\t_\t_\n\n"
        "# text = वे आए।\n"
        "1\tवे\tवह\tX\t_\t_\t2\tdep\t_\t_\n"
        "2\tआए\tआए\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No\n"
        "3\t।\t।\tX\t_\t_\t1\tdep\t_\t_\n\n",
        encoding="utf-8",
    )
    return path


CONVERSION = Conversion(
    Inventory(frozenset(), frozenset(), frozenset({"k1"})),
    UniversalTags({}),
)


def test_names_are_scored_on_the_words_of_the_file(tagged: Path) -> None:
    scores = gold.ner(Plain(), tagged)
    assert scores["micro"] == {"p": 1.0, "r": 0.5, "f1": 0.6667}
    assert set(scores["by_type"]) == {"PER"}
    assert gold.ner(Plain("गए"), tagged)["micro"]["f1"] == 0.0


def test_syntax_is_scored_on_words_and_from_text(trees: Path) -> None:
    report = gold.syntax(Plain(), trees, CONVERSION)
    assert report["gold_tokens"] == report["raw"]
    scores = report["raw"]
    assert scores["upos"] == pytest.approx(5 / 6, abs=1e-4)
    assert scores["lemma"] == pytest.approx(5 / 6, abs=1e-4)
    assert scores["las"] == pytest.approx(5 / 6, abs=1e-4)
    assert scores["xpos"] == 1.0


def test_the_treebanks_form_is_read_as_for_training(tmp_path: Path) -> None:
    path = tmp_path / "trees.conll"
    path.write_text(
        "1\tराम\tराम\tn\tNNP\tgen-m\t2\tk1\n2\tगए\tगए\tv\tVM\t\t0\tmain\n"
        "3\tNULL\tNULL\tv\tNULL\t\t2\tccof\n\n",
        encoding="utf-8",
    )
    scores = gold.syntax(Plain(), path, CONVERSION)["gold_tokens"]
    assert scores["uas"] == 1.0
    assert scores["las"] == 0.5


def test_tokens_are_scored_from_text(trees: Path) -> None:
    assert gold.tokens(Plain(), trees) == {
        "words": {"f1": 1.0},
        "sentences": {"f1": 1.0},
    }


def test_reports_are_plain_json(tagged: Path, trees: Path) -> None:
    for report in (gold.ner(Plain(), tagged), gold.syntax(Plain(), trees, CONVERSION)):
        assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.tsv", "राम B-PER\n", "line 1: no tab"),
        ("b.tsv", "\n\n", "holds no sentence"),
    ],
)
def test_damaged_names_are_refused_with_their_place(
    tmp_path: Path, name: str, content: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=words):
        gold.ner(Plain(), path)


def test_damaged_trees_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "trees.conll"
    path.write_text("1\tराम\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 1"):
        gold.syntax(Plain(), path, CONVERSION)
