"""The wording of clocks, stamps, counters and ids. One pattern a line, letter case does not count.

`{stamp}` stands for dates and times in a row, `{day}` for dates with or without a time, `{count}` for a number, `{span}` for
a length of time, `{spans}` for one that only a running clock would say. `ANYWHERE` is cut out of a passage wherever it
stands; `APART` only where it stands for itself, between separators; `WHOLE` must be the whole passage. What is also said
of things that matter ("Date: 3 June", "5 users", "expires in 24 hours", "as of 1 May") must match none of them.
"""

COUNTED = (
    "views?|page ?views?|impressions?|likes?|dislikes?|shares?|retweets?|reposts?|tweets?|comments?|replies|reactions?|reads?|readers?|visitors?|visits?|page hits|"
    "downloads?|installs?|followers?|subscribers?|upvotes?|claps|plays|listens|listeners?|watchers?|watching|viewers?|bookmarks?|favou?rites?|"
    "forks|reviews?|ratings?|citations|accesses|signatures?|supporters|backers|donors|players online|kommentare?|aufrufe?|leser|besucher|besuche|gefällt mir|"
    "antworten|bewertungen|rezensionen|abonnenten|zugriffe|vues?|lectures?|lecteurs|commentaires?|partages?|j['’]aime|visites?|visiteurs?|abonnés|"
    "téléchargements?|avis|vistas?|visitas?|visitantes|visualizaciones|comentarios?|compartidos|me gusta|seguidores|descargas|lectores|reseñas|suscriptores"
)
LABELS = (
    "views?|page ?views?|total views|visits?|visitors?(?: (?:number|no\\.?|count))?|page hits|hits|likes?|shares?|comments?|replies|reads?|readers?|downloads?|installs?|"
    "followers?|subscribers?|(?:users? |members? |guests? |readers? |players? |visitors? )?online(?: now| users?)?|viewers?|watching|plays|reactions|impressions|karma|"
    "signatures?|supporters|stars|forks|watchers|server load|load average|memory usage|memory used|cpu usage|db queries|sql queries|pid|queue(?: position| length)|"
    "position in (?:the )?queue|estimated wait(?:ing time)?|current wait(?:ing time)?|air quality(?: index)?|sunrise|sunset|high tide|low tide|timestamp|unix time|"
    "random number|random seed|your ip(?: address)?(?: is)?|active (?:users|sessions|visitors|connections)|rank today|registered users|registered members|"
    "aufrufe|besucher|leser|kommentare|zugriffe|heute|gestern|gesamt|vues|visiteurs|visites|commentaires|lectures|téléchargements|"
    "visitas|visitantes|comentarios|lecturas|descargas|閲覧数|アクセス数?|再生回数|コメント(?:数)?|いいね|訪問者数?|(?:本日の)?来訪者数?|閲覧者数?|ダウンロード数|総アクセス数?"
)

