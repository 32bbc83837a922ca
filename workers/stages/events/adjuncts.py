"""Which words tell a time or a place."""

from workers.domain.records import EntityType
from workers.stages.events.tree import NAMES, Tree, Word
from workers.stages.text.inflection import noun_keys
from workers.stages.text.spelling import key


def _forms(words: str) -> frozenset[str]:
    return frozenset[str]().union(*(noun_keys(word) for word in words.split()))


_TIME_RELATIONS = frozenset({"k7t", "k7tu", "rsp"})
_TIME_WORDS = _forms(
    "आज कल परसों सुबह शाम रात दोपहर दिन सप्ताह हफ्ता माह महीना साल वर्ष घंटा "
    "मिनट सोमवार मंगलवार बुधवार गुरुवार गुरूवार बृहस्पतिवार शुक्रवार शनिवार "
    "रविवार जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर "
    "अक्तूबर नवंबर दिसंबर तड़के देर वक्त समय दौर तारीख हाल दशक शताब्दी"
)
VAGUE_TIMES = frozenset(
    key(word) for word in ("समय", "वक्त", "दौर", "देर", "बार", "अब", "तब", "बाद")
)
_PLACE_WORDS = _forms(
    "जगह स्थान इलाका क्षेत्र जिला राज्य शहर गांव कस्बा देश प्रदेश प्रांत "
    "अस्पताल थाना सड़क मार्ग हाईवे राजमार्ग चौक स्टेशन बाजार घर मकान स्कूल "
    "कॉलेज विश्वविद्यालय मंदिर मस्जिद नदी जंगल सीमा मैदान स्टेडियम होटल "
    "फैक्ट्री कार्यालय दफ्तर राजधानी यहां वहां जहां घाटी पहाड़ पार्क पुल "
    "हवाईअड्डा केंद्र जेल संसद विधानसभा दुनिया मुहल्ला मोहल्ला कॉलोनी बस्ती "
    "तट परिसर आवास खेत मौका घटनास्थल ठिकाना"
)
_PERSON_WORDS = _forms(
    "लोग व्यक्ति आदमी महिला पुरुष बच्चा युवक युवती बुजुर्ग किसान मजदूर "
    "श्रमिक छात्र छात्रा शिक्षक कर्मचारी अधिकारी मंत्री प्रधानमंत्री "
    "मुख्यमंत्री राष्ट्रपति राज्यपाल नेता सांसद विधायक पार्षद सरकार प्रशासन "
    "पुलिस सेना अदालत आयोग विपक्ष दल पार्टी संगठन संघ समिति परिषद कंपनी "
    "बोर्ड जनता नागरिक ग्रामीण निवासी परिवार परिजन मरीज पीड़ित घायल जवान "
    "सैनिक खिलाड़ी टीम डॉक्टर वकील पत्रकार विशेषज्ञ वैज्ञानिक व्यापारी "
    "कार्यकर्ता समर्थक प्रदर्शनकारी आरोपी यात्री उपभोक्ता ग्राहक निवेशक युवा "
    "महिलाओं सदस्य प्रतिनिधि मतदाता उम्मीदवार"
)
PLACE_RELATIONS = frozenset({"k7p", "k7pu"})


class Circumstances:
    """What the entities of a sentence and its other words tell."""

    def __init__(self, tree: Tree) -> None:
        self.entity = tree.entity
        """Return the entity that the word at an index belongs to."""

    def is_time(self, word: Word) -> bool:
        """Tell an expression of time."""
        entity = self.entity(word.index)
        if entity is not None and entity.type is not EntityType.NUM:
            return entity.type is EntityType.TIME
        return word.key in _TIME_WORDS and (
            word.relation in _TIME_RELATIONS or word.key not in VAGUE_TIMES
        )

    def is_time_name(self, word: Word) -> bool:
        """Tell a word of an entity of time."""
        entity = self.entity(word.index)
        return entity is not None and entity.type is EntityType.TIME

    def is_place_name(self, word: Word) -> bool:
        """Tell the name of a place."""
        entity = self.entity(word.index)
        return entity is not None and entity.type is EntityType.LOC

    def is_place(self, word: Word) -> bool:
        """Tell the name of a place or a word for a kind of place."""
        return self.is_place_name(word) or word.key in _PLACE_WORDS

    def is_person(self, word: Word) -> bool:
        """Tell a person, a group or a body: whoever can want and do things."""
        entity = self.entity(word.index)
        if entity is not None:
            return entity.type in NAMES
        return word.key in _PERSON_WORDS or word.is_pronoun

    def name_bounds(self, word: Word) -> tuple[int, int]:
        """Return the words [first, end) of the name that *word* belongs to."""
        entity = self.entity(word.index)
        first, end = word.index, word.index + 1
        while entity is not None and self.entity(first - 1) is entity:
            first -= 1
        while entity is not None and self.entity(end) is entity:
            end += 1
        return first, end
