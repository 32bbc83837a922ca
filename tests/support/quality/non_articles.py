"""Pages of news sites that are no articles: the texts and names are our own.

A layout is a function from an outlet to an address and a page. Each outlet brings
words of its own, so that no two pages of a layout share a sentence.
"""

# Markup reads worse when it is broken into short lines.
# ruff: noqa: E501

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Outlet:
    """What the pages of one outlet are made of."""

    name: str
    host: str
    section: str
    teasers: tuple[tuple[str, str], ...]
    """Headlines with the sentence below each."""
    author: str
    about_author: str
    query: str

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"


Page = tuple[str, bytes]
Layout = Callable[[Outlet], Page]

OUTLETS = (
    Outlet(
        "सतपुड़ा टाइम्स",
        "satpura.test",
        "मध्य प्रदेश",
        (
            (
                "नर्मदा में नाव पलटने से बचे बारह यात्री, गोताखोरों ने निकाला",
                "होशंगाबाद घाट के पास तेज बहाव में नाव का संतुलन बिगड़ा, सभी सुरक्षित बताए गए हैं।",
            ),
            (
                "इंदौर में दूध के दाम दो रुपये बढ़े, नई दरें सोमवार से",
                "दुग्ध संघ ने चारे की महंगाई को इसकी वजह बताया और कहा कि फैसला मजबूरी में लिया गया।",
            ),
            (
                "भोपाल मेट्रो का दूसरा चरण मार्च तक पूरा करने का लक्ष्य",
                "निर्माण एजेंसी ने तीन स्टेशनों पर रात में भी काम करने की अनुमति मांगी है।",
            ),
            (
                "जबलपुर के किसान ने उगाई नीले रंग की गोभी, देखने पहुंचे लोग",
                "बीज एक कृषि मेले से लाए गए थे और फसल दो महीने में तैयार हो गई।",
            ),
            (
                "छिंदवाड़ा में तेंदुए ने बछड़े को मारा, वन विभाग ने लगाया पिंजरा",
                "गांव के लोगों से रात में अकेले बाहर नहीं निकलने को कहा गया है।",
            ),
            (
                "उज्जैन में यातायात का नया नक्शा, चार चौराहे एकतरफा होंगे",
                "पुलिस का कहना है कि त्योहारों के दिनों में इससे जाम से राहत मिलेगी।",
            ),
        ),
        "रमाकांत दुबे",
        "रमाकांत दुबे पिछले पंद्रह वर्षों से पत्रकारिता में हैं। वे खेती और सिंचाई से जुड़े विषयों पर लिखते हैं और दो किताबों के लेखक हैं।",
        "बांध",
    ),
    Outlet(
        "पूर्वांचल खबर",
        "purvanchal.test",
        "खेल",
        (
            (
                "जिला स्तरीय कुश्ती में गाजीपुर के अखाड़े को चार पदक",
                "फाइनल मुकाबला आठ मिनट चला और आखिरी दांव में फैसला हुआ।",
            ),
            (
                "महिला हॉकी टीम का शिविर पटियाला में शुरू, चालीस खिलाड़ी बुलाई गईं",
                "कोच ने कहा कि फिटनेस पर सबसे अधिक ध्यान दिया जाएगा।",
            ),
            (
                "बलिया के धावक ने राज्य रिकॉर्ड तोड़ा, पिता चलाते हैं रिक्शा",
                "उसने पांच हजार मीटर की दौड़ पंद्रह मिनट से कम में पूरी की।",
            ),
            (
                "शतरंज में दस साल की बच्ची ने ग्रैंडमास्टर को बराबरी पर रोका",
                "मुकाबला चेन्नई में हुआ और साढ़े तीन घंटे तक चला।",
            ),
            (
                "फुटबॉल लीग का कार्यक्रम जारी, पहला मैच कोलकाता में",
                "इस बार चौदह टीमें हिस्सा लेंगी और अंक तालिका दो हिस्सों में बंटेगी।",
            ),
        ),
        "शबनम परवीन",
        "शबनम परवीन खेल डेस्क की संपादक हैं। उन्हें ग्रामीण खेलों की रिपोर्टिंग का आठ साल का अनुभव है और वे वाराणसी में रहती हैं।",
        "कबड्डी",
    ),
    Outlet(
        "हिमगिरि दर्पण",
        "himgiri.test",
        "कारोबार",
        (
            (
                "सेब की नई किस्म से बागवानों को दोगुनी कमाई की उम्मीद",
                "विश्वविद्यालय ने पांच साल की मेहनत के बाद यह पौधा तैयार किया है।",
            ),
            (
                "शेयर बाजार में तेजी, सूचकांक चार सौ अंक चढ़कर बंद हुआ",
                "बैंकिंग और वाहन कंपनियों में सबसे अधिक खरीदारी देखी गई।",
            ),
            (
                "पर्यटन विभाग होमस्टे पर देगा तीस फीसदी सब्सिडी",
                "योजना का लाभ पहले साल सिर्फ पहाड़ी जिलों के लोगों को मिलेगा।",
            ),
            (
                "रुपया डॉलर के मुकाबले बारह पैसे मजबूत",
                "कारोबारियों के अनुसार तेल की कीमतों में नरमी से सहारा मिला।",
            ),
            (
                "ऊन की कीमतें घटीं, भेड़पालकों ने मांगा समर्थन मूल्य",
                "किन्नौर और लाहौल के पशुपालकों ने उपायुक्त को ज्ञापन सौंपा।",
            ),
            (
                "डाकघर की बचत योजनाओं पर ब्याज दरें नहीं बदलीं",
                "नई तिमाही की दरों की घोषणा बुधवार शाम को की गई।",
            ),
            (
                "सौर पंप के लिए आवेदन की तारीख बढ़ी",
                "अब किसान महीने के आखिरी दिन तक फॉर्म भर सकेंगे।",
            ),
        ),
        "देवेंद्र नेगी",
        "देवेंद्र नेगी शिमला से रिपोर्टिंग करते हैं। बागवानी और पर्यटन उनके प्रिय विषय हैं और वे पहले रेडियो में काम कर चुके हैं।",
        "सेब",
    ),
)


