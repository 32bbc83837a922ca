import pytest

from tests.support.parses import parse
from workers.stages.events.syntax.tree import Tree


@pytest.mark.parametrize(
    ("lines", "marker"),
    [
        ("घर NN a 0\nके PSP b 1\nखिलाफ NST b 1", "के खिलाफ"),
        ("घर NN a 0\nके PSP b 1\nविरोध NN b 1\nमें PSP b 1", "के खिलाफ"),
        ("घर NN a 0\nकी PSP b 1\nओर NST b 1\nसे PSP b 1", "द्वारा"),
        ("घर NN a 0\nको PSP b 1\nलेकर VM b 1", "को लेकर"),
        ("घर NN a 0\nभी RP b 1\nने PSP b 1", "ने"),
        ("घर NN a 0\nका PSP b 1\nद्वार NN b 1", "का"),
        ("उनके PRP a 0\nखिलाफ NST b 1", "के खिलाफ"),
        ("उन्होंने PRP a 0\nकहा VM b 1", "ने"),
        ("इनमें PRP a 0\nसे PSP b 1", "में से"),
        ("उसकी PRP a 0\nहत्या NN b 1", "का"),
        ("घर NN a 0\nगया VM b 1", ""),
    ],
)
def test_case_markers_are_read_in_one_form(lines: str, marker: str) -> None:
    tree = Tree(*parse(lines))
    assert tree.marker(tree.words[0]) == marker
