from pathlib import Path

from models.training.corpora import characters


def test_a_line_is_learned_or_scored_and_never_both(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    lines = [f"खबर {number} आई ।" for number in range(120)]
    (tmp_path / "text/news.txt").write_text(
        "\n".join([*lines, "टू\ufffdटी", "", lines[0]]), encoding="utf-8"
    )
    (tmp_path / "text/mixed.txt").write_text(
        f"कहा\u200dनी 3\n{lines[1]}\n", encoding="utf-8"
    )
    learned, scored = characters.parts(tmp_path)
    assert sorted([*learned, *scored]) == sorted([*lines, "कहानी"])
    assert len(scored) == 2


def test_with_few_lines_the_last_is_scored_on_too(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text/news.txt").write_text("एक\nदो\n", encoding="utf-8")
    (tmp_path / "text/mixed.txt").write_text("", encoding="utf-8")
    assert characters.parts(tmp_path) == (["एक", "दो"], ["दो"])
