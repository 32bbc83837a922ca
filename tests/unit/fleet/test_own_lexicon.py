from pathlib import Path

import pytest

from workers.domain.outcomes import ConfigurationError
from workers.fleet.events import Settings, open_lexicon
from workers.stages.events.lexicon import shipped

OWN = """type = "PROTEST"
[roles]
subject = "actor"
[[frame]]
name = "hartal"
nouns = ["चक्काबंदी"]
"""


def test_frames_of_one_s_own_are_added_and_versioned(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN)
    (tmp_path / "notes.txt").write_text("no frame")
    lexicon = open_lexicon(Settings(lexicon_dir=tmp_path))
    assert {e.text for e in lexicon.entries} - {e.text for e in shipped().entries} == {
        "चक्काबंदी"
    }
    assert lexicon.version != shipped().version
    elsewhere = tmp_path / "copy"
    elsewhere.mkdir()
    (elsewhere / "own.toml").write_text(OWN)
    again = open_lexicon(Settings(lexicon_dir=elsewhere))
    assert again.version == lexicon.version


def test_without_a_folder_it_is_the_release_s() -> None:
    assert open_lexicon(Settings()) is shipped()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (OWN.replace("PROTEST", "PARTY").encode(), r"own\.toml:1: type must be"),
        (OWN.replace("nouns", "noun").encode(), r"own\.toml:6: unknown field"),
        (OWN.replace('["च', '["चक्काबंदी", "च').encode(), "stands already"),
        (OWN.encode("utf-16"), r"own\.toml:1: not UTF-8"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(
    body: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_bytes(body)
    with pytest.raises(ConfigurationError, match=words):
        open_lexicon(Settings(lexicon_dir=tmp_path))


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ConfigurationError, match="KHABAR_EVENTS_LEXICON_DIR"):
            open_lexicon(Settings(lexicon_dir=folder))
