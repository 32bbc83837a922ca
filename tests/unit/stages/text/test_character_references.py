import pytest

from workers.stages.text.character_references import repair_references


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#55357;&#56832; खबर", "😀 खबर"),
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#xd83d;&#56832;", "😀"),
        ("&#146;", "’"),
        ("&#x93;उद्धरण&#x94;", "“उद्धरण”"),
        ("&#150; और &#133;", "– और …"),
        # left for the parser
        ("&#2325;&amp;&#39;", "&#2325;&amp;&#39;"),
        ("&#55357;", "&#55357;"),
        ("&#56832;&#55357;", "&#56832;&#55357;"),
        ("&#129;", "&#129;"),
        ("&#160;", "&#160;"),
    ],
)
def test_references_that_name_no_character_are_repaired(
    written: str, meant: str
) -> None:
    assert repair_references(written) == meant
