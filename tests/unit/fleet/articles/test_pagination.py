"""The articles worker joins stories of several pages."""

from tests.support.articles_line import Line, Server, entry, later, story_page
from tests.support.origin import Answer

PARTS = tuple(
    f"यह भाग संख्या {number} है, जिसमें सिंचाई योजना के बारे में अलग जानकारी दी गई है और जिले "
    f"के किसानों ने अपनी {number}वीं मांग अधिकारियों के सामने रखी है।"
    for number in range(1, 9)
)


def serve_parts(server: Server, count: int) -> None:
    for number in range(1, count + 1):
        following = f"/s/yojana.html?page={number + 1}"
        link = f"<div class='pagination'><a href='{following}'>अगला पेज</a></div>"
        page = story_page(PARTS[number - 1], f"{PARTS[number - 1]} आगे भी यही।")
        if number < count:
            page = page.replace(b"</body>", link.encode() + b"</body>")
        own = "/s/yojana.html" + (f"?page={number}" if number > 1 else "")
        server.reply(own, page)


def test_a_story_of_several_pages_is_joined_in_order(
    line: Line, server: Server
) -> None:
    serve_parts(server, 3)
    line.send(entry(f"{server.url}/s/yojana.html"))
    assert line.run() == {"published": 1}
    [article] = line.articles()
    places = [article.text.find(part) for part in PARTS[:4]]
    assert places[:3] == sorted(places[:3])
    assert places[0] == 0
    assert places[3] == -1
    assert article.url == f"{server.url}/s/yojana.html"


def test_so_many_pages_are_read_and_no_more(line: Line, server: Server) -> None:
    serve_parts(server, 8)
    line.send(entry(f"{server.url}/s/yojana.html"))
    line.run()
    assert len(server.paths) == 1 + 5
    assert PARTS[4] in line.articles()[-1].text
    assert PARTS[5] not in line.articles()[-1].text


def test_a_story_whose_second_page_fails_waits_once(line: Line, server: Server) -> None:
    serve_parts(server, 2)
    server.queued["/s/yojana.html?page=2"] = [Answer(status=0)]  # no proper answer
    line.send(entry(f"{server.url}/s/yojana.html"))
    assert line.run() == {"delayed": 1}
    assert later(line, 1.0) == {"published": 1}
    assert PARTS[0] in line.articles()[-1].text
    assert line.articles()[-1].revision == 1


def test_a_second_page_that_is_not_there_ends_the_story(
    line: Line, server: Server
) -> None:
    serve_parts(server, 2)
    del server.queued["/s/yojana.html?page=2"]
    line.send(entry(f"{server.url}/s/yojana.html"))
    assert line.run() == {"published": 1}
