# ruff: noqa: E501 — one group a line
"""Words that carry no matter of their own. Modals, quantities and what turns a meaning round are not among them."""

STOPWORDS = {
    "en": """a an the this that these those it its itself i me my we us our ours you your yours he him his she her hers they them their theirs
        is are was were be been being am do does did doing done has have had having will would shall should can could may might of to in on at by for
        with from as into onto over about through during between among within and or but nor so then than too also just very really quite rather
        simply please there here who whom whose which what when where why how if because while whilst since though although however therefore
        thus hence moreover furthermore still even ever again already now soon currently presently such own same other another any each both
        get gets got getting let lets make makes made making go goes going come comes coming one ones upon toward towards per via s t ll re ve d m
        well indeed actually basically generally usually kindly gladly happily fully completely entirely totally certainly always yet
        be able like as well along around across out up off back able way ways thing things time times take takes taken taking
        put puts keep keeps kept give gives given giving use used using see sees find finds want wants need needs look looks mr mrs ms dr prof
        etc eg ie vs everyone everybody everything much more most less lot lots bit quite pretty anyway course fact order rest whole kind sort number""",
    "de": """der die das den dem des ein eine einer eines einem einen und oder aber auch doch noch nur schon sehr ist sind war waren sein seine
        seiner ihr ihre ihrer ihrem ihren wir uns unser unsere unserer unserem unseren sie ihnen er es ich mich mir man sich wird werden wurde
        wurden worden hat haben hatte hatten kann können könnte soll sollen dürfen darf bei mit von vom zu zum zur in im ins an am auf aus für
        über unter um durch als wie wenn weil dass da so dann denn diese dieser dieses diesem diesen jede jeder jedes hier dort mehr immer wieder
        gerne gern bitte bereits sowie damit daher dabei dazu etwa rund ca pro lassen lässt gibt geben""",
    "fr": """le la les l un une des du de d et ou mais aussi très est sont était étaient être été a ont avait avez avoir nous notre nos vous votre
        vos il elle ils elles on se sa son ses ce cet cette ces que qui qu quoi dont où dans en sur sous par pour avec sans chez au aux à y
        plus moins bien encore déjà peut peuvent pouvez sera seront fait faire leur leurs lui si comme ainsi afin lors entre depuis pendant
        vers n s c j m t tout toute tous toutes même""",
    "es": """el la los las un una unos unas y e o u pero también muy es son era eran ser sido fue fueron está están estar ha han había haber tiene
        tienen de del al a en con por para desde hasta entre sobre bajo su sus nuestro nuestra nuestros nuestras se le les lo nos que quien
        cual cuyo donde cuando como si más menos ya aún todo toda todos todas este esta estos estas ese esa eso esto puede pueden será serán
        así además mientras durante cada""",
    "it": "il lo gli i uno una e ed di del della dei delle da dal nel nella con per tra fra che chi è sono era essere stato si ci anche più",
    "nl": "de het een en van in op te dat die is zijn was voor met aan er om als bij ook naar door over uit wij ons onze u uw",
    "pt": "o os as um uma e do da dos das no na nos nas em por para com que se é são foi mais como mas ao",
    "ja": """の に は を た が で て と し れ さ ある いる も する から な こと として い や れる など なっ ない この ため その あっ よう また もの
        という あり まで られ なる へ か だ これ によって により おり より による ず なり られる において ば なかっ なく しかし について せ だっ
        その後 できる それ です ます ました ません でした ください ので でき します しました されます いたします おります ございます ご お""",
}
# Words without matter of which one for another still turns a meaning; "only" does so by coming or going.
WEIGHTY = tuple(
    frozenset(words.split())
    for words in (
        "and or",
        "must may should can",
        "may will",
        "must will",
        "all any some most each",
        "before after",
        "until from since",
        "up down",
        "in out",
        "on off",
        "more less",
        "und oder",
        "et ou",
        "y o",
        "muss kann darf soll",
        "vor nach",
        "avec sans",
        "con sin",
        "mit ohne",
        "will was were",
        "over under",
        "to from",
        "her his",
        "above below",
        "with without",
        "toward from",
        "every some",
        "always sometimes",
    )
)
_NEGATIONS = (
    "not no non niemand keinerlei personne rien nadie nada never none nobody nothing nowhere neither nor "
    "without cannot nicht kein keine keinen keiner keinem keines nie niemals ohne ne pas jamais aucun "
    "aucune sans nunca sin ningún ninguna ninguno tampoco ない ません なし 不 無 非 未 não nem nenhum nenhuma sem "
    "niet geen nooit zonder senza mai nessun nessuno nessuna "
    "inte ej ingen inget inga aldrig utan ikke aldri uten uden brak bez nesmí není nejsou není nelze ei eivät ilman не нет без değil yok "
)
NEGATIONS = frozenset(_NEGATIONS.split())
NUMBER_WORDS = {
    "en": "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
    "de": "null zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
    "fr": "zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
    "es": "cero dos tres cuatro cinco seis siete ocho nueve diez onze_es doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte",
    "it": "zero_it due_it tre quattro cinque sei_it sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti",
    "nl": "nul twee drie vier vijf zes zeven acht_nl negen tien elf_nl twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig",
    "pt": "zero_pt dois três quatro cinco_pt seis_pt sete oito nove_pt dez onze_pt doze_pt treze catorze_pt quinze_pt dezesseis dezessete dezoito dezenove vinte",
    "sv": "noll två tre_sv fyra fem sex_sv sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo",
    "da": "nul_da to_da tre_da fire_da fem_da seks syv otte ni_da ti_da elleve tolv_da tretten fjorten femten_da seksten sytten atten nitten tyve",
    "pl": "zero_pl dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia",
    "pl2": "zero_pl2 dwie trzech czterech pięciu sześciu siedmiu ośmiu dziewięciu dziesięciu jedenastu dwunastu trzynastu czternastu piętnastu szesnastu siedemnastu osiemnastu dziewiętnastu dwudziestu",
    "cs": "nula dva tři čtyři pět šest sedm osm devět deset jedenáct dvanáct třináct čtrnáct patnáct šestnáct sedmnáct osmnáct devatenáct dvacet",
    "fi": "nolla kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista kolmetoista neljätoista viisitoista kuusitoista seitsemäntoista kahdeksantoista yhdeksäntoista kaksikymmentä",
    "ru": "ноль два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать",
}
TENS = {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
    "dreißig": 30,
    "vierzig": 40,
    "fünfzig": 50,
    "hundert": 100,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "cent": 100,
    "treinta": 30,
    "cuarenta": 40,
    "cincuenta": 50,
    "cien": 100,
    "both": 2,
    "beide": 2,
    "twice": 2,
    "couple": 2,
    "pair": 2,
}
ORDINAL_WORDS = {
    name: place
    for place, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        start=1,
    )
}
