import pytest

from workers.stages.pages.extractor import read_page
from workers.stages.pages.page import Page
from workers.stages.text.legacy_fonts import decode

KRUTIDEV = (
    'jkT; ljdkj us eaxyokj dks fdlkuksa ds fy, ubZ flapkbZ ;kstuk dh ?kks"k.kk dh '
    "vkSj dgk fd blls rhu ftyksa ds nks yk[k ifjokjksa dks ykHk gksxkA"
)
HINDI = (
    "राज्य सरकार ने मंगलवार को किसानों के लिए नई सिंचाई योजना की घोषणा की "
    "और कहा कि इससे तीन जिलों के दो लाख परिवारों को लाभ होगा।"
)
NEXT = (
    "कृषि मंत्री ने पत्रकारों से कहा कि योजना का पहला चरण अगले वर्ष मार्च तक पूरा कर लिया जाएगा "
    "और इसके लिए चार सौ करोड़ रुपये मंजूर किए गए हैं।"
)


def test_krutidev_becomes_hindi() -> None:
    decoded = decode(KRUTIDEV)
    assert decoded is not None
    assert decoded.text == HINDI


@pytest.mark.parametrize(
    "text",
    [
        "The state government announced a new irrigation scheme for farmers.",
        "Police ne bataya ki hadse mein do logon ki maut ho gayi hai.",
        "iPhone 17 Pro Max 256GB, Rs 1,49,900; is us ds",
        "dh dk ds",
        HINDI,
        "",
    ],
)
def test_what_is_in_no_legacy_font_is_left_alone(text: str) -> None:
    assert decode(text) is None


def test_blocks_and_title_of_a_page_are_decoded_and_noted() -> None:
    title = 'fdlkuksa ds fy, ubZ flapkbZ ;kstuk dh ?kks"k.kk'
    body = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f'<div><p><font face="Kruti Dev 010">{KRUTIDEV}</font></p>'
        f"<p>{NEXT}</p></div></body></html>"
    )
    page = read_page(body.encode(), "https://x.test/a", "text/html")
    assert isinstance(page, Page)
    assert page.title == "किसानों के लिए नई सिंचाई योजना की घोषणा"
    assert page.text == f"{HINDI}\n{NEXT}"
    assert page.notes == ("legacy-font-devlys_010",)
