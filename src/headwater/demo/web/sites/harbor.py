"""Harbor: a local newspaper with RSS and Atom feeds."""

from headwater.demo.web.text import Entry, Fact, Journal, PageText, Section, Site

NEWS = PageText(
    title="News",
    sections=(Section("Latest from the harbour", ("Reported from Skagen, Hirtshals and the islands.",)),),
)

CONTACT = PageText(
    title="Newsroom",
    facts={
        "editor": Fact("name", ("Karen Blixt", "Mikkel Aagaard")),
        "price": Fact("price", ("€ 12.50", "€ 14.00")),
        "deadline": Fact("date", ("Friday 27 November", "Thursday 26 November")),
    },
    sections=(
        Section("Who we are", ("Editor in chief is {editor}. The newsroom is open from 7 to 19.",)),
        Section("Subscriptions", ("A month of the printed paper costs {price}.",)),
        Section("Advertisements", ("Small advertisements for the weekend close on {deadline}.",)),
    ),
)

HOME = PageText(
    title="Harbor Gazette",
    sections=(Section("The paper of the coast", ("Independent since 1911.",)),),
)

site = Site(
    name="harbor",
    title="Harbor Gazette",
    tagline="News from the coast",
    pages={"/": HOME, "/news": NEWS, "/newsroom": CONTACT},
    journal=Journal(
        page="/news",
        rss="/feed.xml",
        atom="/atom.xml",
        ttl_minutes=1,
        entries=(
            Entry("ferry-timetable", "Winter timetable for the ferry", "From Monday the first ferry leaves at 6:40.",
                  "2026-11-19T06:00:00Z", "Karen Blixt"),
            Entry("herring-quota", "Herring quota set at 11,400 tonnes", "Fishermen had hoped for more.",
                  "2026-11-18T12:30:00Z", "Mikkel Aagaard"),
            Entry("lighthouse-open", "The old lighthouse opens to visitors", "Tickets are sold at the door.",
                  "2026-11-15T09:00:00Z", "Sofie Holm"),
        ),
        coming=(
            Entry("bridge-closed", "Harbour bridge closed for six weeks",
                  "The bridge closes on 1 December for repairs. A bus replaces it every twenty minutes.",
                  "2026-11-21T08:15:00Z", "Karen Blixt"),
            Entry("storm-warning", "Storm warning for Sunday", "Gusts of up to 32 metres a second are expected.",
                  "2026-11-21T09:40:00Z", "Sofie Holm"),
            Entry("mayor-resigns", "Mayor resigns", "Lars Toft leaves office at the end of the year.",
                  "2026-11-22T07:00:00Z", "Mikkel Aagaard"),
        ),
    ),
)  # fmt: skip
