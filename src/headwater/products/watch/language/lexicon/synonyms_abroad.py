"""Groups of words that may stand for each other in German, French and Spanish."""

SYNONYMS_ABROAD = """
kostenlos gratis kostenfrei frei umsonst
kaufen erwerben bestellen
kauf erwerb einkauf
beginnen starten anfangen beginnt startet
enden aufhören endet schließt
öffnen aufmachen
geöffnet offen auf
geschlossen zu
schnell rasch zügig flott
schnell umgehend prompt
groß riesig weit
klein winzig
neu frisch modern
alt früher ehemalig ehemals
helfen unterstützen beraten
hilfe unterstützung
kunde käufer besteller gast
kunden käufer gäste
gäste besucher
besucher gast
mitarbeiter team personal beschäftigte angestellte
firma unternehmen betrieb
geschäft laden shop
liefern versenden schicken zustellen
lieferung versand zustellung
bezahlen zahlen entrichten zahlt
kosten preis gebühr kostet
gebühr entgelt
bieten anbieten bietet
zeigen präsentieren
finden entdecken
nutzen verwenden benutzen gebrauchen
benötigen brauchen erfordern braucht
erhalten bekommen kriegen
ändern anpassen bearbeiten
verbessern optimieren
fehler problem störung
beheben reparieren lösen
löschen entfernen
hinzufügen ergänzen
anmelden registrieren einloggen
anmeldung registrierung
antworten erwidern
antwort rückmeldung
frage anfrage
fragen anfragen
kontakt verbindung
kontaktieren anrufen schreiben wenden
telefon telefonisch
telefonieren anrufen
reservieren buchen
reservierung buchung
veranstaltung event termin
teilnehmen mitmachen
teilnahme mitwirkung
kind kids
kinder kids
haus gebäude
wohnung appartement
stadt ort
straße weg
auto wagen fahrzeug
fahrrad rad
zug bahn
schön hübsch herrlich
gut prima
wichtig bedeutend wesentlich
möglich machbar
täglich jeden-tag
jährlich jahr
monatlich monat
ungefähr etwa circa
mindestens wenigstens
höchstens maximal
sofort umgehend unverzüglich gleich
bald demnächst
derzeit momentan aktuell gegenwärtig
oft häufig
immer stets
sämtlich alle
sämtlichen allen
gesamt ganz
verschieden unterschiedlich divers
viele zahlreiche
mehrere einige
erklären erläutern
sagen mitteilen
arbeit job
stelle job position
gehalt lohn
urlaub ferien
arzt doktor
medikament arznei arzneimittel
buch titel
lernen erfahren
bauen errichten
gründen eröffnen
gratuit offert
acheter acquérir commander
achat commande
commencer débuter démarrer commence débute
finir terminer achever
ouvert ouverture ouvre
fermé fermeture ferme
rapide vite
rapidement vite
grand vaste
petit modeste
nouveau neuf récent
ancien vieux
aider assister accompagner
client acheteur
clients acheteurs
visiteur hôte
équipe personnel
entreprise société firme
magasin boutique
livrer expédier envoyer
livraison expédition envoi
payer régler
paiement règlement
prix tarif coût
offrir proposer
montrer présenter
trouver découvrir
utiliser employer
nécessaire requis indispensable
obligatoire requis
recevoir obtenir
modifier changer
améliorer optimiser
erreur problème
corriger réparer
supprimer effacer
ajouter inclure
inscrire enregistrer
inscription enregistrement
répondre réagir
réponse retour
réserver retenir
réservation commande
appeler téléphoner contacter
événement manifestation
participer prendre-part
enfant gamin
enfants gamins
maison demeure
ville commune
rue voie
voiture véhicule auto
vélo bicyclette
beau joli magnifique
important essentiel
semaine hebdomadaire
environ approximativement
immédiatement aussitôt
bientôt prochainement
actuellement maintenant
souvent fréquemment
toujours constamment
plusieurs divers
change renouvelée renouvelle
cuisiné cuisinons préparé
acceptons acceptés accepte
partir dès
gratis gratuito gratuita libre
comprar adquirir
compra adquisición pedido
empezar comenzar iniciar empiezan comienzan empieza comienza
terminar acabar finalizar
abierto abre apertura
cerrado cierra cierre
rápido veloz
grande amplio
pequeño reducido
nuevo reciente
antiguo viejo
ayudar asistir apoyar
cliente comprador
visitante huésped
equipo personal plantilla
empresa compañía
tienda comercio
entregar enviar
entrega envío entregamos
pagar abonar pagan
precio coste tarifa
ofrecer proporcionar
mostrar presentar
encontrar descubrir
usar utilizar emplear
necesario preciso requerido
recibir obtener
cambiar modificar
mejorar optimizar
error fallo problema
corregir arreglar
eliminar borrar
añadir agregar
inscribir registrar
inscripción registro
responder contestar responde contesta
respuesta contestación
reservar apartar
llamar telefonear contactar
evento acto
participar tomar-parte
solicitar pedir
solicitud petición
plazo término
niño pequeño
casa vivienda hogar
ciudad localidad
calle vía
coche automóvil
bonito hermoso bello
importante esencial
aproximadamente alrededor
inmediatamente enseguida
pronto próximamente
actualmente ahora
siempre constantemente
varios diversos
"""
