"""More English groups of words that may stand for each other."""

SYNONYMS_MORE = """
ticket pass admission
register enrol enroll login sign-up subscribe
registration enrolment enrollment sign-up
application submission
submit send file hand
apply request
request ask demand
ask request inquire enquire
form questionnaire
fill complete
deadline date due closing
due payable owed
pay settle cover
payment settlement
invoice bill
refund reimbursement repay reimburse
money funds cash
fund finance
budget funds
invest spend
spend use
use utilise utilize employ apply
usage use utilisation
useful helpful handy practical
function feature capability
feature function capability
tool instrument utility
device gadget appliance machine unit
machine device computer server
server machine host
software program application app
app application program
website site page
page site
page sheet
link url
button key
key button
screen display monitor
window pane
setting option preference configuration
option choice setting possibility
configure set adjust
install setup deploy
run execute launch
execute run perform
perform execute accomplish conduct
start boot launch
restart reboot
crash fail
fail break crash
failure breakdown fault outage
broken faulty defective damaged
damage harm destroy
load capacity
speed pace velocity performance
performance speed
efficient effective
fast speedy performant
memory ram
storage space disk
file document
document file paper record
record log
data information details
information details data info facts
detail particular
list enumerate catalogue
catalogue catalog listing
group team set band
set group collection
collection range assortment
range selection assortment variety
variety range diversity
kind type sort
type kind sort category
category class type
version release edition
release publish issue launch version
publish release issue
edition issue version
issue release
notice notification announcement
notification alert notice message
message note notification
note remark
notify inform alert tell
inform notify tell advise
advise recommend counsel suggest
recommend suggest advise propose
suggest propose recommend
advice guidance counsel tips
guide manual handbook instructions
instructions directions guidance
manual handbook guide
rule regulation guideline
law act legislation
legal lawful
contract agreement
agreement contract deal terms
terms conditions
condition term requirement
requirement condition prerequisite
right entitlement
duty obligation responsibility
responsible accountable
authority administration
government administration
council authority
committee board panel commission
board committee
vote ballot
approve accept endorse pass
reject decline refuse
accept take approve
refuse decline reject
agree consent
disagree object
support back endorse
oppose resist
win victory
beat defeat overcome
lose forfeit
match game fixture
game match
player athlete
team side squad
coach trainer
goal score
injury wound
hurt injured wounded
half-time break interval
break pause interval
pause break halt
rest relax
relax unwind rest
quiet calm peaceful silent tranquil
noise sound
loud noisy
light lightweight
heavy weighty
soft gentle
warm cosy
cool chilly
bright light luminous
dark dim
clean tidy spotless
dirty soiled
wash clean rinse
cook prepare make
prepare ready make
bake cook
fry saute
boil simmer
mix stir combine blend
stir mix
combine merge join mix
cut chop slice
add stir
pour tip
dish meal plate course
meal dish food
food fare cuisine meals
eat dine consume
restaurant eatery bistro
cafe coffee-shop coffeehouse café
kitchen cuisine
taste flavour flavor
tasty delicious flavoursome
delicious tasty
fresh new
homemade home-made
farm farmstead
grow cultivate raise
plant grow
flower bloom blossom
garden park
forest wood woodland
river stream
sea ocean
beach shore
shore coast
hill slope
mountain peak
weather conditions
wind gale breeze
strong heavy powerful
storm tempest
flood flooding inundation
fire blaze
burn blaze
rescue save
kill slay
die perish
death passing
born birth
live reside dwell
resident inhabitant citizen local
neighbour neighbor
community neighbourhood
society community association
association club society
club society
friend mate companion
partner companion associate
colleague coworker co-worker
boss manager head
lead head guide direct run
leader head chief
manage run direct administer handle
handle manage process treat
treat handle
process handle
organise organize arrange
arrange organise organize schedule
schedule plan timetable
timetable schedule
hold host organise
host hold
celebrate mark commemorate
festival fair celebration
party celebration
concert show performance gig
show performance
exhibition show display
display exhibition
exhibit show
museum gallery
art artwork
painting picture
artist painter
singer vocalist
musician player
author writer
writer author
journalist reporter
newspaper paper
reporter correspondent
interview conversation talk
conversation talk chat discussion
discussion debate talk
argue claim maintain
claim assert maintain
show prove
prove demonstrate show
evidence proof
study research survey investigation
research study
researcher scientist
scientist researcher
investigate examine probe
analyse analyze examine
analysis examination
discovery finding
finding result
method approach technique way
approach method way
technique method
step stage phase
stage phase step
phase stage period
period time span
duration length
length duration
long lengthy extended
short brief
brief short concise
extend prolong lengthen expand
expand extend grow enlarge
increase raise grow rise
raise increase lift
reduce lower decrease cut lessen
lower reduce decrease
decrease reduce decline fall
decline fall decrease
rise increase climb
limit restrict cap
limited restricted
restriction limit limitation
unlimited limitless
available obtainable accessible
accessible reachable available
access entry
enter access
public open
private personal
personal individual private
individual single separate
single individual sole
separate distinct individual
common shared joint
share split
divide split
split divide separate
connect link join
connection link
link connect tie
attach fasten fix
fasten attach secure
tie bind
open unlock
close shut
lock secure
shut close
stay remain
remain stay
wait await hold
expect anticipate await
hope wish
wish want desire
want wish like desire
desire wish
love adore
hate detest
fear dread
worry concern
concern worry
sorry apologise apologize regret apology
apologise regret sorry
apology sorry
thank thanks grateful
thanks gratitude thank
grateful thankful
welcome greet
greet welcome
invite ask welcome
invitation request
gift present
present gift
prize award
award prize
win earn
earn make gain
gain obtain win
lose miss
miss lack
skip omit leave
omit skip leave
forget overlook
forgotten missed
remember recall recollect
recall remember
remind prompt
continue proceed carry persist
persist continue
resume continue restart
stop halt cease
cease stop
prevent avoid stop
avoid prevent evade
avoid skip
escape flee
follow pursue
chase pursue
catch capture
hit strike
push press
press push
pull draw
draw attract
attract draw pull
appeal attract
throw toss
drop fall
fall drop
lift raise elevator
raise elevate
sit rest
stand rise
stand located
lie located
turn rotate
rotate turn spin
cover include
hide conceal
conceal hide
visible apparent seen
clear obvious evident plain
clearly obviously plainly
obvious clear evident
true correct accurate
correct right accurate proper
accurate exact precise
exact precise
exactly precisely
wrong incorrect mistaken
mistake error slip
quality standard
standard norm
level grade degree
grade mark
top highest
top front
front head
highest top
best finest top
finest best
better superior
worse inferior
bad poor
poor bad
rich wealthy
wealthy rich
smart clever intelligent
clever smart
stupid foolish
young youthful
elderly aged
modern contemporary
contemporary modern
traditional classic
classic traditional
typical characteristic
unique special
special exceptional
rare uncommon scarce
ordinary common
strange odd
odd strange peculiar
interesting fascinating intriguing
boring dull
exciting thrilling
surprising unexpected
surprise astonish
sure certain
certain sure
perhaps maybe possibly
possible feasible doable
possibly perhaps
probably likely
likely probable
able capable
capable able
ensure guarantee
guarantee ensure warrant warranty
warranty guarantee
damage breakage
fabric cloth material textile
material fabric
clothes clothing garments wear
jacket coat
shoe footwear boots
shoes footwear
bag sack
box carton case
case box
package parcel packet
parcel package
basket cart bag
item article product piece
product item goods article
goods products merchandise
stock inventory supply
brand make
maker manufacturer producer
manufacturer maker producer
factory plant works
produce make
supplier vendor provider
vendor seller supplier
seller vendor retailer
provider supplier
sell trade
sale selling
market marketplace
trade commerce business
industry sector
sector industry
economy economics
bank lender
loan credit
debt liability
tax duty levy
insurance cover
policy guideline
strategy plan
decision ruling
decide determine resolve
determine decide establish
establish found set
found establish set start
founder creator
foundation base
base foundation
base headquarters
headquarters hq
office bureau
branch location
centre center middle
middle centre center
edge border
border frontier
side flank
corner angle
inside within
within inside
outside beyond
beyond outside
across throughout
throughout during
during while
while whereas
beside next alongside
behind rear back
back rear
rear back
between among
via through
through via
without lacking
except excluding
excluding except
including containing
worldwide globally international internationally global world
global worldwide
international global
national nationwide
local regional
abroad overseas
country nation state
nation country
everywhere anywhere
everyone everybody all
everybody everyone
anyone anybody
nobody none
someone somebody
email e-mail mail
phone telephone call
mobile cellphone cell handset
number figure
figure number
amount quantity sum
sum total amount
total sum overall
count number
average mean
mean average
mean signify
means signifies
half 50
percent percentage
yearly annual annually
annual yearly
annually yearly
daily everyday
weekly every-week
fortnight biweekly
fortnightly biweekly
midday noon
weekday workday
workday workdays
week seven-day
evening night
dawn daybreak
dusk nightfall
century hundred
decade ten
moment instant
minute moment
holiday vacation leave
vacation holiday leave
leave holiday
birthday anniversary
dinner supper
lunch midday-meal
cinema theater
airport airfield
station stop
stop station
train rail
bus coach
coach bus
plane aircraft airplane
ship boat vessel
boat vessel
ferry boat
drive ride
driver motorist
motorist driver
cyclist biker
park leave
parking car-park
fuel petrol gas
petrol gas gasoline
power electricity energy
electricity power
energy power
battery accumulator cell
charge recharge
charger adapter
cable cord wire lead
wire cable
headphones earphones
earbuds earphones
cushion pad
cushions pads
comfortable comfy cosy
fit suit
suit fit match
suitable fit appropriate right
appropriate suitable proper
match suit
adult grown-up
child children
man men
woman women
person people
kind kinder
person individual human
persons people individuals
human person
man gentleman
woman lady
boy lad
girl lass
baby infant
family household
parent guardian
mother mum mom
father dad
elder senior
pensioner senior
senior pensioner
staff employees
volunteer helper
helper assistant
assistant helper
guard watchman
police officers
officer official
official officer
judge magistrate
court tribunal
lawyer attorney solicitor
crime offence
criminal offender
arrest detain
prison jail
guilty culpable
punish penalise
fine penalty
penalty fine
accident crash collision
collision crash
victim casualty
safe unharmed
"""
