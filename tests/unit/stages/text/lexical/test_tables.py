"""The tables of words: those that are shipped, and what the loader refuses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import workers
from workers.stages.text import lexical
from workers.stages.text.lexical import LexiconError, tables

SHIPPED = [
    f"{topic}.{table}"
    for topic in tables.topics()
    for table in tables.shipped(topic).tables
]


@pytest.mark.parametrize("table", SHIPPED)
def test_every_shipped_table_is_sound(table: str) -> None:
    assert lexical.words(table)


def test_every_shipped_table_is_used(sources: dict[Path, str]) -> None:
    everything = "\n".join(sources.values())
    used = set(re.findall(r"[a-z_]+\.[a-z_]+", everything))
    for topic in tables.topics():
        own = "\n".join(tables.shipped(topic).source.lines)
        used |= {f"{topic}.{name}" for name in re.findall(r'"@([a-z_]+)"', own)}
    assert not set(SHIPPED) - used


def test_no_table_of_words_stands_in_code(sources: dict[Path, str]) -> None:
    found = {
        f"{path}:{node.lineno}"
        for path, source in sources.items()
        if path.suffix == ".py"
        for node in _lists_of_words(ast.parse(source))
    }
    assert not found, "words belong into workers/stages/text/lexical"


@pytest.fixture(scope="module")
def sources() -> dict[Path, str]:
    root = Path(workers.__file__).parent
    return {
        path: path.read_text(encoding="utf-8")
        for path in root.rglob("*")
        if path.suffix in {".py", ".toml"}
    }


def _lists_of_words(module: ast.Module) -> Iterator[ast.expr]:
    """Yield lists, tuples, sets and dictionaries with three Hindi words and more."""
    for node in ast.walk(module):
        elements: list[ast.expr | None] = []
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            elements = [*node.elts]
        elif isinstance(node, ast.Dict):
            elements = [*node.keys]
        words = [
            each.value
            for each in elements
            if isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and re.fullmatch("[\u0900-\u0963 ]{2,}", each.value)
        ]
        if len(words) >= 3 and isinstance(node, ast.expr):
            yield node


def test_a_heading_is_what_its_words_mean() -> None:
    months = lexical.numbers("months.names")
    assert months["जनवरी"] == 1
    assert months["दिसम्बर"] == 12


def test_several_tables_are_joined() -> None:
    joined = lexical.words("copulas.present", "copulas.past")
    assert joined == (*lexical.words("copulas.present"), *lexical.words("copulas.past"))


def test_a_reference_takes_a_table_over() -> None:
    assert set(lexical.words("copulas.present")) < set(
        lexical.words("copulas.third_person")
    )


def test_keys_are_folded_spellings() -> None:
    assert "सितंबर" in lexical.keys("months.names")
    assert "सितम्बर" not in lexical.keys("months.names")


def test_alternatives_are_tried_from_the_longest() -> None:
    pattern = re.compile(
        lexical.alternatives("agencies.unnamed", "agencies.in_credits")
    )
    found = pattern.match("समाचार  एजेंसी")
    assert found
    assert found[0] == "समाचार  एजेंसी"


def test_a_character_class_stands_inside_brackets() -> None:
    inside = lexical.character_class("sentence_ends.closing_rare")
    assert re.fullmatch(f"[{inside}]+", "]»")


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(LexiconError, match=r"copulas\.toml: no table 'pst'.*past"):
        lexical.words("copulas.pst")
    with pytest.raises(LexiconError, match=r"copula\.toml: there is no such file"):
        lexical.words("copula.past")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('past = ["था"]\nrest = [', r"broken\.toml:2: "),
        ('\npast = "था"', r"broken\.toml:2: past must be a list of words"),
        ("\n[names]\n1 = 5", r"broken\.toml:2: 1 must be a list of words"),
        ('Past = ["था"]', r"broken\.toml:1: table 'Past': use lower-case"),
        ('a = ["है"]\npast = []', r"broken\.toml:2: past: no words in it"),
        ("past = [\n    5,\n]", r"broken\.toml:2: past: 5 must be a word in quotes"),
        ('past = [\n    "था",\n    "",\n]', r"broken\.toml:3: past: '' is empty"),
        ('past = [\n    "था",\n    "थे ",\n]', r"broken\.toml:3: past: 'थे ' is empty"),
        ('past = ["था",\n    "\u0915\u095c"]', r"broken\.toml:2: .* is not NFC"),
        ('past = ["था",\n    "क\u200dष"]', r"broken\.toml:2: .* has a joiner"),
        ('past = ["था",\n    "थे",\n    "था"]', r"broken\.toml:3: .* in it twice"),
        (
            '[names]\n1 = ["जून"]\n2 = ["जून"]',
            r"broken\.toml:3: names: 'जून' stands in it twice",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(
    text: str, message: str
) -> None:
    with pytest.raises(LexiconError, match=message):
        tables.read("broken.toml", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('past = ["था", "@psat"]', r"broken\.toml:1: @psat: .*no table 'psat'"),
        (
            'a = ["क"]\nb = ["@c"]\nc = ["@b"]',
            r"broken\.toml:2: @c: .* to itself",
        ),
        ('a = ["क"]\nb = ["@a",\n"क"]', r"broken\.toml:3: b: 'क' stands in it twice"),
        ('past = ["था",\n"@nothing.there"]', r"broken\.toml:2: .*no such file"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told_with_its_line(
    text: str, message: str
) -> None:
    topic = tables.read("broken.toml", text)
    with pytest.raises(LexiconError, match=message):
        _resolve_all(topic)


def _resolve_all(topic: tables.Topic) -> None:
    for name in topic.tables:
        tables.resolve(topic, name)
