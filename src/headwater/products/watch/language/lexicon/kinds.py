# ruff: noqa: E501 — one group a line
"""Words of one kind: one put in the place of another is a changed fact, never a paraphrase. One line a kind."""

KINDS = """
weekday: monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 mondays tuesdays wednesdays thursdays fridays saturdays sundays weekdays weekends weekend
part of day: morning afternoon evening night midday noon midnight dawn dusk mornings afternoons evenings nights vormittag nachmittag abend morgen mittag matin soir après-midi mañana tarde noche 午前 午後 朝 夕方 夜
season: spring summer autumn winter frühling sommer herbst printemps été automne hiver primavera verano otoño invierno 春 夏 秋 冬
frequency: hourly daily weekly biweekly fortnightly monthly quarterly yearly annual annually stündlich täglich wöchentlich monatlich jährlich quotidien hebdomadaire mensuel mensuelle annuel annuelle diario semanal mensual anual 毎日 毎週 毎月 毎年
colour: red blue green yellow orange purple pink black white grey gray brown beige navy turquoise crimson scarlet violet silver gold golden ivory teal rot blau grün gelb schwarz weiß grau braun rouge bleu bleue vert verte jaune noir noire blanc blanche gris rojo roja azul verde amarillo amarilla negro negra blanco blanca 赤 青 緑 黄色 黒 白
compass: north south east west northern southern eastern western northeast northwest southeast southwest norden süden osten westen nord sud est ouest norte sur este oeste 北 南 東 西
left right: left right links rechts gauche droite izquierda derecha 左 右
size: small medium large tiny huge klein groß petit grand pequeño grande xs xl xxl
level: beginner beginners intermediate advanced expert novice junior senior entry-level anfänger fortgeschrittene débutant débutants avancé principiante avanzado 初級 中級 上級
rank: gold-tier bronze platinum premium basic standard pro enterprise starter
diet: vegan vegetarian halal kosher gluten-free vegetarisch végétarien végétalien vegano vegetariano
meat: beef pork chicken lamb fish turkey salmon tuna duck cod veal shrimp prawn tofu rind rindfleisch schwein hähnchen huhn lachs lamm boeuf bœuf porc poulet agneau saumon canard pollo cerdo ternera cordero salmón pescado 牛肉 豚肉 鶏肉 魚 鮭
produce: apple apples pear pears tomato tomatoes potato potatoes carrot carrots onion onions garlic lemon lime cherry cherries strawberry strawberries raspberry raspberries blueberry blueberries mushroom mushrooms pumpkin spinach leek leeks
dairy: milk cream butter cheese yoghurt yogurt margarine milch sahne butter käse lait crème beurre fromage leche nata mantequilla queso
drink: tea coffee wine beer juice water cider cocoa
dose unit: milligram milligrams gram grams teaspoon teaspoons tablespoon tablespoons cup cups ml mg tablet tablets capsule capsules
time unit: second seconds minute minutes hour hours day days week weeks month months year years sekunden minuten stunden tage tagen wochen monate monaten jahre jahren secondes heures jours semaines mois ans segundos minutos horas días semanas meses años
family: mother father brother sister son daughter wife husband uncle aunt
person: man woman boy girl men women boys girls children adults child adult seniors students pensioners kinder erwachsene enfants adultes niños adultos 大人 子供
animal: dog dogs cat cats horse horses bird birds cow cows sheep
material: wood wooden steel aluminium aluminum plastic leather cotton wool silk glass copper iron titanium linen polyester holz stahl baumwolle leder bois acier coton cuir madera acero algodón cuero
payment: cash card cheque check invoice paypal bitcoin bargeld karte espèces carte efectivo tarjeta
vehicle: bus train tram ferry plane bicycle car taxi coach truck lorry
office: ceo cfo cto coo president chairman chairwoman director manager secretary treasurer minister mayor dean rector chancellor governor
sport: football basketball tennis hockey rugby cricket volleyball swimming handball baseball
system: linux windows macos android ios ubuntu debian
language: python rust java javascript typescript ruby golang kotlin swift php perl scala haskell
database: postgres postgresql mysql sqlite oracle mariadb mongodb redis
tongue: english german french spanish italian portuguese japanese chinese dutch russian polish arabic korean turkish swedish danish deutsch englisch französisch spanisch anglais français allemand espagnol inglés francés alemán español
continent: europe asia africa america australia antarctica
document: passport visa licence license certificate receipt
building: library museum hall theatre theater church school gym stadium auditorium chapel library
weather sign: rain snow hail fog wind storm thunderstorm drizzle sleet
degree: bachelor master doctorate diploma phd
ordinal: first second third fourth fifth sixth seventh eighth ninth tenth last
share: half quarter third double triple
sex: male female
time relation: today tomorrow yesterday
quantity: all some none most few many several
month: january february march april may june july august september october november december
temperature: hot cold warm cool
wet: wet dry
paid: gross net
medium: email phone post fax letter sms
""".replace(" may june", " june")
