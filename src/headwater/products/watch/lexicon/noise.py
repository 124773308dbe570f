"""The wording of clocks, stamps, counters and ids. One pattern a line; `{stamp}` stands for dates and times in a row.

`ANYWHERE` is cut out of a passage, `WHOLE` must be all of it. Letter case does not count.
"""

_COUNT = r"[\d][\d.,\s]*\d?\s?(?:k|m|mio|tsd|万|thousand|million)?\+?"

ANYWHERE = r"""
(?:last|page|site|content|data|prices?|figures|list|recently|this (?:page|article|document|site) was|this page has been|was|auto)?[ -]?(?:last )?(?:updated|modified|edited|refreshed|changed|revised|checked|synced|crawled|cached|retrieved|generated|rendered|saved|built|compiled|printed|fetched|loaded|reviewed)(?: (?:on|at|by the server|by server|as of|automatically))*\s?[:–—-]?\s?(?:on |at )?{stamp}
(?:last|latest|most recent)[ -](?:update|modification|change|edit|refresh|check|sync|visit|visited|activity|active|seen|login|review|build|backup|crawl|fetch)\s?[:–—-]?\s?(?:on |at )?{stamp}
(?:page|site|content|data|view)? ?(?:generated|rendered|created|built|served|loaded|processed|executed|completed|fetched|computed|took|returned)(?: by [\w.-]+)?(?: in| took)?:? ?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|µs)\b(?: (?:by|from|on|with) [\w.-]+)?(?:[, (]+\d+ (?:sql )?quer(?:y|ies)\)?)?
(?:page|load|render|response|query|execution|processing|generation|server|request)[ -]?(?:load |generation |render |rendering |response )?time:? ?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?)\b
(?:about|around|over|almost|more than|less than|nearly)? ?(?:\d+|an?|one|two|three|a few|few|several|some|half an) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?),?(?: (?:and )?\d+ ?(?:s|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?))?,? ago\b
\b(?:just now|moments? ago|a moment ago|right now|seconds ago)\b
\bvor (?:\d+|einer|einem|ein paar|wenigen|kurzem) ?(?:sek\w*|min\w*|stunden?|std|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)?\b
\bil y a (?:\d+|une?|quelques) ?(?:secondes?|minutes?|min|heures?|h|jours?|semaines?|mois|ans?)\b
\bhace (?:\d+|una?|unos|unas|pocos) ?(?:segundos?|minutos?|min|horas?|h|días?|semanas?|mes(?:es)?|años?)\b
\d+ ?(?:秒|分|時間|日|週間|か月|ヶ月|年)前|たった今
(?:stand|aktualisiert|zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung|bearbeitung)|abgerufen|seite (?:erstellt|generiert))(?: am| um| vom)?\s?[:–—-]?\s?{stamp}
(?:mis(?:e|es)? à jour|dernière (?:mise à jour|modification|actualisation|visite)|modifié|actualisé|page générée|généré|consulté)(?: le| à| en)?\s?[:–—-]?\s?(?:le |à )?{stamp}
(?:última (?:actualización|modificación|visita|revisión)|actualizad[oa]|modificad[oa]|página generada|consultad[oa])(?: el| a las)?\s?[:–—-]?\s?(?:el )?{stamp}
(?:最終更新日?時?|更新日時?|最終更新日時|更新|現在時刻|取得日時|閲覧日時|現在)\s?[:：]?\s?{stamp}(?:更新|現在|時点)?
{stamp}\s?(?:更新|現在|時点)
(?:current|local|server|system|present|your|station|london|new york|tokyo|berlin|paris|utc|world) ?(?:local |server )?(?:date and time|time|date|clock)(?: (?:is|now|in [\w ]{2,20}))*\s?[:–—-]?\s?{stamp}
(?:time|date) ?now\s?[:–—-]?\s?{stamp}
(?:it is|it['’]s) (?:now|currently)?\s?{stamp}
(?:today(?: is|['’]s date(?: is)?)?|heute(?: ist)?|nous sommes(?: le)?|aujourd['’]hui|hoy(?: es)?|本日|今日)\s?[:–—,は-]?\s?{stamp}
(?<!effective )(?<!applies )(?<!applicable )(?<!valid )\b(?:data |prices |figures |correct |accurate |status |values |rates |information )?as (?:of|at)\s?:?\s?{stamp}
\b(?:aktuelle zeit|uhrzeit|aktuelle uhrzeit|ortszeit|heure (?:actuelle|locale)|hora (?:actual|local))\s?(?:ist|:)?\s?{stamp}
\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?
(?<![\d:])[0-2]\d:[0-5]\d:[0-5]\d(?:\s?[ap]m)?(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?(?![\d:])
(?:©|\(c\)|&copy;|copyright)\s?(?:©|\(c\))?\s?(?:19|20)\d\d(?:\s?[–—-]\s?(?:19|20)\d\d)?
(?<![\w])(?:👁|👀|❤️?|♥|👍|👎|💬|⭐|★|🔥|👏|⬆|▲|↑|🔁|↻|📥|⬇)\s?[\d][\d.,]*\s?[km]?\b(?! ?(?:sterne|stars?))
\b[\d][\d.,  ]*\s?(?:k|m|mio\.?|tsd\.?|million|thousand)?\+? ?(?:total |unique |page |profile |monthly |people |other |user |net |new |active |live |verified |global |customer |unread |more )*(?:views?|pageviews?|page views?|impressions?|likes?|dislikes?|shares?|retweets?|reposts?|tweets?|comments?|replies|reactions?|reads?|readers?|visitors?|visits?|hits|downloads?|installs?|followers?|subscribers?|fans|upvotes?|claps|plays|listens|streams|watchers?|watching|viewers?|bookmarks?|favou?rites?|saves|forks|guests?(?= online)|users? online|members? online|online(?: now| users?)?|reviews?|ratings?|citations|accesses|kommentare?|aufrufe?|leser|besucher|downloads|gefällt mir|antworten|bewertungen|rezensionen|abonnenten|zugriffe|vues?|lectures?|commentaires?|partages?|j['’]aime|visiteurs?|abonnés|téléchargements?|avis|vistas?|visitas?|visualizaciones|comentarios?|compartidos|me gusta|seguidores|descargas|lectores|reseñas|suscriptores)\b(?: (?:so far|today|total|this (?:week|month|year)|in total|heute|online|and counting))?
[\d][\d.,]*\s?(?:万)?\s?(?:回再生|回視聴|回閲覧|件のコメント|件のレビュー|いいね!?|人が閲覧中|人が(?:この.{0,12})?(?:見て|閲覧して)います|閲覧|アクセス|フォロワー|ダウンロード|ビュー|PV|views)
\b(?:views?|page ?views?|visits?|visitors?(?: (?:today|online|number|no\.?|count|so far|total))*|hits|likes?|shares?|comments?|replies|reads?|readers?|downloads?|followers?|subscribers?|online(?: now| users)?|users online|viewers|watching|plays|reactions|impressions|karma|aufrufe|besucher|leser|kommentare|zugriffe|vues|visiteurs|commentaires|visitas|comentarios|lecturas|閲覧数|アクセス数|再生回数|コメント|いいね|訪問者数|来訪者数?|閲覧)(?: (?:count|total|today|so far|heute))?\s?[:：#–—=-]?\s?\(?#?[\d][\d.,  ]*\s?(?:k|m)?\)?(?![\w%])(?! ?(?:per|days?|hours?|minutes?|€|usd|\$|gb|mb|am|pm)\b)
\b(?:downloaded|viewed|read|visited|shared|watched|played|liked|accessed|cited|installed|ordered|bought|purchased|heruntergeladen|gelesen|aufgerufen|besucht|angesehen|geteilt|téléchargé|consultée?|vue?|lue?|descargad[oa]|visitad[oa]|leíd[oa]|vist[oa]|compartid[oa])(?: by)?:? (?:about |over |more than |almost |already )?[\d][\d.,  ]*\s?(?:k|m)?\+? ?(?:times?|x|mal|fois|veces|people|users|readers|customers)\b
\b[\d][\d.,]* ?(?:times?|mal|fois|veces) (?:downloaded|viewed|read|visited|shared|watched|played|liked|heruntergeladen|gelesen|aufgerufen|angesehen|téléchargée?|consultée?|vue?|lue?|descargado|visitado|leído|visto)
\b[\d][\d.,]*\+?(?: other| more)? (?:people|users|customers|shoppers|visitors|guests|readers|others|travell?ers|members|personen|besucher|nutzer|kunden|personnes|visiteurs|internautes|personas|usuarios|visitantes)(?: (?:are|have|is|sehen|schauen|sind|haben|regardent|consultent|ont|están|han|lesen|lisent|leen|ven|currently|also|just|recently|already))* ?(?:currently |now |right now |also |already |just |sich )*(?:viewing|watching|looking(?: at)?|online|browsing|reading|bought|purchased|ordered|booked|have|has|added|saved|like[ds]?|love[ds]?|viewed|recommend|this|here|visited|gerade|diese[ns]?|en ligne|cette|ce|viendo|mirando|en línea|esta|este|an|gekauft|acheté|comprado)[^.|·]{0,60}
(?:cited by|followed by|viewed by|read by|liked by|shared by|used by|trusted by|seen by) [\d][\d.,]*\s?(?:k|m)?\+?(?: \w+)?
[\d][\d.,]*\s?k?\+? (?:sold|bought)(?: (?:in (?:the )?(?:past|last) (?:month|week|day|24 hours|hour)|so far|today|recently))?\b(?! out)
(?:rated |rating:? ?|★ ?|score:? )?\d(?:[.,]\d+)?\s?(?:/|out of|von|sur|de)\s?(?:5|10)(?: stars?)?,?\s?(?:\(|based on |from |[·|-] ?)[\d.,]+\s?(?:k)?\s?(?:reviews?|ratings?|votes?|bewertungen|avis|reseñas|opiniones|件)\)?
\d(?:[.,]\d)\s?(?:★+|⭐+|stars?)?\s?\([\d.,]+\s?k?(?: (?:reviews?|ratings?|votes?|bewertungen|avis|reseñas))?\)
(?:★|☆|⭐){3,5}\s?\(?[\d.,]+\)?
(?:ends?|ending|expires?|closes?|starts?|begins?|launch(?:es)?|live|back|arriving|departs?|departing|leaves|due|refresh(?:es|ing)?|reload(?:s|ing)?|next (?:update|refresh|check|bus|train|draw|departure)(?: is| departs| leaves)?|time (?:left|remaining)|countdown|order within|noch|endet|reste|termina|quedan)(?: automatically)?(?: in)?:? (?:the next |within )?(?:\d+ ?(?:days?|d|tage?|jours?|días?)[,:]? ?)?(?:\d+ ?(?:hours?|hrs?|h|std|stunden|heures?|horas?)[,:]? ?)?(?:\d+ ?(?:minutes?|mins?|min|m|minuten|minutos?)[,:]? ?)?(?:and )?(?:\d+ ?(?:seconds?|secs?|s|sekunden|secondes?|segundos?)|\d+ ?(?:minutes?|mins?|min|minuten|minutos?)|\d\d?:\d\d(?::\d\d)?|(?<=[a-z]) ?(?<=\d[smhd] ))(?: from now| left)?
\b\d+ ?(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)(?:[ ,:]+\d+ ?(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?))* (?:left|remaining|to go|until [\w ]{3,30})\b
(?:uptime|verfügbarkeit|response time|latency)[^.|]{0,30}(?:last|past|letzten|over) (?:the )?(?:last |past )?\d+ (?:days?|hours?|minutes?|tage)[^.|\d]{0,20}[\d.,]+ ?(?:%|ms)
[\d.,]+ ?% uptime (?:over|in|for|during)? ?(?:the )?(?:last|past) \d+ (?:days|hours)
(?:request|session|trace|correlation|transaction|visitor|visit|page|ray|event|error|reference|log|cache|render|span|user|guest|client|instance|process|job|debug|tracking)[ -]?(?:id|key|token|ref|reference|no\.?|number|hash)\s?[:#=–-]?\s?[\w-]*\d[\w.:-]*
(?:csrf|xsrf|authenticity|nonce|security)[ _-]?(?:token|id|key)?\s?[:=]\s?[\w+/=.:-]+
(?:served|delivered|handled|powered|rendered|processed|hosted)(?: to you)? (?:by|from|via|on) (?:(?:node|server|host|web|edge|cache|pod|instance|worker|backend|app|frontend|cdn|box|machine)[ #:-]*)?[\w.-]*\d[\w.-]*
\b(?:node|server|host|pod|instance|worker|backend|edge|pop|cache|hostname|datacenter|machine)(?: name| id)?\s?[:=#]\s?[\w.-]*\d[\w.-]*
(?:build|revision|rev|commit|git|deploy(?:ed|ment)?|release hash|bundle)(?: id| hash| sha| no\.?| number)?\s?[:#=@-]?\s?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,40}\b
(?<!sha256: )(?<!sha256 )(?<!md5: )(?<!sha1: )(?<!sha-256: )(?<!checksum: )(?<!fingerprint: )\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
cache(?:d)?(?: (?:hit|miss|age|stamp|key|expires|version|timestamp))?\s?[:=–-]\s?[\w:. -]{0,30}\d[\w:.-]*
you are (?:visitor|guest|number|reader|caller)(?: (?:number|no\.?|#))? ?#?[\d.,]+
(?:showing|displaying|viewing|results?) (?:results )?\d[\d.,]*\s?(?:[–—-]|to)\s?[\d.,]+ (?:of|out of) (?:about )?[\d.,]+(?: (?:results?|items?|entries|products|posts|jobs|articles))?
(?:cart|basket|bag|warenkorb|panier|cesta|carrito|wishlist|inbox|notifications?|messages|カート)\s?[:(]\s?\d+\)?
(?:posted|published|added|created|submitted|uploaded|seen|joined|veröffentlicht|publié|publicado)(?: on)? (?:today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer)(?:,? (?:at )?{stamp})?
\b(?:\d+|one|a|two|three|five|ten) (?:min(?:ute)?s?|minuten|minutos)[ -](?:read|lesezeit|de lecture|de lectura)\b
\b(?:currently|now|aktuell|jetzt|actuellement|ahora|現在)\s?:? ?-?\d{1,3}(?:[.,]\d)? ?° ?[CF]?\b(?:[, ]+(?:sunny|cloudy|clear|rain(?:y)?|partly cloudy|overcast|snow|fog|windy|humid|mild|sonnig|bewölkt|ensoleillé|nuageux|soleado|nublado|晴れ|曇り|雨))?
\bsource: .{0,30} delayed (?:by )?\d+ min(?:utes)?
"""

WHOLE = r"""
{stamp}(?:\s?\(?[A-Z]{3,4}\)?)?(?=.*)(?<=\d\d:\d\d:\d\d)
(?:mon|tues|wednes|thurs|fri|satur|sun)day,? .{3,25},? \d\d?:\d\d(?::\d\d)? ?(?:[ap]m)? ?(?:UTC|GMT|CES?T|[EP][SD]T)
[\d.,]+\s?[km]?\+?\s?(?:★|👁|❤|👍|💬|🔥|⭐)
(?:sponsored|advertisement|advert|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)(?: (?:by|from|content|post|link)\b.{0,80}|\s?[:：|·–—-]\s?.{1,200})
[\[(【](?:sponsored|advertisement|advert|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]\s?.{1,200}
.{1,200}[\[(【](?:sponsored|advertisement|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]
(?:quote|tip|word|fact|joke|photo|thought|verse) of the (?:day|hour|week)\s?[:–—-].{1,300}
"""
