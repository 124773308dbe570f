"""The wording of clocks, stamps, counters and ids. One pattern a line, letter case does not count.

`{stamp}` stands for dates and times in a row, `{count}` for a number, `{span}` for a length of time. `ANYWHERE` is cut out
of a passage wherever it stands; `APART` only where it stands for itself, between separators or in a line that says
nothing else; `WHOLE` must be the whole passage.
"""

COUNTED = (
    "views?|page ?views?|impressions?|likes?|dislikes?|shares?|retweets?|reposts?|tweets?|comments?|replies|reactions?|reads?|readers?|visitors?|visits?|hits|"
    "downloads?|installs?|followers?|subscribers?|fans|upvotes?|claps|plays|listens|listeners?|streams|watchers?|watching|viewers?|bookmarks?|favou?rites?|saves|"
    "forks|stars|guests?|members?|users?|online|reviews?|ratings?|citations|accesses|votes?|signatures?|supporters|backers|donors|players online|threads|topics|"
    "messages|posts|sessions|clicks|wishlists?|carts|kommentare?|aufrufe?|leser|besucher|besuche|gefällt mir|antworten|bewertungen|rezensionen|abonnenten|zugriffe|"
    "mitglieder|vues?|lectures?|lecteurs|commentaires?|partages?|j['’]aime|visites?|visiteurs?|abonnés|téléchargements?|avis|vistas?|visitas?|visitantes|"
    "visualizaciones|comentarios?|compartidos|me gusta|seguidores|descargas|lectores|reseñas|suscriptores"
)
LABELS = (
    "views?|page ?views?|total views|visits?|visitors?(?: (?:number|no\\.?|count))?|hits|likes?|shares?|comments?|replies|reads?|readers?|downloads?|installs?|"
    "followers?|subscribers?|(?:users? |members? |guests? |readers? |players? |visitors? )?online(?: now| users?)?|viewers?|watching|plays|reactions|impressions|karma|"
    "signatures?|supporters|stars|forks|watchers|threads|topics|newest member|latest member|server load|load average|load|memory(?: usage| used)?|cpu|db queries|"
    "queries|sql queries|pid|process|queue(?: position| length)?|estimated wait|wait time|current wait|waiting|moon phase|pollen|air quality(?: index)?|humidity|"
    "sunrise|sunset|tide|high tide|low tide|timestamp|random(?: number| seed)?|seed|rank(?:ing)? today|score today|mood|now playing|on air|currently playing|"
    "your ip(?: address)?|ip(?: address)?|user agent|your browser|cache|cache status|last (?:visitor|sale|order|purchase|signup)|active (?:users|sessions|visitors|connections)|"
    "aufrufe|besucher|leser|kommentare|zugriffe|heute|gestern|gesamt|mitglieder|downloads|vues|visiteurs|visites|commentaires|lectures|téléchargements|"
    "visitas|visitantes|comentarios|lecturas|descargas|閲覧数|アクセス数?|再生回数|コメント(?:数)?|いいね|訪問者数?|(?:本日の)?来訪者数?|閲覧者数?|ダウンロード数|総アクセス数?"
)