def _page(head: str, body: str, title: str) -> bytes:
    return (
        '<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>{body}</body></html>"
    ).encode()


def _navigation(outlet: Outlet) -> str:
    names = ("होम", "देश", "दुनिया", outlet.section, "वीडियो", "ई-पेपर")
    return (
        "<nav>"
        + "".join(f'<a href="/{n}">{w}</a> ' for n, w in enumerate(names))
        + "</nav>"
    )


def _footer(outlet: Outlet) -> str:
    return f'<footer><a href="/about">हमारे बारे में</a> <a href="/privacy">गोपनीयता</a><p>© 2026 {outlet.name}</p></footer>'


def _cards(outlet: Outlet, form: str) -> str:
    """Fill *form* with address, headline, teaser and number of each story."""
    return "".join(
        form.format(url=f"/khabar-{7300 + n}.html", head=head, text=text, n=n + 1)
        for n, (head, text) in enumerate(outlet.teasers)
    )


def _headlines(outlet: Outlet) -> str:
    return "".join(
        f'<li><a href="/k{n}.html">{head}</a></li>'
        for n, (head, _) in enumerate(outlet.teasers)
    )


# --- lists of stories ----------------------------------------------------------


def section_of_cards(outlet: Outlet) -> Page:
    """A grid: linked headline, teaser, date."""
    cards = _cards(
        outlet,
        '<div class="card"><a href="{url}"><h3>{head}</h3></a><p>{text}</p><span>{n} नवंबर 2026</span></div>',
    )
    body = f"{_navigation(outlet)}<main><h1>{outlet.section} की ताजा खबरें</h1><div class=grid>{cards}</div></main>{_footer(outlet)}"
    head = '<meta property="og:type" content="website">'
    return outlet.url(f"/{outlet.section}"), _page(
        head, body, f"{outlet.section} | {outlet.name}"
    )


