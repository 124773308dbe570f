"""What the names of containers say: boilerplate to drop, and noise to keep but mark (adverts, clocks, related
lists).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from headwater.products.watch.language.lexicon import read_joined

_NAMES = read_joined("container_names")
_ASIDE = re.compile(_NAMES["aside"])
_COVER = re.compile(_NAMES["cover"])
_FEED = re.compile(_NAMES["feed"])
_FOOTER = re.compile(_NAMES["footer"])
_LAST_DEED = re.compile(_NAMES["last_deed"])
_META = re.compile(_NAMES["meta"])
_NOTICE = re.compile(_NAMES["notice"])
_PERSONAL = re.compile(_NAMES["personal"])
_POPUP = re.compile(_NAMES["popup"])
_SLIDES = re.compile(_NAMES["slides"])
# Elements whose text nobody reads as content.
DROPPED_TAGS = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "canvas",
        "object",
        "embed",
        "audio",
        "video",
        "nav",
        "head",
        "datalist",
        "meter",
        "progress",
        "frameset",
        "noframes",
        "applet",
        "input",
        "textarea",
        "source",
        "track",
        "param",
        "link",
        "meta",
        "base",
    ]
)
_LINK_LIST = re.compile(
    r" (?:breadcrumb|breadcrumbs|crumbs|navbar|nav|navigation|topnav|subnav|menu|submenu|hamburger|toc|pagination|"
    r"pager|sitemap|footer links|quick links|tag list|tag cloud) "
)
_PRIVACY = re.compile(
    r" (?:cookie|cookies|cookiebar|cookiebanner|cookieconsent|cc banner|onetrust|gdpr|ccpa|consent|cmp|usercentrics) "
)
_FORM = re.compile(r" (?:newsletter|signup form|subscribe form|searchform|search form|search box|login form) ")
_FURNITURE = re.compile(
    r" (?:skip link|skiplink|skip to|sharing|sharethis|addthis|addtoany|socials|follow us|share buttons?|share bar|"
    r"social (?:links?|media|icons?|share|sharing|bar|buttons?|nav|menu|list|widget|networks?)|"
    r"share links?|share tools?|back to top|backtotop|print button|lang switcher|language switcher|"
    r"modal backdrop|preloader|spinner|captcha|recaptcha|grecaptcha|csrf|debug bar|phpdebugbar) "
)
_ADVERT = re.compile(
    r" (?:ad|ads|advert|adverts|advertisement|advertisements|advertising|adslot|adunit|adbox|adbanner|adblock|"
    r"adcontainer|adwrapper|adspace|adsense|adsbygoogle|adzone|adfox|doubleclick|dfp|gpt|taboola|outbrain|mgid|"
    r"revcontent|criteo|sponsor|sponsored|sponsors|sponsoring|sponsorship|promoted|paid content|partner content|"
    r"anzeige|"
    r"anzeigen|werbung|publicite|publicidad|anuncio|anuncios|patrocinado|reklame|banner ads?|house ads?|"
    r"native ads?|ad[0-9]{1,6}|ads[0-9]{1,6}|mpu|leaderboard ad|skyscraper|affiliate|billboard ad) "
)
_SOFT_ADVERT = re.compile(
    r" (?:promo|promos|promotion|promobox|teaser|teasers|cta|upsell|banner|billboard|offer box|bnr|deal) "
)
_RELATED = re.compile(
    r" (?:related|recommended|recommendations|recommendation|recirc|recirculation|trending|popular|most read|mostread|"
    r"most viewed|top stories|read next|up next|you may also|also like|also bought|similar|suggested|suggestions|"
    r"more from|tagcloud|tag cloud|blogroll|twitter feed|tweets|instagram|recently viewed|whos online|who is online|"
    r"recent comments|cross sell|crosssell) "
)
_COUNTER = re.compile(
    r" (?:counter|counters|hit counter|hitcounter|view count|viewcount|views(?! row| field| element| exposed| table| "
    r"view)|pageviews|hits|likes?|likes count|like "
    r"count|"
    r"share count|shares|sharecount|comment count|comments count|commentcount|visitor|visitors|visits|online users|"
    r"users online|online now|"
    r"onlinecount|viewers|watchers|watching|reactions|claps|upvotes|karma|follower count|followers|odometer|"
    r"review count|reviews count|rating count|ratings count|download count|downloads count|dl count|live count|"
    r"active users|read count|play count) "
)
_CLOCK = re.compile(
    r" (?:clock|clocks|live clock|current time|server time|servertime|local time|localtime|countdown|timer|"
    r"time ago|timeago|relative time|reltime|last updated|lastupdated|last modified|lastmod|last update|updated at|"
    r"updated on|last refreshed|refreshed|render time|rendertime|generated at|today date|todays date|"
    r"current date|now time|page time|load time|elapsed|moment ago|livestamp|fromnow) "
)
_WIDGET = re.compile(
    r" (?:weather widget|weatherwidget|widget weather|weather mini|mini weather|weather box|weather strip|"
    r"stock ticker|ticker|tickers|stocks ticker|ticker tape|quote of the day|qotd|random quote|daily quote|"
    r"quote day|tip of the day|totd|did you know|fun fact|random|rotator|rotating|testimonial rotator|"
    r"request id|trace id|build id|buildinfo|build info|server info|session id|poll widget|now playing) "
)
_TOPBAR_WEATHER = re.compile(r" (?:weather|wx|meteo|wetter|temp|temperature) ")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BREAK = re.compile(r"[^0-9a-z]+")


_NAMING = ("data-component", "data-testid", "data-test", "data-module", "data-widget", "data-block", "data-qa")


def name_element(attributes: Mapping[str, str | None]) -> str:
    """What an element is called: its class and id, and the attributes that components bear their names in."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    for name in _NAMING:
        value = attributes.get(name)
        if value:
            names = f"{names} {value[:60]}"
    return names