ANYWHERE = r"""
(?:(?:last|page|site|content|data|prices?|figures|list|recently|this (?:page|article|document|site|list) (?:was|has been)|was|auto|info|information|rates?|schedule)[ -])?(?:last )?(?:updated|modified|edited|refreshed|changed|revised|checked|synced|synchroni[sz]ed|crawled|cached(?: copy)?|retrieved|generated|rendered|saved|built|compiled|printed|fetched|loaded|reviewed|verified|indexed|scanned|measured|recalculated)(?: (?:on|at|by the server|by server|as of|automatically|from|every \d+ (?:minutes?|seconds?)))*\s?[:–—-]?\s?(?:on |at |from )?{stamp}(?: by [\w.@-]+)?
(?:last|latest|most recent)[ -](?:update|modification|change|edit|refresh|check|sync|visit|visited|activity|active|seen|login|review|build|backup|crawl|fetch|publish|commit|scan|reading|measurement|heartbeat|deploy)\s?[:–—-]?\s?(?:on |at |was )?{stamp}
(?:page|site|content|data|view|list)? ?(?:generated|rendered|created|built|served|loaded|processed|executed|completed|fetched|computed|took|returned)(?: by [\w.-]+)?(?: in| took)?:? ?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?|sekunden|secondes|segundos|µs)\b(?: (?:by|from|on|with) (?!\d)[\w.-]+)?(?:(?: with|,|, using| using| and| \()+ ?\d+ (?:sql |db |database )?quer(?:y|ies)\)?)?
(?:page|load|render|rendering|response|query|execution|processing|generation|server|request|mean|average|median)[ -]?(?:load |generation |render |rendering |response |request )?time:? ?(?:is |of )?[\d.,]+ ?(?:ms|msecs?|milliseconds?|s|secs?|seconds?)\b
(?:seite (?:erstellt|generiert) in|page générée en|página generada en) ?[\d.,]+ ?(?:ms|s|sek\w*|sec\w*|seg\w*)\b
(?:about |around |over |almost |more than |less than |nearly )?(?:\d+|an?|one|two|three|a few|few|several|some|half an) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?),?(?: (?:and )?\d+ ?(?:s|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?))?,? ago\b
\b(?:just now|moments? ago|a moment ago|seconds ago)\b
\bvor (?:\d+|einer|einem|ein paar|wenigen|kurzem) ?(?:sek\w*|min\w*|stunden?|std|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)?(?: aktualisiert| geändert)?\b
\bil y a (?:\d+|une?|quelques) ?(?:secondes?|minutes?|min|heures?|h|jours?|semaines?|mois|ans?)\b
\bhace (?:\d+|una?|unos|unas|pocos) ?(?:segundos?|minutos?|min|horas?|h|días?|semanas?|mes(?:es)?|años?)\b
\d+ ?(?:秒|分|時間|日|週間|か月|ヶ月|年)前|たった今
(?:stand|aktualisiert|zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung|bearbeitung)|abgerufen|seite (?:erstellt|generiert))(?: am| um| vom)?\s?[:–—-]?\s?{stamp}
(?:mis(?:e|es)? à jour|dernière (?:mise à jour|modification|actualisation|visite)|modifiée?|actualisée?|page générée|générée?|consultée?)(?: le| à| en)?\s?[:–—-]?\s?(?:le |à )?{stamp}
(?:última (?:actualización|modificación|visita|revisión)|actualizad[oa]|modificad[oa]|página generada|consultad[oa])(?: el| a las)?\s?[:–—-]?\s?(?:el )?{stamp}
(?:最終更新日?時?|更新日時?|最終更新日時|更新|現在時刻|取得日時|閲覧日時|現在|サーバー時刻)\s?[:：]?\s?{stamp}(?:更新|現在|時点)?
{stamp}\s?(?:更新|現在|時点)
(?:current|local|server|system|present|your|station|site|board|page|world) ?(?:local |server )?(?:date and time|date/time|time|date|clock)(?: (?:is|now|in [\w ]{2,20}))*\s?[:–—-]?\s?{stamp}
(?:time|date|clock|uhrzeit|datum|heure|hora|fecha|時刻)(?: now| is| here)?\s?[:：]\s?{stamp}(?= *(?:$|[|·•]))
[A-Z][\w ]{2,20} time\s?[:–—-]?\s?{stamp}
(?:it is|it['’]s|il est|es ist|son las|ahora son las)(?: now| currently| jetzt| maintenant)?\s?{stamp}
(?:today(?: is|['’]s date(?: is)?)?|heute(?: ist)?|nous sommes(?: le)?|aujourd['’]hui|hoy(?: es)?|本日は?|今日は?)\s?[:–—,-]?\s?{stamp}
(?<!effective )(?<!applies )(?<!applicable )(?<!valid )\b(?:data |prices |figures |correct |accurate |status |values |rates |information |live )?as (?:of|at)\s?:?\s?{stamp}
\b(?:aktuelle zeit|uhrzeit|aktuelle uhrzeit|ortszeit|heure (?:actuelle|locale)|hora (?:actual|local))\s?(?:ist|:)?\s?{stamp}
\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?
(?<![\d:])[0-2]\d:[0-5]\d:[0-5]\d(?:\s?[ap]m)?(?:\s?(?:UTC|GMT|CES?T|E[SD]T|P[SD]T|MES?Z|JST|Uhr)\b)?(?![\d:])
(?:mon|tue|wed|thu|fri|sat|sun),? \d\d? \w{3} \d{4} \d\d:\d\d(?::\d\d)?
(?:©|\(c\)|copyright)\s?(?:©|\(c\))?\s?(?:19|20)\d\d(?:\s?[–—-]\s?(?:19|20)\d\d)?
(?:👁|👀|❤️?|♥|👍|👎|💬|⭐|★|🔥|👏|⬆|🔁|↻|📥|⬇)\s?[\d][\d.,]*\s?[km]?\b(?! ?(?:sterne|stars?))
{count} ?(?:other |more )?(?:people|persons?|users?|customers?|shoppers?|visitors?|guests?|readers?|others|travell?ers|members?|developers?|players?|viewers?|personen|besucher|nutzer|kunden|leser|personnes|visiteurs|internautes|clients|personas|usuarios|visitantes|clientes)(?: (?:are|is|have|has|sind|sehen|schauen|haben|regardent|consultent|ont|están|han|lesen|lisent|leen|ven|currently|also|just|recently|already|now|like|love))* ?(?:currently |now |right now |also |already |just |recently |sich |gerade )*(?:viewing|watching|looking|online|browsing|reading|bought|buying|purchased|ordered|booked|have this|have it|have saved|have added|added this|saved this|liked this|like this|love this|viewed|recommend this|recommended|here now|here right now|found this|find this|said yes|in (?:this|the) (?:queue|room|line)|signed up|joined|donated|gerade|schauen|sehen|en ligne|consultent|regardent|cette (?:page|offre)|viendo|mirando|en línea|gekauft|acheté|comprado)[^.|·]{0,60}
{count} ?(?:people|users|customers|teams|companies|developers|businesses|members|readers|others|subscribers|shoppers|guests|visitors) (?:subscribe|follow|trust|use|like|love|choose|rely on|read|visited|attended|found) (?:to )?(?:us|this|these|our|it|the page|this page)\b[^.|·]{0,40}
(?:there (?:are|is)|we have|with|gerade|aktuell|derzeit|actuellement|actualmente)(?: currently| now)? {count} ?(?:registered |active |anonymous )?(?:users?|people|guests?|visitors?|members?|readers?|players?|besucher|nutzer|gäste|visiteurs?|usuarios?)(?: \w+){0,3} ?(?:online|on (?:this|the) (?:site|page)|browsing|viewing|here|en ligne|en línea|connectés)
(?:people|users|visitors|guests|readers|members|shoppers|customers) (?:reading|viewing|watching|looking at|online|browsing|visiting)[^:|·.]{0,30}[:–—-]\s?{count}
{count} ?(?:users?|members?|guests?|visitors?|readers?|players?|people|viewers?|besucher|visiteurs?|usuarios?)? ?(?:are |is )?(?:currently )?online\b(?: now)?
\b(?:downloaded|viewed|read|visited|shared|watched|played|liked|accessed|cited|installed|opened|printed|clicked|heruntergeladen|gelesen|aufgerufen|besucht|angesehen|geteilt|téléchargée?|consultée?|vue?|lue?|partagée?|descargad[oa]|visitad[oa]|leíd[oa]|vist[oa]|compartid[oa])(?: by)?:? (?:about |over |more than |almost |already |bereits )?{count} ?(?:times?|x|mal|fois|veces|people|users|readers)\b(?: (?:on|by|in|this|today|so far)\b[^.|·]{0,30})?
(?:bereits |schon |déjà |ya )?{count} ?(?:times?|mal|fois|veces) (?:downloaded|viewed|read|visited|shared|watched|played|liked|heruntergeladen|gelesen|aufgerufen|angesehen|besucht|geteilt|téléchargée?|consultée?|vue?|lue?|descargado|visitado|leído|visto)
(?:cited by|followed by|viewed by|read by|liked by|shared by|used by|trusted by|seen by|loved by|chosen by|played by|helped|served|join(?:ed)?(?: by| over| more than)?) (?:over |more than |already )?{count} ?(?:teams?|people|users|customers|developers|companies|readers|members|subscribers|others|businesses|hikers|\w+s)?(?: (?:who|worldwide|around|and counting|so far)[^.|·]{0,40})?
(?:over |more than |already )?{count} (?:served|sold|delivered|shipped|helped|happy customers|satisfied customers|signups|orders)(?: so far| and counting| to date| already)\b
{count} (?:sold|bought|claimed)(?: (?:in (?:the )?(?:past|last) (?:month|week|day|24 hours|hour)|so far|today|recently|this (?:week|month)))\b
(?:rated |rating:? ?|★ ?|score:? )?\d(?:[.,]\d+)?\s?(?:/|out of|von|sur|de)\s?(?:5|10)(?: stars?)?,?\s?(?:\(|based on |from |[·|-] ?)[\d.,]+\s?(?:k)?\s?(?:reviews?|ratings?|votes?|bewertungen|avis|reseñas|opiniones|customers|件)\)?
\d(?:[.,]\d)\s?(?:★+|⭐+|stars?)?\s?\([\d.,]+\s?k?\+?(?: (?:reviews?|ratings?|votes?|bewertungen|avis|reseñas))?\)
(?:★|☆|⭐){3,5}\s?\d?(?:[.,]\d)?\s?\(?[\d.,]*\)?
(?:(?:sale|offer|deal|auction|promotion|countdown|timer|bidding|early[ -]bird|discount|aktion|angebot|vente|offre|oferta)[\w ]{0,20} )?(?:ends?|ending|expires?|closes?|closing|starts?|starting|begins?|launch(?:es)?|live again|back|refresh(?:es|ing)?|reload(?:s|ing)?|auto-?refresh(?:es)?|next (?:update|refresh|check|bus|train|tram|ferry|draw|departure|reload|poll)(?: is| departs| leaves)?|time (?:left|remaining|to go)|countdown|order within|hurry|noch|endet|reste|termina|quedan|page reloads)(?: automatically)?(?: in| within| every)?:? (?:the next )?{span}(?: from now| left)?
\b{span} (?:left|remaining|to go|until (?:the )?[\w ]{3,30})(?=\s*(?:$|[|·•.!,)]))
(?:someone|somebody|a (?:customer|visitor|shopper|reader)|[A-Z]\w+(?: [A-Z]\.?)?) (?:from|in) [A-Z][\w -]{2,25},?(?: [A-Z][\w]{1,20},?)? (?:has )?(?:just )?(?:bought|purchased|signed up|booked|ordered|donated|subscribed|joined)\b[^.|·]{0,60}
(?:uptime|verfügbarkeit|availability)\b[^.|]{0,30}(?:last|past|letzten) (?:the )?\d+ (?:days?|hours?|minutes?|tage)[^.|\d]{0,20}[\d.,]+ ?(?:%|ms)
[\d.,]+ ?% uptime (?:over |in |for |during )?(?:the )?(?:last|past) \d+ (?:days|hours)
(?:server )?up(?:time| for):? {span}(?=\s*(?:$|[|·•,.]))
(?:request|session|trace|correlation|transaction|visitor|visit|page|ray|event|error|log|cache|render|span|guest|client|instance|process|debug|tracking|impression|view)[ -]?(?:id|key|token|ref|reference|number|hash)\s?[:#=–-]?\s?[\w-]*\d[\w.:-]*
\bsession [0-9a-f]{6,}\b
(?:csrf|xsrf|authenticity|nonce|security)[ _-]?(?:token|id|key)?\s?[:=]\s?[\w+/=.:-]+
(?:served|delivered|handled|powered|rendered|processed|hosted|generated)(?: to you)? (?:by|from|via|on) (?:(?:edge|cache|app|web|front-?end|back-?end|origin|cdn) )?(?:node|server|host|cache|pod|instance|worker|backend|frontend|cdn|box|machine|pop)[ #:-]*[\w.-]*
(?:served|delivered|handled|rendered|processed|built|generated) (?:by|from|via|on) [\w.-]*[a-z][\w.-]*\d[\w.-]*
\b(?:node|server|host|pod|instance|worker|backend|edge|pop|hostname|datacenter|machine)(?: name| id| node)?\s?[:=#]\s?[\w.-]+
(?:build|revision|rev|commit|git|deploy(?:ed|ment)?|release hash|bundle)(?: id| hash| sha| no\.?| number)?\s?[:#=@-]?\s?(?:\d{8}[-.])?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,40}\b
(?<!sha256: )(?<!sha256 )(?<!md5: )(?<!sha1: )(?<!sha-256: )(?<!checksum: )(?<!fingerprint: )\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
you(?:['’]re| are)(?: our)? (?:the )?(?:visitor|guest|number|reader|caller|customer)(?: (?:number|no\.?|#))? ?#?{count}(?:st|nd|rd|th)?(?: (?:visitor|guest|reader)(?: to (?:this|the) (?:page|site))?)?
you(?:['’]re| are) (?:our )?{count}(?:st|nd|rd|th) (?:visitor|guest|reader|caller)
(?:showing|displaying|viewing|results?) (?:results )?\d[\d.,]*\s?(?:[–—-]|to)\s?[\d.,]+ (?:of|out of) (?:about )?[\d.,]+(?: (?:results?|items?|entries|products|posts|jobs|articles))?
(?:cart|basket|bag|warenkorb|panier|cesta|carrito|wishlist|inbox|notifications?|カート)\s?[:(]\s?\d+(?: items?)?\)?(?: ?[-–|] ?[€$£]\d[\d.,]*)?
(?:posted|published|added|created|submitted|uploaded|seen|joined|veröffentlicht|publié|publicado)(?: on)? (?:today|yesterday|heute|gestern|aujourd['’]hui|hier|hoy|ayer)(?:,? (?:at )?{stamp})?
\b(?:\d+|one|two|three|five|ten)[ -]?(?:min(?:ute)?s?|minuten|minutos)[ -](?:read|lesezeit|de lecture|de lectura)\b
\b(?:currently|right now|now|current (?:temperature|weather|conditions)|outside|aktuell|jetzt|actuellement|maintenant|ahora|現在)(?: in [A-Z]\w+)?\s?[:,]? ?-?\d{1,3}(?:[.,]\d)? ?° ?[CF]?\b(?:[, ]+(?:and )?(?:mostly |partly |light |heavy )?(?:sunny(?: spells)?|cloudy|clear(?: sky| skies)?|rain(?:y)?|showers|overcast|snow|fog|windy|humid|mild|sonnig|bewölkt|ensoleillé|nuageux|soleado|nublado|晴れ|曇り|雨))?
\bdelayed (?:by )?(?:at least )?\d+ min(?:utes)?\b
[\d][\d.,]*\s?(?:万)?\s?(?:回再生|回視聴|回閲覧|件のコメント|件のレビュー|人が閲覧中|人が(?:この.{0,12})?(?:見て|閲覧して)います|人が閲覧|アクセス|フォロワー|ビュー)
"""

