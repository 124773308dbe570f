# ruff: noqa: E501 — one idea a line
"""Words, in eight languages, beside which a number runs by itself. They count only where nothing else of a line differs."""

# People who look on, and what they do: the number beside these words is nobody's promise.
ACTIVITY = (
    r"visitors?|viewers?|readers?|followers?|subscribers?|listeners?|downloads?|views|likes|shares|clicks|hits|visits|installs|reviews|ratings|votes|comments|upvotes|plays|"
    r"and counting|"
    r"trusted|loved (?:in|by)|used (?:in|by)|joined by|(?:people|teams|customers|users|companies|members) (?:\w+ ){0,2}(?:trust|love|use|follow|joined|watching|looking|viewing|booked|bought|ordered|signed)|"
    r"besucher\w*|zugriffe|abrufe|aufrufe|aufgerufen|gelesen|angesehen|heruntergeladen|geteilt|leser(?:n|innen)?|zuschauer|abonnenten|bewertungen|rezensionen|stimmen abgegeben|klicks|gefällt|"
    r"visiteurs?|internautes|lecteurs|abonnés|vues|lectures|téléchargements?|téléchargée?|partagée?|consultée?|lue?s? [#]|avis|commentaires|j['’]aime|ont (?:lu|partagé|téléchargé|réservé|acheté|consulté|vu|aimé|voté|répondu)|"
    r"visitantes|visitas|lectores|seguidores|suscriptores|descargas|vistas|reproducciones|opiniones|reseñas|valoraciones|comentarios|compartido|hemos (?:servido|atendido)|han (?:reservado|comprado|visto|votado)|(?:están|hay) (?:mirando|viendo)|"
    r"visitatori|lettori|iscritti|seguaci|follower|lett[oaie] [#]|visualizzazioni|visualizzat\w|scaricat\w|condivis\w|recensioni|valutazioni|commenti|mi piace|hanno (?:risposto|votato|acquistato|prenotato|visto|letto|scaricato)|stanno guardando|"
    r"visualizações|seguidores|leitores|partilhas|partilhad\w|compartilhad\w|descarregad\w|baixad\w|lid[oa] [#]|avaliações|opiniões|comentários|gostos|curtidas|transportámos|(?:reservaram|compraram|viram|votaram|estão a ver|estão vendo)|"
    r"bezoekers?|lezers|volgers|weergaven|beoordelingen|reacties|vind[- ]ik[- ]leuks|bekeken|gelezen|gedeeld|gedownload|verkocht|abonnees|(?:kochten|boekten|bekijken) (?:dit|deze)|"
    r"訪問者|来場者数|閲覧|見られ|読まれ|再生|ダウンロード|フォロワー|いいね|クチコミ|口コミ|レビュー|アクセス|人目"
)
# Who is there at this moment, who waits.
PRESENCE = (
    r"online|connecte[dr]|logged in|in (?:the )?queue|queue|waiting (?:time|list position)|viewing|angemeldet|eingeloggt|warteschlange|wartezeit|warten|connectés?|en ligne|file d['’]attente|temps d['’]attente|"
    r"conectad[oa]s|en línea|en espera|tiempo de espera|collegati|connessi|in attesa|in coda|tempo di attesa|ligad[oa]s|em linha|na fila|tempo de espera|ingelogd|verbonden|wachtenden|wachttijd|待ち(?:人数|時間)|オンライン"
)
NOW = r"just nu|lige nu|akkurat nå|för närvarande|teraz|obecnie|aktualnie|właśnie|právě|nyní|tällä hetkellä|сейчас|şu anda|jelenleg|now|currently|right now|at the moment|today|live|jetzt|derzeit|aktuell|momentan|gerade|heute|im (?:bad|haus|museum|park|saal|kino)|en ce moment|actuellement|maintenant|aujourd['’]hui|ahora|actualmente|en este momento|hoy|adesso|ora|attualmente|oggi|in questo momento|agora|atualmente|neste momento|hoje|nu|momenteel|op dit moment|vandaag|ただいま|現在|本日|今日"
PEOPLE = r"people|persons?|guests?|users?|members?|gäste|personen|nutzer|leute|mitglieder|personnes|gens|clients|personas|huéspedes|usuarios|clientes|persone|ospiti|utenti|pessoas|hóspedes|utilizadores|usuários|mensen|gasten|gebruikers|人"
# What is promised, allowed or sold is a fact, however many people it speaks of.
PROMISE = (
    r"an? (?:day|week|month|year|hour)|am tag|im monat|al (?:día|mes|giorno|mese)|ao (?:dia|mês)|wash\w*|waschen|bake|store|keep|must|aged?|ages|version|release|"
    r"up to|at most|at least|max(?:imum|imal)?|min(?:imum|destens)|min\.? ?#|per|each|every|limit\w*|needs?|requires?|goal|target|ziel|objecti[fv]\w*|expires?|valid|capacity|quota|allowed|includ\w*|included|only|first|places?|seats?|rooms?|tickets?|spots?|slots|left|remaining|available|stock|fee|price|costs?|free|required|registered company|"
    r"bis zu|höchstens|pro|je|nur noch|nur|plätze|platz|zimmer|frei\w*|verfügbar|karten|gebühr|kostet|inklusive|enthält|"
    r"jusqu['’]à|au plus|au moins|par|chaque|places|chambres|restantes?|disponibles?|billets|tarif|coûte|inclus\w*|"
    r"hasta (?!hoy|ahora|la fecha)|como máximo|al menos|por|cada|plazas|habitaciones|quedan?|entradas|disponible|cuesta|incluid\w|aforo|"
    r"fino a|massimo|almeno|per|ogni|posti|camere|biglietti|disponibil\w|rimast\w|costa|inclus\w|"
    r"até (?!hoje|agora|à data)|no máximo|pelo menos|cada|lugares|quartos|bilhetes|disponíve\w+|restam|custa|incluíd\w|"
    r"tot|hoogstens|maximaal|minstens|elke|plaatsen|kamers|kaarten|beschikbaar|nog|kost|inbegrepen|"
    r"まで|以内|以上|以下|定員|空き|残り|在庫|予約可"
)
UPDATED = (
    r"snapshot|captured|aufnahme|cliché|captura|scatto|opname|last reading|messung|mesuré|medición|misurazione|meting|updated?|refreshed|synced|synchroni[sz]ed|checked|probed?|modified|generated|rendered|aktualisiert|aktualisierung|geändert|abgerufen|erzeugt|mise? à jour|actualisée?|synchronisation|synchronisé|modification|générée?|rendue?|servie?|"
    r"actualización|actualizad[oa]|sincronización|generad[oa]|aggiornamento|aggiornat[oa]|sincronizzazione|generat[oa]|atualização|actualização|atualizad[oa]|sincronização|gerad[oa]|bijgewerkt|vernieuwd|gewijzigd|gesynchroniseerd|gegenereerd|最終更新|更新日時?|更新"
)
# What begins a line that tells the time, with a colon or at once.
CLOCK_LABEL = r"now|jetzt|ahora|adesso|agora|nu|maintenant|ただいま\w*|現在\w*"
CLOCK_PHRASE = r"it is|it['’]s|es ist|il est|nous sommes|son las|es la|sono le|são|het is|ただいまの?時刻|現在の?時刻"
LATEST = r"last|latest|letzte[rsn]?|neueste[rsn]?|dernière?s?|última?|último|ultim[oa]|laatste|nieuwste|最新|最終|最近"
SPAN_AGO = r"\bago\b|\bvor (?:[#]|einer?)|il y a|\bhace\b|[#]?\s?\w+ fa\b|\bhá\b|\bgeleden\b|前"
NEXT = r"(?:next|nächste[rs]?|prochaine?|próxim[oa]|prossim[oa]|volgende|次の)"
WITHIN = r"(?:in|dans|en|dentro de|daqui a|tra|fra|over|noch|sluit over|schließt in|ferme dans|cierra en|chiude tra|fecha em|closes in|opens in|あと)"
SPAN = r"[#] ?(?:min(?:ute|uten|uti|utos|utes|uut|\.)?n?|h|hours?|std\.?|stunden?|heures?|horas?|or[ae]|uur|sek\w*|sec\w*|seg\w*|分|時間|秒)"
SKY = (
    r"sunny|cloud\w*|clear|rain\w*|shower\w*|overcast|snow\w*|fog\w*|wind\w*|storm\w*|sonnig|bewölkt|wolkig|heiter|regen\w*|klar|schnee\w*|nebel|ciel|soleil|ensoleillé|nuag\w*|pluie|pluvieux|couvert|neige|orage\w*|"
    r"soleado|despejado|nubla\w*|nub\w+|lluvia|viento|tormenta\w*|seren[oa]|sole|soleggiato|nuvol\w*|coperto|pioggia|piovoso|neve|temporal\w*|céu|sol|nublado|chuva|chuviscos|vento|zon\w*|bewolkt|buien|mist|onweer|helder|晴\w*|曇\w*|くもり|雨|雪|"
)
SAYING = (
    r"(?:spruch|zitat|witz|tipp|wort|weisheit|bauernregel|fakt|bild) des tages|(?:proverbe|citation|pensée|mot|dicton|blague|astuce|anecdote|photo|image) du jour|(?:frase|cita|refrán|dicho|chiste|consejo|proverbio|palabra|foto|dato|curiosidad) del día|"
    r"(?:proverbio|citazione|massima|aforisma|parola|curiosità|barzelletta|frase|foto|santo|consiglio) del giorno|(?:provérbio|citação|pensamento|palavra|curiosidade|piada|dica|frase|foto) do dia|(?:spreuk|citaat|gezegde|woord|mop|weetje|foto|tip) van de dag|"
    r"(?:quote|tip|word|fact|joke|photo|picture|thought|verse|saying|proverb|trivia|riddle) of the (?:day|week|hour|moment)|今日の(?:豆知識|名言|一言|ひとこと|ことば|言葉|格言|運勢|雑学|一枚)|wussten sie schon|le saviez-vous|sabías que|lo sapevi|sabia que|wist je dat"
)
# A look back over the last hours or days, beside a count.
LOOK_BACK = r"(?:(?:in|over|within|during) (?:the )?(?:last|past)|(?:in|während) den letzten|(?:dans|sur|pendant|ces) (?:les )?(?:# )?derni[eè]re?s|en (?:las|los) últim[ao]s|nelle ultime|negli ultimi|n[ao]s últim[ao]s|in de (?:laatste|afgelopen)|過去) ?(?:# ?)?\w+"
SERVER = r"cache|quer(?:y|ies)|served|rendered|page load|requêtes|abfragen|datenbankabfragen|consultas|ausgeliefert|nœud|node"
NEWEST_MEMBER = r"(?:newest|latest) (?:member|user)|neueste[sr]? (?:mitglied|nutzer|benutzer)|(?:dernier|nouveau) (?:membre|inscrit)|(?:último|nuevo) (?:miembro|usuario)|(?:ultimo|nuovo) (?:iscritto|utente)|(?:último|novo) membro|nieuwste lid"
# What onlookers did; unlike "visitors" and "votes" it stands in whole sentences.
DEEDS = (
    r"(?:viewed|read|visited|shared|downloaded|watched|liked|sold|clicked|opened|printed|listened to)(?: by)?(?: over| about)? # (?:times?|x|people|users|readers)|# (?:hits|page ?views|clicks)|trusted|loved (?:in|by)|joined by|and counting|"
    r"aufgerufen|gelesen|angesehen|heruntergeladen|geteilt|partagée?|téléchargée?|consultée?|ont (?:lu|partagé|réservé|acheté|vu|aimé|voté|répondu)|hemos (?:servido|atendido)|han (?:reservado|comprado|visto|votado)|"
    r"hanno (?:risposto|votato|acquistato|prenotato|visto|letto|scaricato)|stanno guardando|lett[oa] #|visualizzat\w|scaricat\w|condivis\w|partilhad\w|compartilhad\w|descarregad\w|baixad\w|lid[oa] #|transportámos|"
    r"(?:reservaram|compraram|viram|votaram|estão a ver|estão vendo)|bekeken|gelezen|gedeeld|gedownload|verkocht|(?:kochten|boekten|bekijken) (?:dit|deze)|見られ|読まれ|人目|閲覧|再生"
)
LABEL_TAIL = r"by|so far|today|heute|auf|diese[rs]?|seite|seit|page|on|this|of|count|now|total|totale|hoje|oggi|hoy|aujourd['’]hui|de|la|cette|esta|questa|pagina|página|op|deze|sinds|depuis|desde|dal|數|数"
HEAT_LABEL = r"water|wasser|luft|eau|air|agua|acqua|aria|água|ar|lucht|水温|気温"