def section_with_introduction(outlet: Outlet) -> Page:
    """A paragraph about the section above its list."""
    cards = _cards(
        outlet,
        '<article><h2><a href="{url}">{head}</a></h2><div class="ex">{text}</div></article>',
    )
    body = (
        f"{_navigation(outlet)}<section><h1>{outlet.section} News in Hindi</h1>"
        f"<p>{outlet.section} से जुड़ी हर बड़ी खबर, विश्लेषण और तस्वीरें इस पन्ने पर मिलेंगी। हमारे संवाददाता दिन भर की हलचल यहां पहुंचाते हैं।</p>"
        f"{cards}</section>{_footer(outlet)}"
    )
    return outlet.url("/section/news/"), _page(
        "",
        body,
        f"{outlet.section} समाचार, {outlet.section} Latest News - {outlet.name}",
    )


def home_page(outlet: Outlet) -> Page:
    """A lead story with three sentences, columns of headlines with teasers."""
    first, text = outlet.teasers[0]
    cards = _cards(
        outlet,
        '<div class="story"><h4><a href="{url}">{head}</a></h4><p>{text}</p></div>',
    )
    body = (
        f'{_navigation(outlet)}<div class="lead"><h2><a href="/lead.html">{first}</a></h2>'
        f"<p>{text} अधिकारियों ने पूरे मामले की जांच के आदेश दिए हैं। शाम तक रिपोर्ट आने की संभावना है।</p></div>"
        f'<div class="cols">{cards}</div><ul>{_headlines(outlet)}</ul>{_footer(outlet)}'
    )
    head = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"WebSite","name":"'
        + outlet.name
        + '"}</script>'
    )
    return outlet.url("/"), _page(head, body, f"{outlet.name}: हिंदी समाचार, ताजा खबरें")


def tag_page(outlet: Outlet) -> Page:
    """WordPress's archive of a tag, with excerpts that are cut off."""
    cards = _cards(
        outlet,
        '<article class="post-{n} post type-post"><header class="entry-header"><h2 class="entry-title"><a href="{url}" rel="bookmark">{head}</a></h2>'
        '<div class="entry-meta">Posted on <time>{n} नवंबर 2026</time></div></header>'
        '<div class="entry-summary"><p>{text} इस बारे में स्थानीय लोगों से भी बात की गई […]</p></div></article>',
    )
    body = f'{_navigation(outlet)}<main id="main"><header class="page-header"><h1 class="page-title">Tag: <span>{outlet.query}</span></h1></header>{cards}<nav class="posts-navigation"><a href="/tag/x/page/2/">Older posts</a></nav></main>{_footer(outlet)}'
    return outlet.url("/tag/x/"), _page(
        '<meta property="og:type" content="article">',
        body,
        f"{outlet.query} Archives - {outlet.name}",
    )


def topic_page(outlet: Outlet) -> Page:
    """A topic with an ItemList in JSON-LD that repeats headlines."""
    items = ",".join(
        f'{{"@type":"ListItem","position":{n + 1},"item":{{"@type":"NewsArticle","headline":"{head}","url":"{outlet.url(f"/k{n}.html")}","datePublished":"2026-11-2{n}T09:00:00+05:30"}}}}'
        for n, (head, _) in enumerate(outlet.teasers)
    )
    head = f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"ItemList","itemListElement":[{items}]}}</script>'
    cards = _cards(
        outlet,
        '<li><a href="{url}"><img alt="{head}"><strong>{head}</strong><span class="desc">{text}</span></a></li>',
    )
    body = f"{_navigation(outlet)}<div><h1>{outlet.query}</h1><ul class=list>{cards}</ul></div>{_footer(outlet)}"
    return outlet.url("/topic/x"), _page(
        head, body, f"{outlet.query} से जुड़ी खबरें, फोटो और वीडियो"
    )


def author_page(outlet: Outlet) -> Page:
    """The life of an author above a list of what he wrote."""
    head = '<meta property="og:type" content="profile">'
    body = (
        f'{_navigation(outlet)}<div class="author"><img alt="{outlet.author}"><h1>{outlet.author}</h1><p>{outlet.about_author}</p></div>'
        f"<h2>{outlet.author} के सभी लेख</h2><ul>{_headlines(outlet)}</ul>{_footer(outlet)}"
    )
    return outlet.url("/author/a-12"), _page(
        head, body, f"{outlet.author} | {outlet.name}"
    )


