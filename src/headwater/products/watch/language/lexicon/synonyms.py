"""Words that may stand for each other without a change of matter, one group a line; a word may be in several groups."""

from headwater.products.watch.language.lexicon.synonyms_abroad import SYNONYMS_ABROAD
from headwater.products.watch.language.lexicon.synonyms_more import SYNONYMS_MORE

_SYNONYMS = """
team staff crew personnel employees colleagues workforce people
expert specialist professional
help assist support aid assistance facilitate
buy purchase acquire order get obtain procure
begin start commence launch open initiate kick-off
end finish conclude close stop terminate complete
choose pick select opt choice selection
bike bicycle cycle
big large great huge major substantial considerable sizeable enormous vast massive extensive significant
small little tiny minor compact modest slight
fast quick rapid swift speedy prompt
quickly fast rapidly swiftly promptly speedily
quickly soon shortly promptly
immediately instantly straightaway once directly
show display present exhibit demonstrate reveal indicate
customer client shopper buyer patron guest visitor consumer
visitor guest traveller tourist people attendee
user member subscriber person people customer
reader user visitor people
company firm business organisation organization enterprise corporation
shop store outlet boutique
deliver ship dispatch send post mail supply
delivery shipping dispatch shipment postage shipment
allow permit let enable authorise authorize
allowed permitted authorised
forbidden prohibited banned disallowed
need require demand necessitate
necessary required needed essential mandatory compulsory obligatory
happy glad pleased delighted
new fresh brand-new latest recent novel
old former previous earlier past prior
old ancient historic aged
improve enhance better upgrade refine boost optimise optimize strengthen
improvement enhancement upgrade refinement
fix repair mend correct resolve solve rectify patch remedy
bug error fault defect issue problem flaw glitch
problem issue trouble difficulty
change modify alter adjust amend edit update revise
change modification alteration adjustment amendment edit revision
provide offer supply give deliver furnish grant
contact reach call write message approach
call phone telephone ring dial
book reserve
booking reservation
answer reply respond response
question query enquiry inquiry
job position role post vacancy opening
work employment labour labor job
worker employee labourer
salary pay wage remuneration earnings income
price cost rate fee charge tariff
expensive costly pricey dear
cheap inexpensive affordable low-cost economical budget
free complimentary gratis
discount reduction rebate
car vehicle automobile auto
house home building residence dwelling
flat apartment
home house household
town city municipality
road street lane
child kid youngster
children kids youngsters
doctor physician medic
medicine medication drug remedy
illness disease sickness condition
ill sick unwell
hospital clinic
teacher instructor tutor educator
student pupil learner
lesson class course session
class course session lesson training
film movie picture
photo picture image photograph
song track tune
book title volume
article story piece post
story tale account narrative
news information update announcement
announce declare reveal unveil
say state tell declare remark comment
said told stated declared
explain describe clarify outline
discuss debate talk
talk speak chat
think believe consider feel reckon
know understand realise realize
learn discover find study
find discover locate encounter
search look seek hunt
see view look watch observe
watch view see
hear listen
read study peruse
write compose author draft
create make build produce develop craft
build construct erect make
make produce manufacture create craft
develop create design build
design plan devise
plan scheme project intend
project undertaking initiative
goal aim objective target purpose
aim intend plan try
try attempt endeavour endeavor test
test try check examine evaluate
check verify inspect examine review
verify confirm validate check
confirm verify acknowledge
review assess evaluate examine
evaluate assess appraise
measure gauge
compare contrast
include contain comprise feature incorporate
contain hold include
consist comprise
add append insert attach
remove delete erase eliminate discard
delete erase remove
drop remove discontinue
replace substitute swap exchange
swap exchange switch
switch move change migrate
move transfer shift relocate
transfer move
carry transport convey bring
bring take carry
take bring
hold keep retain
keep retain hold store preserve maintain
store keep save hold
save store keep
save spare
maintain keep preserve
protect guard secure safeguard shield
protection safeguarding conservation
safe secure
security safety
danger hazard risk peril
dangerous hazardous risky
careful cautious attentive
carefully thoroughly attentively cautiously meticulously
attention care caution
easy simple straightforward effortless
easily simply effortlessly
simple easy plain straightforward uncomplicated
hard difficult tough challenging
difficult hard tough tricky
strong robust sturdy powerful solid
sturdy robust solid durable strong
weak feeble
good fine great excellent nice
excellent outstanding superb great exceptional first-class
beautiful lovely pretty attractive gorgeous stunning
lovely delightful charming pleasant
nice pleasant enjoyable lovely
enjoy like love appreciate savour
like enjoy love
popular favourite beloved well-liked
famous well-known renowned celebrated
known famous recognised recognized
important significant crucial key essential vital major
main principal chief primary major key
primary main chief
entire whole complete full
full complete entire
complete whole total full
completely fully entirely totally wholly
part portion section piece
section part chapter
area region zone district
region area territory
place location spot site venue
site location place spot
located situated based found
near close nearby
nearby neighbouring local surrounding
next following subsequent
following next below
below underneath beneath under
above over
over more exceeding
more additional further extra
additional extra further added more supplementary
another further additional
also too additionally likewise
approximately about roughly around circa nearly
almost nearly virtually practically
nearly almost
usually normally generally typically commonly ordinarily
normal usual regular ordinary typical
usual normal customary regular
common frequent widespread usual
often frequently regularly
frequently often regularly
rarely seldom hardly
sometimes occasionally
always constantly continually
permanently always
whenever anytime time
currently presently now moment
today now nowadays
later afterwards subsequently
earlier before previously
previously formerly earlier
recently lately
soon shortly
finally eventually lastly
eventually finally
first initially
initially originally first
suddenly abruptly
fully completely entirely
partly partially
mainly mostly chiefly primarily largely
mostly mainly largely
only solely exclusively just merely
especially particularly notably
particular specific special certain
specific particular certain
various several different diverse numerous
several various multiple many numerous
many numerous plenty countless
different various distinct
same identical equal
equal same identical
similar alike comparable
opposite contrary
enough sufficient adequate
sufficient enough adequate
plenty enough ample
lack shortage
because since
reason cause grounds
cause reason trigger source
cause produce trigger provoke
result outcome consequence effect
result lead
effect impact influence consequence
affect influence impact
happen occur arise
occur happen arise
event occasion happening function
meeting gathering session assembly
meet gather assemble convene
join enter participate
participate attend join
attend visit
participant attendee
member participant
visit attend see
come arrive
arrive come reach
leave depart go quit exit
leave abandon
return back
return send
return refund
go travel head proceed
travel journey trip
journey trip ride drive
trip journey excursion outing tour
tour visit excursion
walk hike stroll
hiker walker rambler
route path way trail
path trail way track
entrance entry gate door
entry admission access
admission entry entrance
exit way-out
ticket pass
pass permit
room space
space room place
seat place spot
spot place
chair seat
"""
SYNONYMS = "\n".join((_SYNONYMS, SYNONYMS_MORE, SYNONYMS_ABROAD))
PHRASES = """
in order to = to
so as to = to
as well as = and
along with = and
together with = with
prior to = before
ahead of = before
subsequent to = after
due to = because
owing to = because
because of = because
thanks to = because
as a result of = because
in addition = also
in addition to = and
get in touch = contact
be in touch = contact
reach out = contact
drop us a line = contact
feel free = please
do not hesitate = please
don't hesitate = please
sign up = register
signing up = register
sign-up = register
sign in = login
log in = login
logged in = login
logging in = login
signing in = login
set up = install
find out = learn
carry out = perform
carried out = performed
put on = wear
call off = cancel
called off = cancelled
put off = postpone
put back = postpone
get rid of = remove
take part = participate
taking part = participate
takes part = participates
make sure = ensure
take place = happen
takes place = happens
taking place = happening
take care of = maintain
look after = maintain
looked after = maintained
a number of = several
a lot of = many
lots of = many
plenty of = many
a couple of = several
a few = several
a wide range of = various
a variety of = various
a majority of = most
the majority of = most
at the moment = currently
at present = currently
right now = currently
these days = currently
for the time being = currently
as soon as possible = promptly
without delay = promptly
right away = immediately
straight away = immediately
at once = immediately
in the near future = soon
in advance = before
beforehand = before
in case = if
in the event of = if
in the event that = if
provided that = if
as long as = if
no later than = by
at the latest = by
free of charge = free
at no cost = free
at no charge = free
at no extra cost = free
at no additional cost = free
without charge = free
for free = free
for nothing = free
no charge = free
on the house = free
as a gift = free
up to = most
at most = most
no more than = most
not more than = most
a maximum of = most
maximum of = most
at least = least
no less than = least
not less than = least
no fewer than = least
a minimum of = least
minimum of = least
more than = over
less than = under
fewer than = under
close to = near
next to = beside
in front of = before
opposite of = opposite
by means of = by
with the help of = with
on behalf of = for
with regard to = about
regarding = about
concerning = about
in accordance with = under
according to = per
instead of = not
rather than = not
apart from = except
other than = except
with the exception of = except
every day = daily
each day = daily
seven days a week = daily
per day = daily
every week = weekly
each week = weekly
per week = weekly
once a week = weekly
every month = monthly
each month = monthly
per month = monthly
a month = monthly
every year = yearly
each year = yearly
per year = yearly
per annum = yearly
a year = yearly
once a year = yearly
every hour = hourly
per hour = hourly
an hour = hourly
work out = solve
turn on = enable
switch on = enable
switched on = enabled
turned on = enabled
turn off = disable
switch off = disable
switched off = disabled
turned off = disabled
is able to = can
are able to = can
be able to = can
is allowed to = may
are allowed to = may
is permitted to = may
have to = must
has to = must
had to = must
need to = must
needs to = must
is required to = must
are required to = must
is obliged to = must
is going to = will
are going to = will
used to = formerly
head office = headquarters
working day = workday
working days = workdays
business day = workday
business days = workdays
opening hours = hours
hours of operation = hours
opening times = hours
business hours = hours
credit card = creditcard
e mail = email
web site = website
web page = page
mobile phone = mobile
cell phone = mobile
smart phone = mobile
postal code = zip
zip code = zip
"""
