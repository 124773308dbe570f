# ruff: noqa: E501 — one language a line
"""Words of news that nobody puts into an offer, a quote or a teaser: closed, cancelled, out of order, warned of, moved."""

import re

GRAVE = re.compile(
    r"(?<![^\W\d_])(?:"
    r"clos(?:ed|ure|es|ing)|shut\w*|cancell?ed|cancels|problems?|faults?|breakdown|suspend\w*|postpon\w*|delay\w*|disrupt\w*|outage|out of (?:order|service)|unavailable|strike|warning|alert|evacuat\w*|recall\w*|emergenc\w*|urgent|flood\w*|maintenance|moved to|relocat\w*|withdrawn|discontinu\w*|deadline|unsafe|boil|incident|"
    r"probleme?|geschlossen|schließ\w*|gesperrt|sperrung|abgesagt|entfällt|entfallen|ausfall|stromausfall|störung\w*|gestört|verschoben|verspät\w*|streik|warnung|achtung|rückruf|notfall|notdienst|wartung\w*|umgezogen|eingestellt|unwetter|vollsperrung|"
    r"problèmes?|ferm[ée]\w*|annulé\w*|annulation|suspendu\w*|reporté\w*|retard\w*|perturb\w*|panne|coupure|hors service|grève|attention|avertissement|alerte|évacu\w*|rappel\w*|urgen\w*|inond\w*|déménag\w*|supprimé\w*|"
    r"problemas?|cerrad\w*|cierre|cancelad\w*|suspend\w*|aplazad\w*|retraso\w*|avería|corte|huelga|aviso|advertencia|alerta|evacua\w*|retirad\w*|urgente|inundaci\w*|traslad\w*|"
    r"problem[ai]|chius\w*|chiusura|annullat\w*|sospes\w*|rinviat\w*|ritard\w*|guasto|interruzione|sciopero|avviso|allerta|richiamo|urgente|emergenza|alluvione|trasferit\w*|"
    r"problemen|gesloten|sluiting|geannuleerd|afgelast|vervallen|uitgesteld|vertraging|storing|stroomuitval|staking|waarschuwing|terugroep\w*|noodgeval|verhuisd|buiten dienst|"
    r"fechad\w*|encerrad\w*|cancelad\w*|suspens\w*|adiad\w*|atras\w*|avaria|greve|aviso|recolha|urgente|mudou|interditad\w*|"
    r"stängd\w*|stängt|inställ\w*|försen\w*|avbrott|strejk|varning|återkall\w*|flyttat|lukket|lukker|aflyst|aflyses|forsink\w*|nedbrud|strejke|advarsel|stengt|avlyst|innstilt|streik|flyttet|"
    r"zamknięt\w*|nieczynn\w*|odwołan\w*|zawieszon\w*|wstrzyman\w*|opóźni\w*|awari\w*|strajk|ostrzeż\w*|uwaga|przeniesion\w*|zavřen\w*|uzavřen\w*|zrušen\w*|přeruš\w*|odložen\w*|zpožd\w*|výpadek|porucha|stávka|varování|pozor|přestěhov\w*|suljettu|peru\w*|häiriö|lakko|varoitus|"
    r"закрыт\w*|отмен\w*|приостанов\w*|перенес\w*|задерж\w*|авари\w*|забастовк\w*|внимание|kapalı|iptal|ertelendi|arıza|grev|uyarı"
    r")(?![^\W\d_])|休業|休館|休止|中止|延期|運休|遅延|停止|閉鎖|閉館|休診|故障|障害|警報|注意|避難|回収|終了",
    re.IGNORECASE,
)
