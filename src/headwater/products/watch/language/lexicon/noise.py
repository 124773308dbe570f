# ruff: noqa: E501 — one pattern a line
"""The wording of clocks, stamps, counters and ids. One pattern a line, letter case does not count.

`{stamp}` stands for dates and times in a row, `{day}` for dates with or without a time, `{count}` for a number, `{span}` for
a length of time, `{spans}` for one that only a running clock would say. `ANYWHERE` is cut out of a passage wherever it
stands; `APART` only where it stands for itself, between separators; `WHOLE` must be the whole passage. What is also said
of things that matter ("Date: 3 June", "5 users", "expires in 24 hours", "as of 1 May") must match none of them.
"""

from headwater.products.watch.language.lexicon.noise_counters import COUNTERS
from headwater.products.watch.language.lexicon.noise_stamps import STAMPS

ANYWHERE = STAMPS.strip() + "\n" + COUNTERS.strip()

APART = r"""
(?:total |over |about |more than )?{count} ?(?:total |unique |page |profile |monthly |people |user |net |new |active |live |verified |global |customer |unread |more |registered |weekly |daily )*(?:{counted})\b(?:[:,]? (?:so far|today|total|this (?:week|month|year|hour)|in total|heute|insgesamt|online|and counting|aujourd['’]hui|hoy|per week|ever|on (?:github|facebook|twitter|youtube|instagram)))*
(?:\d{2,}[\d.,]*|\d[\d.,]*\s?k) stars
(?!(?:visits?|besuche?|visites?|visitas?|plays?|comments?)\s?[:–—-]\s?\d+ ?(?:h|hours?|min\w*|days?|stunden?|heures?|horas?)\b)(?:(?:total|unique|page|weekly|monthly|daily|live|current|active|overall|today['’]s) )?(?:(?:total )?number of |no\.? of |anzahl(?: der)? |nombre de |número de |ただいまの|現在の)?(?:{labels})(?: (?:count|total|today|so far|heute|this (?:week|month)|right now|now))*\s?(?:[:：#–—=-]\s?|\(|\s)#?(?:{span}|{stamp}|{count}|\d+(?:\.\d+){3})(?: ?%| ?ms| ?mb| ?°c?|/\d+)?\)?(?:人|件|回|,? (?:besucher|visiteurs|visitors|views|total))?(?: \((?:last|past) [\w ]+\))?
(?:members|users|posts|topics|threads|messages|mitglieder|beiträge|themen): {count}(?=.*\bonline\b)
(?:now playing|currently playing|on air|newest member|latest member|last visitor|moon phase|user agent|your browser|cache status|neuestes mitglied)\s?:?\s?.{1,60}
(?:joke|quote|tip|word|fact|photo|thought|verse|question|recipe|song|trivia|term|saying|proverb|riddle) of the (?:day|hour|week|moment)\s?[:–—-].{1,300}
(?:random|daily|today['’]s|fun|did you know)(?: (?:quote|tip|fact|joke|thought|trivia|word|verse|proverb|photo))+\s?[:?–—]\s?.{1,300}
(?:updated|modified|edited|refreshed|checked|synced|crawled|cached(?: copy)?|retrieved|generated|rendered|fetched|accessed|printed)(?: (?:on|at|from|every \d+ (?:minutes?|seconds?)))*\s?[:–—-]?\s?(?:on |at |from )?{stamp}(?: by [\w.@-]+)?
(?:stand|aktualisiert|modifié|actualisé|généré|consulté|actualizado|modificado|consultado)e?(?: am| um| vom| le| à| el)?\s?[:–—-]?\s?{stamp}
(?:data |prices |figures |status |values |rates |information |live |scores |prices shown )as (?:of|at)\s?:?\s?{stamp}
\(as (?:of|at)\s?:?\s?{stamp}\)
{stamp}(?:現在)
"""

WHOLE = r"""
(?:[\w'’]+ ){0,3}(?:visitors?|visitor counter|hit counter|page counter|views?|viewers?|readers?|reading|watching|viewing|online|hits|clicks|likes|shares|followers|subscribers|downloads|visits|listeners|listening|browsing)(?: (?:now|right now|today|counter|count|so far|total|online|this (?:week|month|year)|all time))*\s?[:#–—=-]\s?#?{count}(?: \([^)]{1,30}\))?
(?-i:AD|ANZEIGE|WERBUNG|PUB) .{3,300}
(?:sponsored|advertisement|advert|ad|ads|promoted|promotion|paid (?:content|post|partnership)|partner content|anzeige|werbung|gesponsert|publicité|sponsorisé|publicidad|patrocinado|anuncio|広告|pr|スポンサー)(?: (?:content|post|link|partner|message)\b.{0,200}| (?:by|from) [^.,;!?]{1,60}(?:[.!–—|-].{0,200})?|\s?[:：|·•–—-]\s?.{1,300})
(?:sponsored|advertisement|promoted|anzeige|werbung|publicité|publicidad|広告) (?!is |are |was |in |on |for |by |from |revenue|costs?|budget|rates?|to ).{1,300}
[\[(【](?:sponsored|advertisement|advert|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]\s?.{1,300}
.{1,300}[\[(【–—|·-]\s?(?:sponsored|advertisement|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]?
(?:brought to you by|this (?:page|site|article|episode|section) is (?:sponsored|supported|brought to you) by|a (?:word|message) from our sponsors?|from our partners?|our sponsors?|partner offer|präsentiert von|avec le soutien de|con el patrocinio de)\b.{0,300}
"""
