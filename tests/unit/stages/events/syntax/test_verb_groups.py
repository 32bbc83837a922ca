import pytest

from tests.support.parses import parse
from workers.stages.events.syntax.tree import Tree
from workers.stages.events.syntax.verb_groups import Form, Mood, VerbGroup


def tree_of(words: str) -> Tree:
    """The first word is the main verb, all that follow are its auxiliaries."""
    verb, *auxiliaries = words.split()
    lines = [f"{verb} VM root 0", *(f"{word} VAUX lwg 1" for word in auxiliaries)]
    return Tree(*parse("\n".join(lines)))


def group_of(words: str) -> VerbGroup:
    tree = tree_of(words)
    return tree.verb_group(tree.words[0])


@pytest.mark.parametrize(
    ("words", "moods"),
    [
        ("करेगा", {Mood.FUTURE}),
        ("कर चुकेगा", set()),
        ("करें", {Mood.SUBJUNCTIVE}),
        ("कर सकता है", {Mood.ABILITATIVE, Mood.HABITUAL}),
        ("करना चाहिए", {Mood.OBLIGATIVE}),
        ("करना पड़ा", {Mood.OBLIGATIVE}),
        ("करने वाला है", {Mood.PROSPECTIVE}),
        ("करने जा रहा है", {Mood.PROSPECTIVE}),
        ("करना चाहते थे", {Mood.DESIDERATIVE}),
        ("करता है", {Mood.HABITUAL}),
        ("जीता है", set()),
        ("किया था", set()),
    ],
)
def test_auxiliaries_and_endings_tell_the_mood(words: str, moods: set[Mood]) -> None:
    assert group_of(words).moods == moods


@pytest.mark.parametrize(
    ("words", "passive"),
    [("किया गया", True), ("मारे जाएंगे", True), ("हो गया", False), ("आ गए", False)],
)
def test_a_participle_with_jana_is_passive_and_a_bare_root_is_not(
    words: str, *, passive: bool
) -> None:
    assert group_of(words).passive is passive


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        ("किया VM root 0", Form.FINITE),
        ("करने VM r6 2\nका PSP lwg__psp 1", Form.INFINITIVE),
        ("मारे VM nmod__k2inv 2\nलोग NN root 0", Form.PARTICIPLE),
        ("करने VM nmod 3\nवाले PSP lwg 1\nलोग NN root 0", Form.PARTICIPLE),
        ("आया VM nmod__relc 0", Form.FINITE),
        ("जाकर VM vmod 0", Form.CONVERB),
        ("कर VM vmod 0\nके VAUX lwg 1", Form.CONVERB),
    ],
)
def test_ending_and_relation_tell_the_form(lines: str, form: Form) -> None:
    tree = Tree(*parse(lines))
    assert tree.verb_group(tree.words[0]).form is form


@pytest.mark.parametrize(
    ("lines", "negative"),
    [
        ("नहीं NEG neg 2\nआया VM root 0", True),
        ("आया VM root 0\nनहीं NEG neg 1\nथा VAUX lwg 1", True),
        ("न NEG neg 3\nकेवल RP adv 3\nआया VM root 0", False),
        ("क्यों WQ adv 3\nन NEG neg 3\nआए VM root 0", False),
        ("आए VM vmod 0\nबिना PSP lwg__psp 1", True),
    ],
)
def test_negation_stands_before_or_inside(lines: str, *, negative: bool) -> None:
    tree = Tree(*parse(lines))
    verb = next(word for word in tree.words if word.is_main_verb)
    assert tree.verb_group(verb).negative is negative


def test_a_group_is_read_once() -> None:
    tree = tree_of("किया जा सकता है")
    assert tree.verb_group(tree.words[0]) is tree.verb_group(tree.words[0])
