from models.training.stanza.mixtags import mixed


def row(form: str, tag: str) -> list[str]:
    return ["1", form, form, tag, tag, f"T={tag}", "0", "root", "_", "_"]


def test_tags_are_replaced_by_whole_sentences() -> None:
    gold = [[row(str(n), "right")] for n in range(400)]
    guessed = [[row(str(n), "wrong")] for n in range(400)]
    text = mixed(gold, guessed, share=0.5, seed=1)
    rows = [line.split("\t") for line in text.splitlines() if line]
    assert [columns[1] for columns in rows] == [str(n) for n in range(400)]
    assert all(len(set(columns[3:5])) == 1 for columns in rows)
    wrong = sum(columns[5] == "T=wrong" for columns in rows)
    assert 150 < wrong < 250
    assert "wrong" not in mixed(gold, guessed, share=0.0, seed=1)