def author_with_teasers(outlet: Outlet) -> Page:
    """The same without any statement of type, and with teasers."""
    cards = _cards(
        outlet,
        '<div class="row"><a href="{url}">{head}</a><p>{text}</p><small>{n} दिन पहले</small></div>',
    )
    body = f'{_navigation(outlet)}<main><section class="bio"><h1>{outlet.author}</h1><p>{outlet.about_author}</p></section>{cards}</main>{_footer(outlet)}'
    return outlet.url("/lekhak/a"), _page("", body, f"{outlet.author}, {outlet.name}")


def search_results(outlet: Outlet) -> Page:
    """What a search found."""
    cards = _cards(
        outlet,
        '<div class="result"><a class="t" href="{url}">{head}</a><div class="snip">{text}</div></div>',
    )
    body = f'{_navigation(outlet)}<h1>"{outlet.query}" के लिए खोज परिणाम</h1><p>लगभग {len(outlet.teasers)} नतीजे मिले, नए पहले दिखाए गए हैं।</p>{cards}{_footer(outlet)}'
    return outlet.url("/search?q=x"), _page(
        "", body, f"खोज: {outlet.query} - {outlet.name}"
    )


def empty_search(outlet: Outlet) -> Page:
    """A search that found nothing, with hints and popular stories."""
    body = (
        f'{_navigation(outlet)}<h1>कोई परिणाम नहीं मिला</h1><p>आपकी खोज "{outlet.query}" से मेल खाती कोई खबर नहीं मिली। कृपया शब्दों की वर्तनी जांचें या दूसरे शब्दों से फिर खोजें।</p>'
        f"<h3>लोकप्रिय खबरें</h3><ul>{_headlines(outlet)}</ul>{_footer(outlet)}"
    )
    return outlet.url("/?s=x"), _page("", body, f"Search Results for {outlet.query}")


def archive_by_date(outlet: Outlet) -> Page:
    """Headlines with times and a teaser, all of one day."""
    rows = _cards(
        outlet, '<tr><td>0{n}:15</td><td><a href="{url}">{head}</a><br>{text}</td></tr>'
    )
    body = f"{_navigation(outlet)}<h1>24 नवंबर 2026 की खबरें</h1><table>{rows}</table>{_footer(outlet)}"
    return outlet.url("/archive/2026/11/24"), _page(
        "", body, f"पुरानी खबरें: 24 नवंबर 2026 | {outlet.name}"
    )


def video_list(outlet: Outlet) -> Page:
    """Videos with their lengths and what each shows."""
    cards = _cards(
        outlet,
        '<div class="vid"><a href="{url}"><span class="dur">0{n}:32</span> {head}</a><p>{text}</p></div>',
    )
    body = f"{_navigation(outlet)}<h1>वीडियो</h1>{cards}{_footer(outlet)}"
    return outlet.url("/videos"), _page(
        '<meta property="og:type" content="video.other">',
        body,
        f"वीडियो न्यूज | {outlet.name}",
    )


def plain_list(outlet: Outlet) -> Page:
    """Teasers as paragraphs that end with a link to read on, headlines not linked."""
    rows = _cards(outlet, '<h3>{head}</h3><p>{text} <a href="{url}">आगे पढ़ें</a></p>')
    body = f"{_navigation(outlet)}<h1>{outlet.section}</h1>{rows}{_footer(outlet)}"
    return outlet.url("/category/x/page/3"), _page(
        "", body, f"{outlet.section} - पेज 3 - {outlet.name}"
    )


# --- what stands where a story was ----------------------------------------------


def not_found(outlet: Outlet) -> Page:
    """An apology, and what else there is to read."""
    cards = _cards(
        outlet, '<div class="card"><a href="{url}">{head}</a><p>{text}</p></div>'
    )
    body = f"{_navigation(outlet)}<main><h1>404</h1><h2>पेज नहीं मिला</h2><p>माफ कीजिए, आप जिस पेज को ढूंढ रहे हैं वह मौजूद नहीं है या हटा दिया गया है। कृपया पता जांच लें या होम पेज पर जाएं।</p><h3>ताजा खबरें</h3>{cards}</main>{_footer(outlet)}"
    return outlet.url("/desh/khabar-510231.html"), _page(
        "", body, f"Page not found | {outlet.name}"
    )