@lru_cache(maxsize=2048)
def split_names(attribute: str) -> str:
    """A class or id attribute as lower-case words between single spaces, with a space at both ends."""
    spaced = _BREAK.sub(" ", _CAMEL.sub(" ", attribute[:400]).lower())
    return f" {spaced.strip()} "


@lru_cache(maxsize=2048)
def is_boilerplate(words: str) -> str:
    """What boilerplate a container with these names would be: privacy, form, bar, or "" for none."""
    for kind, pattern in (("privacy", _PRIVACY), ("form", _FORM), ("bar", _FURNITURE)):
        if pattern.search(words):
            return kind
    return "bar" if words == " social " else ""


@lru_cache(maxsize=2048)
def is_link_list(words: str) -> bool:
    """May a container with these names be navigation? It is, where it holds nothing but links."""
    return _LINK_LIST.search(words) is not None


@lru_cache(maxsize=2048)
def name_region(words: str) -> str:
    """The edge of a page that a container with these names is: aside, footer, or "" for none."""
    if _FOOTER.match(words):
        return "footer"
    return "aside" if _ASIDE.search(words) else ""


@lru_cache(maxsize=2048)
def name_hints(words: str) -> tuple[str, ...]:
    """The noise that a container's names announce: advert, promotion, related, counter, clock, widget, weather."""
    if words == "  ":
        return ()
    found = []
    for hint, pattern in (
        ("advert", _ADVERT),
        ("promotion", _SOFT_ADVERT),
        ("related", _RELATED),
        ("counter", _COUNTER),
        ("clock", _CLOCK),
        ("widget", _WIDGET),
        ("weather", _TOPBAR_WEATHER),
        ("clock", _LAST_DEED),
        ("meta", _META),
        ("personal", _PERSONAL),
        ("popup", _POPUP),
        ("slides", _SLIDES),
        ("widget", _FEED),
        ("advert", _COVER),
        ("notice", _NOTICE),
    ):
        if pattern.search(words):
            found.append(hint)
    return tuple(found)


