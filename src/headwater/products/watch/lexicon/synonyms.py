"""Words that may stand for each other without a change of matter, one group a line; a word may be in several groups."""

SYNONYMS = """
team staff crew personnel employees colleagues people experts specialists
help assist support aid assistance
buy purchase acquire order get obtain
begin start commence launch kick-off
end finish conclude close stop
choose pick select opt
bike bicycle cycle
big large great huge major substantial considerable
small little tiny minor compact
fast quick rapid swift speedy prompt
quickly fast rapidly swiftly promptly speedily
show display present exhibit demonstrate
customer client shopper buyer patron guest visitor
user member subscriber
company firm business organisation organization enterprise
shop store outlet boutique
deliver ship dispatch send post mail
delivery shipping dispatch shipment postage
allow permit let enable
need require demand
happy glad pleased delighted
glad pleased happy delighted
new fresh brand-new latest recent
old former previous earlier past prior
improve enhance better upgrade refine boost
fix repair mend correct resolve
bug error fault defect issue problem
change modify alter adjust amend edit update
provide offer supply give deliver furnish
contact reach call write
book reserve
booking reservation
"""
PHRASES = """
in order to = to
as well as = and
"""