def story_removed(outlet: Outlet) -> Page:
    """It says only in its text that the story is gone."""
    body = f'{_navigation(outlet)}<div class="msg"><h2>क्षमा करें!</h2><p>यह खबर अब हमारी वेबसाइट पर उपलब्ध नहीं है। हो सकता है कि इसे हटा दिया गया हो या इसका पता बदल गया हो।</p><p>आप ऊपर दिए गए खोज बॉक्स की मदद से दूसरी खबरें देख सकते हैं।</p></div>{_footer(outlet)}'
    return outlet.url("/rajya/story-99120"), _page("", body, outlet.name)


def broken_link(outlet: Outlet) -> Page:
    """An apology with wit, and links only."""
    body = f'<div id="error"><h1>अरे! कुछ गड़बड़ हो गई</h1><p>जिस लिंक पर आपने क्लिक किया है वह गलत या पुराना है, इसलिए हम यह पृष्ठ नहीं दिखा पा रहे हैं। असुविधा के लिए हमें खेद है।</p><a href="/">मुख्य पृष्ठ पर लौटें</a><ul>{_headlines(outlet)}</ul></div>'
    return outlet.url("/x/y-77120.html"), _page(
        '<meta name="robots" content="noindex">', body, f"त्रुटि - {outlet.name}"
    )


def server_trouble(outlet: Outlet) -> Page:
    """Maintenance answered as if all were well."""
    body = f"<h1>{outlet.name}</h1><p>हमारी वेबसाइट पर इस समय रखरखाव का काम चल रहा है, इसलिए सेवाएं कुछ देर के लिए बंद हैं। कृपया थोड़ी देर बाद फिर कोशिश करें।</p>"
    return outlet.url("/desh/baarish-510.html"), _page("", body, "साइट रखरखाव में है")


def consent_wall(outlet: Outlet) -> Page:
    """Cookies and partners before anything is shown."""
    body = (
        '<div id="cmp" class="overlay"><h2>हम आपकी गोपनीयता का सम्मान करते हैं</h2>'
        f"<p>{outlet.name} और उसके 312 सहयोगी आपके डिवाइस पर कुकीज़ रखते हैं और आपका व्यक्तिगत डेटा इकट्ठा करते हैं, ताकि आपको पसंद के विज्ञापन दिखाए जा सकें।</p>"
        "<p>आप अपनी सहमति कभी भी वापस ले सकते हैं या सेटिंग में जाकर अपनी पसंद बदल सकते हैं। जारी रखने के लिए स्वीकार करें पर क्लिक करें।</p><button>स्वीकार करें</button></div>"
    )
    return outlet.url("/desh/nadi-510232.html"), _page("", body, outlet.name)


def consent_and_headline(outlet: Outlet) -> Page:
    """A consent wall that leaves the headline of the story standing."""
    head, _ = outlet.teasers[1]
    body = (
        f'<article><h1>{head}</h1></article><div role="dialog"><p>इस वेबसाइट पर कुकीज़ का इस्तेमाल किया जाता है। साइट का उपयोग जारी रखने से आप हमारी गोपनीयता नीति और सेवा की शर्तों से सहमत होते हैं।</p>'
        "<p>हमारे साझेदार आपकी ब्राउज़िंग की जानकारी का उपयोग विज्ञापनों को मापने के लिए कर सकते हैं। कृपया अपनी सहमति दें।</p></div>"
    )
    return outlet.url("/rajya/doodh-510233.html"), _page(
        '<meta property="og:type" content="article">', body, f"{head} | {outlet.name}"
    )


def login_wall(outlet: Outlet) -> Page:
    """Registered readers only."""
    body = f"{_navigation(outlet)}<main><h1>पढ़ना जारी रखने के लिए साइन इन करें</h1><p>यह सामग्री केवल पंजीकृत पाठकों के लिए है। अपना मोबाइल नंबर या ईमेल दर्ज करें, हम आपको एक ओटीपी भेजेंगे।</p><p>खाता नहीं है? मुफ्त में रजिस्टर करें और हर सुबह अपने शहर की खबरें पाएं।</p></main>{_footer(outlet)}"
    return outlet.url("/vishesh/report-510234.html"), _page(
        "", body, f"साइन इन | {outlet.name}"
    )