ANYWHERE = r"""
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
(?:👁|👀|❤️?|♥|👍|👎|💬|⭐|★|🔥|👏|🔁|↻|📥)\s?[\d][\d.,]*\s?[km]?\b(?! ?(?:sterne|stars?))
{count} ?(?:other |more )?(?:people|persons?|users?|customers?|shoppers?|visitors?|guests?|readers?|others|travell?ers|members?|developers?|players?|viewers?|personen|besucher|nutzer|kunden|leser|personnes|visiteurs|internautes|clients|personas|usuarios|visitantes|clientes)(?: (?:are|is|have|has|sind|sehen|schauen|haben|regardent|consultent|ont|están|han|lesen|lisent|leen|ven|currently|also|just|recently|already|now|like|love))* ?(?:currently |now |right now |also |already |just |recently |sich |gerade )*(?:viewing|watching|looking (?:at|now)|online|browsing|reading|bought|buying|purchased|ordered|booked|have this|have it|have saved|have added|added this|saved this|liked this|like this|love this|viewed|recommend this|recommended this|here now|here right now|found this|find this|said yes|signed up|gerade|schauen|sehen|en ligne|consultent|regardent|cette (?:page|offre)|viendo|mirando|en línea|gekauft|acheté|comprado)(?: (?:this|it|these|a|an|the|at|in|on|right|now|und|cette|ce|esta|este|diese\w?)\b[^.|·]{0,50})?
{count} ?(?:people|users|customers|teams|companies|developers|businesses|members|readers|subscribers|shoppers) (?:subscribe|follow|trust|use|like|love|choose|rely on|read) (?:to )?(?:us|this|these|our|it|the page|this page)\b[^.|·]{0,40}
(?:there (?:are|is)|we have|gerade|aktuell|derzeit|actuellement|actualmente)(?: currently| now)? {count} ?(?:registered |active |anonymous )?(?:users?|people|guests?|visitors?|members?|readers?|players?|besucher|nutzer|gäste|visiteurs?|usuarios?)(?: \w+){0,3} ?(?:online|on (?:this|the) (?:site|page)|browsing|viewing|en ligne|en línea|connectés)
(?:people|users|visitors|guests|readers|members|shoppers|customers) (?:reading|viewing|watching|looking at|online|browsing|visiting)[^:|·.]{0,30}[:–—-]\s?{count}
{count} ?(?:users?|members?|guests?|visitors?|readers?|players?|people|viewers?|besucher|visiteurs?|usuarios?)? ?(?:are |is )?(?:currently )?online\b(?: now)?
\b(?:downloaded|viewed|read|visited|shared|watched|played|liked|accessed|cited|opened|printed|clicked|heruntergeladen|gelesen|aufgerufen|besucht|angesehen|geteilt|téléchargée?|consultée?|vue?|lue?|partagée?|descargad[oa]|visitad[oa]|leíd[oa]|vist[oa]|compartid[oa])(?: by)?:? (?:about |over |more than |almost |already |bereits )?{count} ?(?:times?|x|mal|fois|veces|people|users|readers)\b(?: (?:on (?:social|face|twit)|today|so far|this (?:week|month))\b[^.|·]{0,30})?
(?:bereits |schon |déjà |ya )?{count} ?(?:times?|mal|fois|veces) (?:downloaded|viewed|read|visited|shared|watched|played|liked|heruntergeladen|gelesen|aufgerufen|angesehen|besucht|geteilt|téléchargée?|consultée?|vue?|lue?|descargado|visitado|leído|visto)
(?:cited by|followed by|viewed by|read by|liked by|shared by|used by|trusted by|seen by|loved by|chosen by|join)(?: over| more than| already)? {count} ?(?:other )?(?:teams?|people|users|customers|developers|companies|readers|members|subscribers|others|businesses|hikers|creators|fans|students|players|articles|papers|investors|marketers|professionals|shoppers|families)\b(?: (?:who|worldwide|around|and counting|so far)[^.|·]{0,40})?
(?:over |more than |already )?{count} [\w ]{0,20}\band counting\b
(?:over |more than |already )?{count} (?:happy|satisfied) (?:customers|users|clients)
{count} (?:sold|bought|claimed|booked) (?:in (?:the )?(?:past|last) (?:month|week|day|24 hours|hour)|so far|today|recently|this (?:week|month))\b
(?:rated |rating:? ?|★ ?|score:? )?\d(?:[.,]\d+)?\s?(?:/|out of|von|sur|de)\s?(?:5|10)(?: stars?)?,?\s?(?:\(|based on |from |[·|-] ?)[\d.,]+\s?(?:k)?\s?(?:reviews?|ratings?|votes?|bewertungen|avis|reseñas|opiniones|customers|件)\)?
\d(?:[.,]\d)\s?(?:★+|⭐+|stars?)?\s?\([\d.,]+\s?k?\+? (?:reviews?|ratings?|votes?|bewertungen|avis|reseñas)\)
(?:★|☆|⭐){3,5}\s?\d?(?:[.,]\d)?\s?\(?[\d.,]*\)?
(?:sale|offer|deal|auction|promotion|countdown|bidding|early[ -]bird|discount|registration|voting|ticket sales|aktion|angebot|vente|offre|oferta)s?(?: price| pricing)? (?:ends?|ending|expires?|closes?|closing|starts?|endet|termina|finit)(?: in)?:? {span}
(?:ends?|ending|expires?|closes?|closing|starts?|starting|begins?|launch(?:es)?|back|live|hurry|time (?:left|remaining|to go)|countdown|noch|endet in|reste|quedan)(?: again)?(?: in)?:? {spans}
(?:auto-?refresh(?:es|ing)?|refresh(?:es|ing)?|reload(?:s|ing)?|next (?:update|refresh|check|bus|train|tram|ferry|draw|departure|reload|poll)(?: is| departs| leaves)?|order within|page reloads|countdown|time left|time remaining|noch)(?: automatically)?(?: in| every| within)?:? (?:the next )?{span}(?: from now)?
\b{span} (?:left|remaining|to go)(?=\s*(?:$|[|·•.!,)]))
(?:someone|somebody|a (?:customer|visitor|shopper|reader)|(?-i:[A-Z][a-z]+)(?: (?-i:[A-Z])\.?)?) (?:from|in) (?-i:[A-Z])[\w -]{2,25},?(?: (?-i:[A-Z])[\w]{1,20},?)? (?:has )?just (?:bought|purchased|signed up|booked|ordered|donated|subscribed|joined)\b[^.|·]{0,60}
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
you(?:['’]re| are)(?: our)? (?:the )?(?:visitor|guest|number|reader|caller)(?: (?:number|no\.?|#))? ?#?{count}(?:st|nd|rd|th)?(?: (?:visitor|guest|reader)(?: to (?:this|the) (?:page|site))?)?
you(?:['’]re| are) (?:our |the )?\d[\d,.]*(?:st|nd|rd|th) (?:visitor|guest|reader|caller)(?: today| to this (?:page|site))?
(?:showing|displaying|viewing|results?) (?:results )?\d[\d.,]*\s?(?:[–—-]|to)\s?[\d.,]+ (?:of|out of) (?:about )?[\d.,]+(?: (?:results?|items?|entries|products|posts|jobs|articles))?
(?:cart|basket|warenkorb|panier|carrito|カート)\s?[:(]\s?\d+(?: items?)?(?:\)| *$)(?: ?[-–|] ?[€$£]\d[\d.,]*)?
(?:posted|published|added|created|submitted|uploaded|seen|joined|veröffentlicht|publié|publicado)(?: on)? (?:today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer)(?:,? (?:at )?{stamp})?
\b(?:\d+|one|two|three|five|ten)[ -]?(?:min(?:ute)?s?|minuten|minutos)[ -](?:read|lesezeit|de lecture|de lectura)\b
\b(?:currently|right now|now|current (?:temperature|weather|conditions)|outside|aktuell|jetzt|actuellement|maintenant|ahora|現在)(?: in (?-i:[A-Z])\w+)?\s?[:,]? ?-?\d{1,3}(?:[.,]\d)? ?° ?[CF]?\b(?:[, ]+(?:and )?(?:mostly |partly |light |heavy )?(?:sunny(?: spells)?|cloudy|clear(?: sky| skies)?|rain(?:y)?|showers|overcast|snow|fog|windy|humid|mild|sonnig|bewölkt|ensoleillé|nuageux|soleado|nublado|晴れ|曇り|雨))?
\bdelayed (?:by )?(?:at least )?\d+ min(?:utes)?\b(?=\s*(?:$|[|·•.)]))
[\d][\d.,]*\s?(?:万)?\s?(?:回再生|回視聴|回閲覧|件のコメント|件のレビュー|人が閲覧中|人が(?:この.{0,12})?(?:見て|閲覧して)います|人が閲覧|アクセス|フォロワー|ビュー)
"""

