"""The stories of the recorded site that layouts make pages of, and their score."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path

from tests.support.quality.layouts import Story

SEEDS = Path(__file__).parents[3] / "seeds"


def _stories() -> list[Story]:
    found: list[Story] = []
    for file in sorted((SEEDS / "expected").glob("*.json")):
        page = json.loads(file.read_text())
        if page["outcome"] == "published" and page["language"] == "hi":
            found.append(
                Story(
                    title=page["title"],
                    paragraphs=tuple(page["text"].split("\n")),
                    author=page["authors"][0],
                    published=dt.datetime.fromisoformat(page["published_at"]),
                    section=page["section"] or "देश",
                    number=len(found),
                )
            )
    return found


STORIES = _stories()


def token_f1(text: str, reference: str) -> float:
    """Return the F1 of the words of *text*, 0 to 1."""
    ours, theirs = Counter(text.split()), Counter(reference.split())
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())