APART = r"""
(?:total |over |about |more than )?{count} ?(?:total |unique |page |profile |monthly |people |other |user |net |new |active |live |verified |global |customer |unread |more |registered |weekly |daily )*(?:{counted})\b(?:[:,]? (?:so far|today|total|this (?:week|month|year|hour)|in total|heute|insgesamt|online|and counting|aujourd['’]hui|hoy|per week|ever|on (?:github|facebook|twitter|youtube|instagram)))*
(?:(?:total|unique|page|weekly|monthly|daily|live|current|active|overall|today['’]s) )?(?:{labels})(?: (?:count|total|today|so far|heute|this (?:week|month)|right now|now))*\s?(?:[:：#–—=-]\s?|\(|\s)#?(?:{count}|{stamp}|{span}|[A-Z][\w .-]{1,40}|(?:hit|miss|stale))(?: ?%| ?ms| ?mb| ?°c?|/\d+)?\)?(?: \((?:last|past) [\w ]+\))?
(?:{labels}) [\d:]{4,5}
(?:now playing|newest member|latest member|last visitor|moon phase|your ip(?: address)?(?: is)?|ip address|user agent|browser)\s?:?\s?.{1,80}
(?:joke|quote|tip|word|fact|photo|thought|verse|question|recipe|song|trivia|term|saying|proverb|riddle) of the (?:day|hour|week|moment)\s?[:–—-].{1,300}
(?:random|daily|today['’]s|fun|did you know)(?: (?:quote|tip|fact|joke|thought|trivia|word|verse|proverb|photo|pick))*\s?[:?–—]\s?.{1,300}
{stamp}
"""

WHOLE = r"""
(?:sponsored|advertisement|advert|ad|ads|promoted|promotion|paid (?:content|post|partnership)|partner content|anzeige|werbung|gesponsert|publicité|sponsorisé|publicidad|patrocinado|anuncio|広告|pr|スポンサー)(?: (?:by|from|content|post|link|partner|message)\b.{0,200}|\s?[:：|·•–—-]\s?.{1,300})
(?:sponsored|advertisement|promoted|anzeige|werbung|publicité|publicidad|広告) .{1,300}
[\[(【](?:sponsored|advertisement|advert|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]\s?.{1,300}
.{1,300}[\[(【–—|·-]\s?(?:sponsored|advertisement|ad|promoted|anzeige|werbung|publicité|publicidad|広告|pr)[\])】]?
(?:brought to you by|this (?:page|site|article|episode|section) is (?:sponsored|supported|brought to you) by|a (?:word|message) from our sponsors?|in partnership with|from our partners?|our sponsors?|partner offer|präsentiert von|avec le soutien de|con el patrocinio de)\b.{0,300}
"""
