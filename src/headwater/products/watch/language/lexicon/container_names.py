# ruff: noqa: E501 — one kind of container a line
"""What sites call the containers at the edge of a page, and lines about an item, in words of their class and id names."""

import re

# Lines about an item rather than of it: what readers did with it, how many there are. Only their counts are noise.
META = re.compile(
    r" (?:meta|stat(?:istik\w*|istic\w*|ystyk\w*)|byline|dateline|posted on|entry info|post info|article info|item info|subline|rating|ratings|stars|votes?|vote count|feedback|helpful|useful|was this helpful|reviews?|comments?|comments title|"
    r"replies|posts|stats?|statistics|social|followers?|fans|engagement|toast|snackbar|activity|proof|social proof|avis|bewertung|bewertungen|statistik|estadisticas|statistiques|statistiche|estatisticas|topic stats|"
    r"thread stats|info line|infoline|search|placeholder|pagination|pager|paging|result count|results count|results info|total results|num results|hits count|found) "
)
# Who did something last, and when.
LAST_DEED = re.compile(r" (?:lastpost|last post|latest post|last reply|last activity|last comment|last seen) ")
# What the site says to this visitor alone.
PERSONAL = re.compile(
    r" (?:greeting|greetings|salutation|welcome user|user (?:menu|info|bar|panel|name|greeting|box)|account (?:menu|info|bar|link)|my account|mini cart|minicart|cart contents|cart count|cart total|cart link|basket|"
    r"login status|c user|recently viewed|viewed products|history list) "
)
# What covers the page or creeps in from its side. Only at the edge.
POPUP = re.compile(
    r" (?:popup|pop up|popin|modal|overlay|lightbox|interstitial|newsletter|subscribe|signup|sign up|app banner|smart banner|smartbanner|install banner|survey|feedback tab|chat|chat widget|chat box|chatbox|livechat|"
    r"live chat|intercom|drift|toast|toasts|snackbar|exit intent|offcanvas|push prompt|web push|adblock notice|appeal|donate|donation|research banner|user research|survey banner|feedback banner) "
)
# Posts from elsewhere.
FEED = re.compile(
    r" (?:insta|instafeed|instagram|tweets?|twitter|facebook|fb feed|tiktok|mastodon|social (?:feed|wall|stream|posts)) "
)
# What covers the page wherever it stands in the markup.
COVER = re.compile(
    r" (?:popup|pop up|popin|lightbox|interstitial|exit intent|app banner|smart banner|smartbanner|install banner|push prompt|web push) "
)
# Where a site says what nobody should miss.
NOTICE = re.compile(
    r" (?:alert|alerts|alerte|alarm|notice|notices|warning|warnings|warnung|warnhinweis|hinweis|stoerung|stoerungen|incident|incidents|disruption|disruptions|outage|emergency|important|urgent|aviso|avisos|avis important|avviso|"
    r"avvisi|melding|storing|service status|status|bekanntmachung|eilmeldung) "
)
# What takes turns by design, also within the matter.
SLIDES = re.compile(
    r" (?:carousel|slider|slideshow|swiper|slick|splide|flickity|owl|glide|rotator|rotating|testimonials?|testimonial (?:slider|carousel|card|quote)|quotes?|pull quote|customer voice|voices|kundenstimmen|temoignages?|testimonios?|"
    r"banner|bannerbox|hero banner|shoutout|fun fact|tip|tips) "
)
ASIDE = re.compile(
    r" (?:sidebar|side bar|sidebars|side|sidecol|side col|side column|side panel|side content|lateral\w*|colonne laterale|zijkolom|postranni|rail|right rail|left rail|right col|right column|widget area|widgets|secondary|tertiary|aside|seitenleiste|randspalte|"
    r"marginalspalte|barra lateral|colonne droite|colonna destra|zijbalk|sidopanel|announcement bar|announcement banner|top bar|topbar|utility bar|promo bar|notification bar|hello bar|marquee|toast|toasts|snackbar|"
    r"sticky bar|floating|chat|chat box|chatbox|livechat) "
)
FOOTER = re.compile(
    r"^ (?:(?:site|page|main|global|app|the|wp|c|l|o|fusion|elementor|your) )*(?:footer|foot|ft|ftr|colophon|copyright|copyrights|siteinfo|site info|bottom bar|pie de pagina|pied de page|fusszeile|fuss|rodape|stopka|sidfot)"
    r"(?: (?:wrapper|wrap|container|inner|area|bottom|bar|content|text|info|legal))* $"
)