# Times with seconds are clocks, save in tables, where they are results.
CLOCKS = r"""
\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?
{day}[, ]+(?:at )?[0-2]?\d:[0-5]\d:[0-5]\d(?:\s?[ap]m)?(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?
(?<![\d:])[0-2]\d:[0-5]\d:[0-5]\d(?:\s?[ap]m)?(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?(?![\d:])
(?:mon|tue|wed|thu|fri|sat|sun),? \d\d? \w{3} \d{4} \d\d:\d\d(?::\d\d)?
"""

APART = r"""
(?:total |over |about |more than )?{count} ?(?:total |unique |page |profile |monthly |people |user |net |new |active |live |verified |global |customer |unread |more |registered |weekly |daily )*(?:{counted})\b(?:[:,]? (?:so far|today|total|this (?:week|month|year|hour)|in total|heute|insgesamt|online|and counting|aujourd['’]hui|hoy|per week|ever|on (?:github|facebook|twitter|youtube|instagram)))*
(?:\d{2,}[\d.,]*|\d[\d.,]*\s?k) stars
(?:(?:total|unique|page|weekly|monthly|daily|live|current|active|overall|today['’]s) )?(?:{labels})(?: (?:count|total|today|so far|heute|this (?:week|month)|right now|now))*\s?(?:[:：#–—=-]\s?|\(|\s)#?(?:{span}|{stamp}|{count}|\d+(?:\.\d+){3})(?: ?%| ?ms| ?mb| ?°c?|/\d+)?\)?(?:,? (?:besucher|visiteurs|visitors|views|total))?(?: \((?:last|past) [\w ]+\))?
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
(?:sponsored|advertisement|advert|ad|ads|promoted|promotion|paid (?:content|post|partnership)|partner content|anzeige|werbung|gesponsert|publicité|sponsorisé|publicidad|patrocinado|anuncio|広告|pr|スポンサー)(?: (?:by|from|content|post|link|partner|message)\b.{0,200}|\s?[:：|·•–—-]\s?.{1,300})
(?:sponsored|advertisement|promoted|anzeige|werbung|publicité|publicidad|広告) (?!is |are |was |in |on |for |revenue|costs?|budget|rates?).{1,300}
[\[(【](?:sponsored|advertisement|advert|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]\s?.{1,300}
.{1,300}[\[(【–—|·-]\s?(?:sponsored|advertisement|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]?
(?:brought to you by|this (?:page|site|article|episode|section) is (?:sponsored|supported|brought to you) by|a (?:word|message) from our sponsors?|from our partners?|our sponsors?|partner offer|präsentiert von|avec le soutien de|con el patrocinio de)\b.{0,300}
"""
