"""Write tiny corpora in the form of the real ones: enough to run every step."""

import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

PEOPLE = ("राम", "सीता", "मोहन", "गीता", "अनिल")
PLACES = ("दिल्ली", "मुंबई", "पटना", "लखनऊ", "भोपाल")
THINGS = ("किताब", "रोटी", "चिट्ठी")
COPULA = "है"

# form, lemma, category, tag, morphology, head, relation: राम ने दिल्ली में किताब पढ़ी है ।
Row = tuple[str, str, str, str, str, int, str]


def _sentence(person: str, place: str, thing: str) -> list[Row]:
    name = "cat-n|gen-m|num-sg|pers-3|case-o|vib-0_ने|tam-0"
    where = "cat-n|gen-m|num-sg|pers-3|case-o|vib-0_में|tam-0"
    what = "cat-n|gen-f|num-sg|pers-3|case-d|vib-0|tam-0"
    verb = "cat-v|gen-f|num-sg|pers-any|case-|vib-या_है|tam-yA|voicetype-active"
    none = "cat-psp|gen-|num-|pers-|case-|vib-|tam-"
    return [
        (person, person, "n", "NNP", name, 6, "k1"),
        ("ने", "ने", "psp", "PSP", none, 1, "lwg__psp"),
        (place, place, "n", "NNP", where, 6, "k7p"),
        ("में", "में", "psp", "PSP", none, 3, "lwg__psp"),
        (thing, thing, "n", "NN", what, 6, "k2"),
        ("पढ़ी", "पढ़", "v", "VM", verb, 0, "main"),
        (COPULA, COPULA, "v", "VAUX", "cat-v|vib-है|tam-hE", 6, "lwg__vaux"),
        ("।", "।", "punc", "SYM", "cat-punc", 6, "rsym"),
    ]


def sentences() -> list[list[Row]]:
    """Return every combination of person, place and thing."""
    return [_sentence(*names) for names in itertools.product(PEOPLE, PLACES, THINGS)]


def _conllx(trees: Iterable[list[Row]]) -> Iterator[str]:
    for rows in trees:
        for number, row in enumerate(rows, 1):
            yield "\t".join(map(str, (number, *row, "_", "_"))) + "\n"
        yield "\n"


def _conllu(trees: Iterable[list[Row]]) -> Iterator[str]:
    upos = {"NNP": "PROPN", "NN": "NOUN", "PSP": "ADP", "VM": "VERB", "VAUX": "AUX"}
    for rows in trees:
        text = " ".join(row[0] for row in rows[:-1]) + "।"
        yield f"# text = {text}\n"
        for number, row in enumerate(rows, 1):
            misc = "SpaceAfter=No" if row[0] == COPULA else "_"
            columns = (
                number, row[0], row[1], upos.get(row[3], "PUNCT"), row[3], "_", row[5],
                "dep" if row[5] else "root", "_", misc,
            )  # fmt: skip
            yield "\t".join(map(str, columns)) + "\n"
        yield "\n"


def _tagged(trees: Iterable[list[Row]], person: str, place: str) -> Iterator[str]:
    for rows in trees:
        for form, *_, relation in rows:
            label = {"k1": f"B-{person}", "k7p": f"B-{place}"}.get(relation, "O")
            yield f"{form}\t{label}\n"
        yield "\n"


def _ednil(place: str, event: str, kind: str, subtype: str) -> str:
    """Return a document in EDNIL's form: an event, where it was, and who suffered."""

    def words(text: str) -> str:
        return "".join(f"<W> {word} </W>" for word in text.split())

    link = '<LINK EVENT_ARG="1" ID="9" TYPE_REL="EVENT_ARG"/>'
    return (
        f'<DOCUMENT><P><PLACE-ARG ID="2">{link}{words(place)}</PLACE-ARG>{words("में")}'
        f'<{kind} ID="1" TYPE="{subtype}">{words(event)}</{kind}>{words("से")}'
        f'<CASUALTIES-ARG ID="3">{link}{words("दो लोगों की मौत")}</CASUALTIES-ARG>'
        f"{words('हो गई।')}</P></DOCUMENT>"
    )


def write(folder: Path) -> None:
    """Write the folder that `--data` names, with every file that training reads."""
    every = sentences()
    train, dev = every[: -len(every) // 5], every[-len(every) // 5 :]
    text = "\n".join(" ".join(row[0] for row in rows) for rows in every) + "\n"
    files: dict[str, str] = {
        "syntax/hdtb-train.conll": "".join(_conllx(train)),
        "syntax/hdtb-dev.conll": "".join(_conllx(dev)),
        "syntax/ud12-dev.conllu": "".join(_conllu(dev)),
        "syntax/pud-dev.conllu": "".join(_conllu(dev)),
        "entities/il-ner-train.tsv": "".join(_tagged(train, "NEP", "NEL")),
        "entities/il-ner-dev.tsv": "".join(_tagged(dev, "NEP", "NEL")),
        "entities/hiner-train.tsv": "".join(_tagged(dev, "PERSON", "LOCATION")),
        "entities/hiner-dev.tsv": "".join(_tagged(dev, "PERSON", "LOCATION")),
        "text/news.txt": text * 5,
        "text/mixed.txt": text,
        "text/literature-without-punctuation.txt": text.replace("।", ""),
        "gazetteer/places.tsv": "kind\tqid\tcode\tname_en\tname_hi\tnative_devanagari"
        "\tparent\tlat\tlon\ncountry\tQ1\tXX\tNepal\tनेपाल\t\t\t0\t0\n",
        "gazetteer/geonames-cities.tsv": "geonameid\tname\tcountrycode\tpopulation\t"
        "latitude\tlongitude\tdevanagari_altnames\n1\tOslo\tNO\t500000\t0\t0\tओस्लो\n",
        "gazetteer/cldr_territories_hi.json": json.dumps({"NO": "नॉर्वे"}),
        "gazetteer/politicians.json": json.dumps(
            {"Q2": ["जॉन स्मिथ", "John Smith", "UK"]}
        ),
    }
    happenings = (
        ("भूकंप", "NATURAL_EVENT", "EARTHQUAKE"), ("आग", "MAN_MADE_EVENT", "FIRE"),
    )  # fmt: skip
    files |= {
        f"events/ednil-train/{place}-{subtype}.xml": _ednil(place, event, kind, subtype)
        for place in PLACES
        for event, kind, subtype in happenings
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