def login_page(outlet: Outlet) -> Page:
    """A form with its explanations."""
    body = f"<h2>अपने खाते में लॉग इन करें</h2><form><label>ईमेल</label><input><label>पासवर्ड</label><input type=password></form><p>पासवर्ड भूल गए हैं तो नीचे दिए गए लिंक से नया पासवर्ड बनाएं। नए पाठक {outlet.name} पर एक मिनट में खाता बना सकते हैं।</p>"
    return outlet.url("/login?next=/desh/a-510235.html"), _page(
        "", body, f"Login - {outlet.name}"
    )


def robot_check(outlet: Outlet) -> Page:
    """Are you human?"""
    body = f"<h1>सुरक्षा जांच</h1><p>आगे बढ़ने से पहले कृपया पुष्टि करें कि आप रोबोट नहीं हैं। {outlet.name} आपके कनेक्शन की सुरक्षा की समीक्षा कर रहा है, इसमें कुछ सेकंड लग सकते हैं।</p>"
    return outlet.url("/desh/a-510236.html"), _page("", body, "Just a moment...")


# --- what sites say of themselves -------------------------------------------------


def about_us(outlet: Outlet) -> Page:
    """The outlet about itself."""
    body = f"{_navigation(outlet)}<h1>हमारे बारे में</h1><p>{outlet.name} की शुरुआत 2009 में एक साप्ताहिक अखबार के रूप में हुई थी। आज हमारी टीम में साठ से अधिक पत्रकार हैं और हम हर महीने लाखों पाठकों तक पहुंचते हैं।</p><p>हमारा मकसद निष्पक्ष और भरोसेमंद खबरें देना है। सुझाव और शिकायत के लिए हमें लिखें।</p>{_footer(outlet)}"
    return outlet.url("/about-us"), _page("", body, f"हमारे बारे में | {outlet.name}")


def privacy_policy(outlet: Outlet) -> Page:
    """Terms that lawyers wrote."""
    body = f"{_navigation(outlet)}<h1>गोपनीयता नीति</h1><p>यह नीति बताती है कि {outlet.name} आपकी जानकारी कैसे एकत्र करता है और उसका उपयोग कैसे किया जाता है। हमारी सेवाओं का उपयोग करके आप इन शर्तों को स्वीकार करते हैं।</p><p>हम आपका नाम, ईमेल पता और डिवाइस की जानकारी रख सकते हैं। यह जानकारी आपकी अनुमति के बिना किसी तीसरे पक्ष को नहीं दी जाती।</p>{_footer(outlet)}"
    return outlet.url("/privacy-policy"), _page(
        "", body, f"Privacy Policy - {outlet.name}"
    )


def contact(outlet: Outlet) -> Page:
    """Where letters and advertisements go."""
    body = f"{_navigation(outlet)}<h1>संपर्क करें</h1><p>विज्ञापन देने या किसी खबर पर शिकायत दर्ज कराने के लिए नीचे दिए गए पते पर लिखें। हमारा कार्यालय सोमवार से शनिवार सुबह दस से शाम छह बजे तक खुला रहता है।</p><p>ईमेल: desk@{outlet.host}</p>{_footer(outlet)}"
    return outlet.url("/contact"), _page("", body, f"Contact Us | {outlet.name}")


INDEXES: Sequence[Layout] = (
    section_of_cards, section_with_introduction, home_page, tag_page, topic_page, author_page,
    author_with_teasers, search_results, empty_search, archive_by_date, video_list, plain_list,
)  # fmt: skip
GONE: Sequence[Layout] = (not_found, story_removed, broken_link)
WALLS: Sequence[Layout] = (
    consent_wall,
    consent_and_headline,
    login_wall,
    login_page,
    robot_check,
    server_trouble,
)
OWN_PAGES: Sequence[Layout] = (about_us, privacy_policy, contact)
LAYOUTS: Sequence[Layout] = (*INDEXES, *GONE, *WALLS, *OWN_PAGES)
