"""Words that give a line weight: news that nobody puts into an offer, and what makes a number a promise or a limit."""

from __future__ import annotations

import re

from headwater.products.watch.language.lexicon import read_joined

_WORDS = read_joined("weight")
GRAVE = re.compile(_WORDS["grave"], re.IGNORECASE)
LIMITS = re.compile(_WORDS["limits"], re.IGNORECASE)
