# ruff: noqa: E501 — one language a line
"""Words beside which a number is a promise, a limit or a stock, in a dozen languages: it is never a mere count."""

import re

LIMITS = re.compile(
    r"(?<![^\W\d_])(?:"
    r"up to|at (?:most|least)|max\w*|min\.|minimum|limit\w*|capacity|quota|allow\w*|includ\w*|left|remain\w*|available|in stock|seats?|tickets?|rooms?|beds?|spots?|slots?|fees?|prices?|costs?|from #|requir\w*|aged?|ages|deadline|expires?|valid|until|warranty|guarantee\w*|returns?|refund\w*|deliver\w*|shipping|deposit|within|plans?|goal|target|floor|suite|apt|extension|ext|per #|# per|level|"
    r"bis zu|höchstens|mindestens|plätze|zimmer|karten|gebühr\w*|preis\w*|kostet|inklusive|enthält|gültig|frist|garantie|rückgabe|versand|lieferung|innerhalb|ab #|etage|raum|"
    r"jusqu\w*|au (?:plus|moins)|places|chambres|billets|tarifs?|prix|coûte|inclus\w*|délai|valable|garantie|retours?|livraison|sous #|dès #|étage|salle|"
    r"hasta|como máximo|al menos|plazas|habitaciones|entradas|precio|tarifa|cuesta|incluid\w+|plazo|válid\w+|garantía|devoluci\w+|envío|planta|sala|quedan?|"
    r"fino a|massimo|almeno|posti|camere|biglietti|prezzo|tariffa|costa|inclus\w|entro|valid\w|garanzia|resi|spedizione|consegna|piano|rimast\w|"
    r"até|no máximo|pelo menos|lugares|quartos|bilhetes|ingressos|preço|tarifa|custa|incluíd\w|prazo|válid\w|garantia|entrega|andar|restam|"
    r"hoogstens|maximaal|minstens|plaatsen|kamers|kaarten|prijs|kost|inbegrepen|binnen|geldig|garantie|levering|verzending|verdieping|"
    r"högst|minst|platser|rum|biljetter|avgift|pris|kostar|ingår|inom|giltig|garanti|leverans|frakt|højst|mindst|pladser|billetter|gebyr|inden|levering|fragt|plasser|innen|"
    r"maksym\w*|minimum|miejsc|pokoi|bilet\w*|opłat\w*|cena|kosztuje|w ciągu|ważn\w*|gwarancj\w*|zwrot\w*|dostaw\w*|piętro|wolnych|"
    r"nejvýše|nejméně|míst|cena|platn\w*|záruka|doručení|enintään|vähintään|paikkaa|hinta|voimassa|takuu|toimitus|"
    r"まで|以内|以上|以下|定員|空き|残り|在庫|料金|期限|有効|保証|階"
    r")(?![^\W\d_])|まで|以内|以上|以下|定員|空き|残り|在庫|料金|期限|有効|保証",
    re.IGNORECASE,
)
