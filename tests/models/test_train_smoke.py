import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workers.ednil.model import problems

pytest.importorskip("gensim", reason="training needs `make setup-train`")
pytest.importorskip("stanza", reason="training needs `make setup-train`")

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 1200

LOAD = """
import stanza
nlp = stanza.Pipeline(lang="hi", dir={folder!r}, package="khabar",
    processors="tokenize,pos,lemma,depparse,ner", download_method=None,
    logging_level="ERROR")
document = nlp("राम ने दिल्ली में किताब पढ़ी है।")
assert all(w.deprel and w.lemma for s in document.sentences for w in s.words)
"""


@pytest.mark.models
@pytest.mark.parametrize(
    "option", [None, pytest.param("--characters", marks=pytest.mark.slow)]
)
def test_every_step_runs_and_the_package_loads_offline(
    option: str | None, tmp_path: Path
) -> None:
    options = [option] if option else []
    command = [sys.executable, "-m", "models.training.train", "--smoke", *options]
    work = tmp_path / "work"

    def train() -> str:
        done = subprocess.run(
            [*command, "--work", str(work)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        logs = {p.name: p.read_text()[-2000:] for p in work.rglob("log/*.log")}
        assert done.returncode == 0, (done.stderr[-2000:], logs)
        return done.stderr

    train()
    smoke = work / "smoke"
    report = json.loads((smoke / "report.json").read_text(encoding="utf-8"))
    assert set(report["syntax hdtb-dev"]["gold_tokens"]) == {
        "upos",
        "xpos",
        "feats",
        "lemma",
        "uas",
        "las",
    }
    # A few steps learn nothing, but there must be scores.
    assert 0 <= report["tokens pud-dev"]["words"]["f1"] <= 1
    assert set(report["names il-ner-dev"]) == {"micro", "by_type"}
    subprocess.run(
        [sys.executable, "-c", LOAD.format(folder=str(smoke / "package"))],
        env={**os.environ, "STANZA_RESOURCES_DIR": str(tmp_path / "none")},
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
    if option:
        assert (smoke / "package" / "hi" / "forward_charlm" / "khabar.pt").exists()
    else:
        assert problems(smoke / "package" / "events") == []
    assert "begins" not in train(), "finished steps ran again"
