"""Pages that are there but say nothing of their main content: captcha, error page, login or consent wall, half a
page.
"""

from __future__ import annotations

import re

LONGEST_NOTICE = 900
MAX_LINES = 6

_CAPTCHA = re.compile(
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:human|robot)|i['’]?m not a robot|just a "
    r"moment\.\.\.|"
    r"checking (?:if the site connection is secure|your browser)|unusual traffic|complete the (?:captcha|security "
    r"check)|"
    r"attention required!? \| cloudflare|enable javascript and cookies to continue|press (?:&|and) hold to confirm|"
    r"ddos protection by|pardon our interruption|access to this page has been denied|bot detection|captcha|"
    r"bestätigen sie, dass sie (?:ein mensch|kein roboter)|je ne suis pas un robot|no soy un robot|non sono un robot|"
    r"ik ben geen robot|não sou um robô|"
    r"vérifi\w+ que vous êtes (?:un )?humain|verific\w+ (?:que|di) (?:eres|essere|você é) (?:un |uma? )?human\w*|"
    r"ロボットではありません|jag är inte en robot|nie jestem robotem",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:4(?:0[0-9]|1[0-9]|29)|5(?:0[0-9]|2[0-9]))\b[\s:–—|-]{0,3}(?:error|bad|not found|forbidden|internal|"
    r"service|gateway|too many|unauthori[sz]ed|"
    r"gone|page)|(?:error|http|status)(?: code)?[\s:#]{0,3}(?:4\d\d|5\d\d)\b|internal server error|service "
    r"(?:temporarily )?unavailable|bad gateway|"
    r"gateway time-?out|page (?:can(?:no|')t|could not|was not) (?:be )?(?:found|display)|page not found|too many "
    r"requests|"
    r"access denied|something went wrong|an unexpected error (?:has )?occurred|we are experiencing (?:technical "
    r")?difficulties|"
    r"error establishing a database connection|the requested url was not found|application error|connection timed out|"
    r"seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|ページが見つかりません|"
    r"pagina non trovata|pagina niet gevonden|página não encontrada|sidan (?:hittades|kunde) inte|siden (?:ble|blev) "
    r"ikke fundet|nie znaleziono strony|stránka nenalezena|trop de requêtes|demasiadas solicitudes|zu viele anfragen",
    re.IGNORECASE,
)
_REPAIR = re.compile(
    r"(?:down|closed|offline|unavailable) for (?:scheduled |planned )?(?:maintenance|repairs?)|under(?:going)? "
    r"(?:scheduled |planned )?maintenance|"
    r"we['’]ll be (?:right )?back (?:soon|shortly)|be right back|site is (?:currently )?(?:down|offline|unavailable)|"
    r"wartungsarbeiten|"
    r"en maintenance|en mantenimiento|in manutenzione|in onderhoud|em manutenção|メンテナンス中|przerwa techniczna|"
    r"prace konserwacyjne|probíhá údržba|tillfälligt stängd för underhåll|(?:sind|ist) (?:gleich|bald) wieder da|"
    r"(?:de retour|volvemos|torniamo|voltamos) (?:très )?(?:vite|bientôt|pronto|presto|em breve)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in(?: to)? (?:continue|your account|view|access|read)|please (?:log|sign) ?in|you (?:must|need "
    r"to) (?:be )?(?:log|sign)|"
    r"subscribe to (?:continue|keep) reading|forgot(?:ten)? (?:your )?password|melden sie sich an|connectez-vous|"
    r"inicia sesión|ログインしてください",
    re.IGNORECASE,
)
_NEEDS_BROWSER = re.compile(
    r"(?:you need to |please )?(?:enable|turn on|activate) javascript|requires javascript|javascript is (?:disabled|"
    r"required)",
    re.IGNORECASE,
)
# To agree, and what to: a page that says both and little else is a wall before the page.
_AGREE = re.compile(
    r"\b(?:accept(?:er|ar|ér)?|agree|consent|allow all|zustimm\w*|akzeptier\w*|einwillig\w*|j['’]accepte|tout accepter|"
    r"acept\w*|accett\w*|accepte\w*|akkoord|aceit\w*|godkänn\w*|accepter|zgadzam|akceptuj\w*|souhlas\w*|hyväksy\w*)\b|同意",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"cookies?\b|datenschutz|personenbezogen|personal(?:ised|ized)? (?:data|ads|advertising)|données personnelles|"
    r"datos personales|dati personali|persoonsgegevens|dados pessoais|personuppgifter|danych osobowych|osobních údajů|"
    r"tracking|privacy|confidentialité|privacidad|クッキー",
    re.IGNORECASE,
)
_MENTIONS = 3
_LETTER = re.compile(r"\w")


def find_unusable_reason(*, title: str, text: str, has_password_field: bool) -> str | None:
    """Why a page must not be compared, or None.

    One of empty, captcha, error_page, maintenance, login_wall, consent_wall, needs_browser.

    Only short pages are judged by their words: a long article about captchas is an article.
    """
    if len(_LETTER.findall(text[:200])) < 2:
        return "empty"
    if len(text) > LONGEST_NOTICE:
        return None
    head = f"{title}\n{text}"
    # A page with more than a few lines that also says "closed for repairs" says it of its main content.
    brief = text.count("\n") < MAX_LINES
    if len(text) < 600 and (_CAPTCHA.search(title) or (brief and _CAPTCHA.search(head))):
        return "captcha"
    if _ERROR.search(title) or (brief and len(text) < 350 and _ERROR.search(text)):
        return "error_page"
    if _REPAIR.search(title) or (brief and len(text) < 350 and _REPAIR.search(text)):
        return "maintenance"
    if has_password_field and len(text) < 600:
        return "login_wall"
    if brief and len(text) < 250 and _LOGIN.search(head):
        return "login_wall"
    if len(text) < 600 and _AGREE.search(text) and len(_DATA.findall(text)) >= _MENTIONS:
        return "consent_wall"
    if brief and len(text) < 250 and _NEEDS_BROWSER.search(text):
        return "needs_browser"
    return None
