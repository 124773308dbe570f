# ruff: noqa: E501 — one pattern a line
"""The wording of counters: views, likes, visitors, who is online, who bought this. Rules of writing as in `noise`."""

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

COUNTERS = r"""
[★⭐☆]\s?\d[.,]\d\s?\([\d.,]+\s?k?\)
(?:who is |who['’]s |currently |now )?online(?: now)?\s?[:–—-]\s?{count}(?: \w+)?(?:(?:,| and|,? plus) {count} \w+)*
\bdays (?:since|without|until) [\w ]{3,30}\s?[:–—-]\s?{count}
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
(?:someone|somebody|a (?:customer|visitor|shopper|reader)|(?-i:[A-Z][a-z]+)(?: (?-i:[A-Z])\.?)?) (?:from|in) (?-i:[A-Z])[\w -]{2,25},?(?: (?-i:[A-Z])[\w]{1,20},?)? (?:has )?just (?:bought|purchased|signed up|booked|ordered|donated|subscribed|joined)\b[^.|·]{0,60}
you(?:['’]re| are)(?: our)? (?:the )?(?:visitor|guest|number|reader|caller)(?: (?:number|no\.?|#))? ?#?{count}(?:st|nd|rd|th)?(?: (?:visitor|guest|reader)(?: to (?:this|the) (?:page|site))?)?
(?:showing|displaying|viewing|results?) (?:results )?\d[\d.,]*\s?(?:[–—-]|to)\s?[\d.,]+ (?:of|out of) (?:about )?[\d.,]+(?: (?:results?|items?|entries|products|posts|jobs|articles))?
(?:cart|basket|warenkorb|panier|carrito|カート)\s?[:(]\s?\d+(?: items?)?(?:\)| *$)(?: ?[-–|] ?[€$£]\d[\d.,]*)?
[\d][\d.,]*\s?(?:万)?\s?(?:回再生|回視聴|回閲覧|件のコメント|件のレビュー|人が閲覧中|人が(?:この.{0,12})?(?:見て|閲覧して)います|人が閲覧|アクセス|フォロワー|ビュー)
"""
