# ruff: noqa: E501 — one pattern a line
"""The wording of clocks, stamps, countdowns and ids. Rules of writing as in `noise`."""

STAMPS = r"""
\btoken\s?[:=]\s?[0-9a-f]{8,}\b
(?:(?:last|page|site|content|data|prices?|figures|list|this (?:page|article|document|site|list) (?:was|has been)|auto|rates?)[ -])(?:last )?(?:was |were )?(?:updated|modified|edited|refreshed|changed|revised|checked|synced|synchroni[sz]ed|crawled|cached(?: copy)?|retrieved|generated|rendered|saved|built|compiled|printed|fetched|loaded|reviewed|verified|indexed|scanned|measured|recalculated)(?: (?:on|at|in|by the server|by server|as of|automatically|from|every \d+ (?:minutes?|seconds?)))*\s?[:–—-]?\s?(?:on |at |from )?{stamp}(?: by [\w.@-]+)?
(?:last|latest|most recent)[ -](?:update|modification|change|edit|refresh|check|sync|visit|visited|activity|active|seen|login|review|build|backup|crawl|fetch|publish|commit|scan|reading|measurement|heartbeat|deploy)\s?[:–—-]?\s?(?:on |at |was )?{stamp}
(?:page|site|content|data|view|list)? ?(?:generated|rendered|created|built|served|loaded|processed|executed|completed|fetched|computed|took|returned)(?: by [\w.-]+)?(?: in| took)?:? ?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|sekunden|secondes|segundos|µs)\b(?: (?:by|from|on|with) (?!\d)[\w.-]+)?(?:(?: with|,|, using| using| and| \()+ ?\d+ (?:sql |db |database )?quer(?:y|ies)\)?)?
(?:page|load|render|rendering|query|execution|processing|generation|server|mean|average|median) ?(?:load |generation |render |rendering |response |request )?time:? ?(?:is |of )?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?)\b
(?:seite (?:erstellt|generiert) in|page générée en|página generada en) ?[\d.,]+ ?(?:ms|s|sek\w*|sec\w*|seg\w*)\b
(?:about |around |over |almost |more than |less than |nearly )?(?:\d+|an?|one|two|three|a few|few|several|some|half an) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?),?(?: (?:and )?\d+ ?(?:s|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?))?,? ago\b
\b(?:just now|moments? ago|a moment ago|seconds ago)\b
\bvor (?:\d+|einer|einem|ein paar|wenigen) ?(?:sek\w*|min\w*|stunden?|std|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)\b(?: aktualisiert| geändert)?
\bil y a (?:\d+|une?|quelques) ?(?:secondes?|minutes?|min|heures?|h|jours?|semaines?|mois|ans?)\b
\bhace (?:\d+|una?|unos|unas|pocos) ?(?:segundos?|minutos?|min|horas?|h|días?|semanas?|mes(?:es)?|años?)\b
\d+ ?(?:秒|分|時間|日|週間|か月|ヶ月|年)前|たった今
\bhá (?:cerca de |mais de )?(?:\d+|uma?|poucos|poucas) ?(?:segundos?|min\w*|horas?|h|dias?|semanas?|m[eê]s(?:es)?|anos?)\b(?: atrás)?
(?:\d+|una?|pochi|poche) ?(?:second[oi]|minut[oi]|min|or[ae]|giorn[oi]|settiman[ae]|mes[ie]|ann[oi]) fa\b
(?:\d+|een|enkele) ?(?:seconden?|minu\w+|min|uur|uren|dag(?:en)?|week|weken|maand(?:en)?|jaar) geleden\b
(?:för |for )?(?:\d+|en|ett|et|några) ?(?:sek\w*|min\w*|tim\w*|dag(?:ar|e|er)?|døgn|veck\w+|uge\w*|uke\w*|mån\w*|år) (?:sedan|siden)\b
(?:\d+ ?)?(?:sek\w*|min\w*|godz\w*|dni|dzień|tydz\w*|tyg\w*|mies\w*|lata?|rok) temu\b
\bpřed \d+ ?(?:sek\w*|min\w*|hod\w*|dn[yíůe]\w*|týd\w*|měs\w*|let\w*|rok\w*)
\d+ ?(?:sekuntia|minuuttia|min|tuntia|päivää|viikkoa|kuukautta|vuotta) sitten\b
\d+ ?(?:сек\w*|мин\w*|час\w*|дн\w+|день|нед\w*|мес\w*|год\w*|лет) назад
\d+ ?(?:saniye|dakika|saat|gün|hafta|ay|yıl) önce\b
\bacum \d+ (?:de )?(?:secunde|minute?|ore|oră|zile|săpt\w*|luni|ani)\b
\d+ ?(?:초|분|시간|일|주|개월|년) ?전|\d+ ?(?:秒|分钟|分鐘|小时|小時|天|周|週|个月|個月|年)前
(?:zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung|bearbeitung)|abgerufen|seite (?:erstellt|generiert))(?: am| um| vom)?\s?[:–—-]?\s?{stamp}
(?:mis(?:e|es)? à jour|dernière (?:mise à jour|modification|actualisation|visite)|page générée)(?: le| à| en)?\s?[:–—-]?\s?(?:le |à )?{stamp}
(?:última (?:actualización|modificación|visita|revisión)|página generada)(?: el| a las)?\s?[:–—-]?\s?(?:el )?{stamp}
(?:最終更新日?時?|更新日時?|最終更新日時|更新|現在時刻|取得日時|閲覧日時|サーバー時刻)\s?[:：]?\s?{stamp}(?:更新|現在|時点)?
{stamp}\s?(?:更新|時点)
(?:current|local|server|system|your|station|site|board|page|world|london|new york|tokyo|berlin|paris|sydney|oslo|utc|gmt) ?(?:local |server )?(?:date and time|date/time|time|date|clock)(?: (?:is|now|in [\w ]{2,20}))*\s?[:–—-]?\s?{stamp}
(?:time|date) (?:now|here)(?: is)?\s?[:–—-]?\s?{stamp}
(?:it is now|it['’]s now|it is currently|es ist jetzt|il est maintenant|ahora son las)\s?{stamp}
^(?:it is|it['’]s|il est|es ist|son las)\s{stamp}
(?:today(?: is|['’]s date(?: is)?)?|heute(?: ist)?|nous sommes(?: le)?|aujourd['’]hui|hoy(?: es)?|本日は?|今日は?)\s?[:–—,-]?\s?(?:der |le )?{day}
(?:correct|accurate) as (?:of|at)\s?:?\s?{stamp}
(?:aktuelle zeit|aktuelle uhrzeit|ortszeit|heure (?:actuelle|locale)|hora (?:actual|local))\s?(?:ist|:)?\s?{stamp}
(?:©|\(c\)|copyright)\s?(?:©|\(c\))?\s?(?:19|20)\d\d(?:\s?[–—-]\s?(?:19|20)\d\d)?
(?:sale|offer|deal|auction|promotion|countdown|bidding|early[ -]bird|discount|registration|voting|ticket sales|aktion|angebot|vente|offre|oferta)s?(?: price| pricing)? (?:ends?|ending|expires?|closes?|closing|starts?|endet|termina|finit)(?: in)?:? {span}
(?:ends?|ending|expires?|closes?|closing|starts?|starting|begins?|launch(?:es)?|back|live|hurry|time (?:left|remaining|to go)|countdown|noch|endet in|reste|quedan)(?: again)?(?: in)?:? {spans}
(?:auto-?refresh(?:es|ing)?|refresh(?:es|ing)?|reload(?:s|ing)?|next (?:update|refresh|check|bus|train|tram|ferry|draw|departure|reload|poll)(?: is| departs| leaves)?|order within|page reloads|countdown|time left|time remaining|noch)(?: automatically)?(?: in| every| within)?:? (?:the next )?{span}(?: from now)?
\b{span} (?:left|remaining|to go)(?=\s*(?:$|[|·•.!,)]))
(?:uptime|verfügbarkeit|availability)\b[^.|]{0,30}(?:last|past|letzten) (?:the )?\d+ (?:days?|hours?|minutes?|tage)[^.|\d]{0,20}[\d.,]+ ?(?:%|ms)
[\d.,]+ ?% uptime (?:over |in |for |during )?(?:the )?(?:last|past) \d+ (?:days|hours)
server up(?:time| for):? {span}
(?:request|session|trace|correlation|transaction|visitor|visit|ray|cache|render|span|guest|debug|tracking|impression|page)[ -]?(?:id|token|ref|reference|hash)\s?[:#=–-]?\s?[\w-]*\d[\w.:-]*
\bsession [0-9a-f]{6,}\b
(?:csrf|xsrf|authenticity|nonce|security)[ _-]?(?:token|id|key)?\s?[:=]\s?[\w+/=.:-]+
(?:served|delivered|handled|rendered|processed|generated)(?: to you)? (?:by|from|via|on) (?:(?:edge|cache|app|web|front-?end|back-?end|origin|cdn) )?(?:node|server|host|cache|pod|instance|worker|backend|frontend|cdn|box|machine|pop)[ #:-]*[\w.-]*
(?:served|rendered|generated) (?:by|from|via|on) [\w.-]*[a-z][\w.-]*\d[\w.-]*
\b(?:node|server|host|pod|instance|worker|backend|edge|pop|hostname|datacenter|machine)(?: name| id| node)?\s?[:=#]\s?[a-z]{2,}[\w.]*-[\w.-]*\d[\w-]*
(?:build|revision|rev|commit|git|deploy(?:ed|ment)?|release hash|bundle)(?: id| hash| sha| no\.?| number)?\s?[:#=@-]?\s?(?:\d{8}[-.])?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,40}\b
(?<!sha256: )(?<!sha256 )(?<!md5: )(?<!sha1: )(?<!sha-256: )(?<!checksum: )(?<!fingerprint: )\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
you(?:['’]re| are) (?:our |the )?\d[\d,.]*(?:st|nd|rd|th) (?:visitor|guest|reader|caller)(?: today| to this (?:page|site))?
(?:posted|published|added|created|submitted|uploaded|seen|joined|veröffentlicht|publié|publicado)(?: on)? (?:today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer)(?:,? (?:at )?{stamp})?
\b(?:\d+|one|two|three|five|ten)[ -]?(?:min(?:ute)?s?|minuten|minutos)[ -](?:read|lesezeit|de lecture|de lectura)\b
\b(?:currently|right now|now|current (?:temperature|weather|conditions)|outside|aktuell|jetzt|actuellement|maintenant|ahora|現在)(?: in (?-i:[A-Z])\w+)?\s?[:,]? ?-?\d{1,3}(?:[.,]\d)? ?° ?[CF]?\b(?:[, ]+(?:and )?(?:mostly |partly |light |heavy )?(?:sunny(?: spells)?|cloudy|clear(?: sky| skies)?|rain(?:y)?|showers|overcast|snow|fog|windy|humid|mild|sonnig|bewölkt|ensoleillé|nuageux|soleado|nublado|晴れ|曇り|雨))?
\bdelayed (?:by )?(?:at least )?\d+ min(?:utes)?\b(?=\s*(?:$|[|·•.)]))
"""

# Times with seconds are clocks, save in tables, where they are results.
CLOCKS = r"""
\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?
{day}[, ]+(?:at )?{seconds}(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?
(?<![\d:])[0-2]\d:[0-5]\d:[0-5]\d(?:\s?[ap]m)?(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?(?![\d:])
(?:mon|tue|wed|thu|fri|sat|sun),? \d\d? \w{3} \d{4} \d\d:\d\d(?::\d\d)?
"""