# A short label that says: what stands in this box was paid for.
ADVERT_LABEL = re.compile(
    r"^(?:[-–—\[(* ]*)(?:ad|ads|advert|advertisement|advertising|advertorial|sponsored(?: content| post| links?| by "
    r"[^.,;]{1,40})?|"
    r"promoted(?: content| post| by [^.,;]{1,40})?|paid (?:content|post|partnership|promotion)|partner content|from "
    r"our "
    r"(?:sponsors?|partners?)|"
    r"our (?:sponsors?|partners?)|a message from our sponsors?|anzeige|werbung|sponsored|gesponsert|publicité|pub|"
    r"annonce|"
    r"sponsorisé|contenu sponsorisé|publicidad|anuncio|patrocinado|contenido patrocinado|pubblicità|annuncio|"
    r"advertentie|"
    r"publicidade|anúncio|patrocínio|conteúdo patrocinado|contenuto sponsorizzato|sponsorizzato|gesponsord|"
    r"(?:partner|sponsor)(?:s['’]?)? (?:pick|offer|deal|message|tip)|(?:nos|unsere|onze|i nostri|os nossos|nuestros) "
    r"(?:partenaires|mécènes|partner|sponsors?|sponsoren|parceiros|patrocinadores|socios)(?: \w+){0,2}|"
    r"reklama|reklam|広告|スポンサー|pr)(?:[-–—\]).:* ]*)$",
    re.IGNORECASE,
)
# A heading over a list that other pages decide.
NOISE_HEADING = re.compile(
    r"^(?:related(?: \w+){0,3}|you (?:may|might)(?: also)? (?:like|enjoy|be interested in)|(?:recommended|suggested|"
    r"picked|selected|more|just)"
    r" (?:for you|reading|stories|articles|products|posts|like this)|recommended|"
    r"(?:trending|popular|hot)(?: (?:now|today|posts|articles|stories|topics|this week|searches|right now|on "
    r".{1,30}))?|"
    r"most (?:read|viewed|popular|shared|commented)(?: \w+){0,3}|top stories|editor['’]?s picks?|read (?:next|more|"
    r"also)|"
    r"up next|more (?:from|on|in|like|stories|news|articles|reading)\b.{0,40}|(?:customers|people|others|shoppers|"
    r"readers)(?: who .{1,40})? also .{1,40}|"
    r"frequently bought together|recently viewed(?: \w+)?|similar (?:products|items|articles|jobs|posts|recipes)|"
    r"(?:quote|tip|word|fact|joke|photo|thought|verse|trivia|recipe|song) of the (?:day|hour|week)|(?:daily|random) "
    r"(?:quote|tip|fact|trivia|joke)|"
    r"did you know\??|fun fact|who(?:['’]s| is) online|(?:users |visitors )?online now|recent (?:comments|tweets|"
    r"visitors|searches)|latest (?:comments|tweets)|"
    r"around the web|from the web|elsewhere on .{1,30}|in other news|also on .{1,30}|what others are reading|people "
    r"are reading|"
    r"das könnte (?:sie|dich|ihnen) auch .{1,30}|mehr zum thema|ähnliche .{1,30}|meistgelesen|beliebt(?:e .{1,30})?|"
    r"passend dazu|kunden kauften auch|"
    r"auch interessant|zitat des tages|tipp des tages|weitere artikel|lesen sie auch|à lire aussi|à voir aussi|"
    r"articles (?:liés|similaires|recommandés)|"
    r"les plus lus|sur le même sujet|vous aimerez (?:aussi|peut-être).{0,30}|citation du jour|dans la même rubrique|"
    r"también te puede .{1,30}|te puede (?:interesar|gustar)|vous lisez en ce moment|"
    r".{0,40}\b(?:auch|aussi|también|anche|também|ook) (?:angesehen|gekauft|gefallen|interess\w+|acheté|consulté|vu|lu|"
    r"aimé|compr\w+|vieron|visto|visitaron|acquistato|guardato|letto|piacere|gostar|viram|viu|levaram|bekeken|gekocht|"
    r"gelezen)|(?:anderen|klanten|otros|altri|outros|andere) (?:bekeken|kochten|lazen|kauften|lasen|sahen) "
    r"(?:ook|auch)|"
    r"(?:spruch|zitat|weisheit|witz) des tages|(?:proverbe|pensée|dicton) du jour|"
    r"(?:proverbio|citazione|aforisma|frase|curiosità) del giorno|(?:provérbio|frase|citação|pensamento) do dia|"
    r"(?:spreuk|citaat|gezegde|weetje) van de dag|lo más visto|più letti|i più letti|mais lid[ao]s|meest gelezen|"
    r"potrebbe interessarti(?: anche)?|articoli correlati|artigos relacionados|gerelateerd(?:e .{1,20})?|lees ook|"
    r"leggi anche|leia também|lo más leído|lo más (?:leído|visto)|artículos relacionados|noticias relacionadas|"
    r"(?:frase|cita) del día|te recomendamos|関連(?:記事|リンク|商品|ニュース)|"
    r"おすすめ(?:記事|商品)?|人気(?:記事|ランキング)|"
    r"今日の(?:名言|一言)|よく読まれている記事|アクセスランキング)\s*[:：»>…]*$",
    re.IGNORECASE,
)
# Controls that say nothing about the main content.
CONTROL_TEXT = re.compile(
    r"^(?:share|tweet|like|print|save|bookmark|follow(?: us)?|subscribe|sign (?:in|up|out)|log ?(?:in|out)|register|"
    r"search|menu|home|close|"
    r"open menu|skip to (?:main )?content|back to top|top|next|previous|prev|back|read more|learn more|see (?:more|"
    r"all)|view (?:all|more|details)|"
    r"show (?:more|less)|load more|more|less|reply|report|edit|copy(?: link)?|copied!?|email|facebook|twitter|x|"
    r"linkedin|instagram|whatsapp|"
    r"pinterest|reddit|telegram|accept(?: all)?(?: cookies)?|reject(?: all)?|cookie settings|manage cookies|got it|"
    r"ok|dismiss|loading…?|"
    r"loading\.\.\.|add to (?:cart|basket|bag|wishlist|favou?rites)|buy now|shop now|order now|get started|start "
    r"(?:free )?trial|try (?:it )?(?:for )?free|"
    r"contact us|submit|send|continue|download|teilen|drucken|mehr|mehr lesen|weiterlesen|anmelden|suche|menü|"
    r"partager|imprimer|lire la suite|"
    r"rechercher|compartir|imprimir|leer más|buscar|シェア|ツイート|続きを読む|検索|メニュー|もっと見る)\s*[»›→>↗]*$",
    re.IGNORECASE,
)
