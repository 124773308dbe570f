"""Acme: a company that sells software, with prices, a changelog, documentation and jobs."""

from headwater.demo.web.text import Entry, Fact, Journal, PageText, Section, Site

PRICING = PageText(
    title="Pricing",
    facts={
        "team_price": Fact("price", ("$20", "$24", "$29", "$35")),
        "starter_price": Fact("price", ("$8", "$9", "$11")),
        "seats": Fact("number", ("10", "25", "50")),
        "trial": Fact("state", ("Free trial available", "Free trial suspended")),
        "valid_from": Fact("date", ("1 September 2026", "1 January 2027", "1 March 2027")),
        "contact": Fact("name", ("Maria Lindqvist", "Tomás Herrera", "Aiko Tanaka")),
    },
    sections=(
        Section(
            "Plans for every team",
            (
                (
                    "Choose the plan that fits how you work. Each plan has unlimited projects and e-mail support.",
                    "Pick whichever plan suits the way you work; all of them come with unlimited projects and support "
                    "by e-mail.",
                ),
                "The Team plan costs {team_price} per seat and month, billed yearly, and covers up to {seats} seats.",
            ),
            rows=(
                ("Plan", "Price per seat", "Seats"),
                ("Starter", "{starter_price}", "3"),
                ("Team", "{team_price}", "{seats}"),
                ("Enterprise", "On request", "Unlimited"),
            ),
        ),
        Section(
            "What is included",
            (
                (
                    "All plans are hosted in the European Union and backed up every night.",
                    "Hosting in the European Union and a nightly backup are part of all plans.",
                ),
            ),
            items=(
                "Single sign-on",
                "Audit log for 90 days",
                "Priority support",
                "Unlimited guests",
                "Two-way calendar",
            ),
        ),
        Section("Trial", ("{trial}. No credit card is needed to begin.",)),
        Section(
            "Questions about billing",
            ("These prices are valid from {valid_from}. Write to {contact}, who leads customer billing.",),
        ),
    ),
    spare=(
        "From next month the Team plan also includes the analytics add-on, which until now was sold separately.",
        "Customers who joined before 2025 keep their old price until the end of their contract.",
        "Non-profit organisations receive forty percent off every plan on application.",
    ),
)

DOCS = PageText(
    title="API reference",
    facts={
        "version": Fact("version", ("v2.8.1", "v2.9.0", "v3.0.0")),
        "limit": Fact("number", ("600", "300", "1200")),
        "sunset": Fact("date", ("30 June 2027", "31 December 2026")),
    },
    sections=(
        Section("Overview", ("The Acme API is organised around REST. The current version is {version}.",)),
        Section(
            "Rate limits",
            ("Each token may send {limit} requests a minute. Beyond that the API answers 429 with Retry-After.",),
        ),
        Section("Deprecations", ("Version 1 of the API will be switched off on {sunset}.",)),
    ),
    spare=("The endpoint /v2/exports now needs the scope exports:read. Tokens without it receive 403.",),
)

HOME = PageText(
    title="Acme",
    sections=(
        Section("Work without the busywork", ("Acme keeps projects, people and plans in one calm place.",)),
        Section("Trusted by 4,000 teams", ("From two people in a garage to a county administration with 900 desks.",)),
    ),
)

CHANGELOG = PageText(
    title="Changelog",
    sections=(Section("What is new", ("Everything that we ship, the newest first.",)),),
)

site = Site(
    name="acme",
    title="Acme",
    tagline="What is new in Acme",
    pages={"/": HOME, "/pricing": PRICING, "/changelog": CHANGELOG, "/docs": DOCS},
    journal=Journal(
        page="/changelog",
        rss="/changelog/feed.xml",
        atom="/changelog/atom.xml",
        entries=(
            Entry(
                "2-8-1", "Acme 2.8.1", "Fixes a crash when a board with no columns is opened.", "2026-11-03T10:00:00Z"
            ),
            Entry(
                "2-8-0",
                "Acme 2.8",
                "Boards can be grouped by person, and exports include comments.",
                "2026-10-12T10:00:00Z",
            ),
        ),
        coming=(
            Entry(
                "2-9-0",
                "Acme 2.9: webhooks",
                "Webhooks are here: eleven events, signed, with replay.",
                "2026-11-21T10:00:00Z",
            ),
            Entry(
                "2-9-1",
                "Security release 2.9.1",
                "Closes CVE-2026-31337 in the export service. Upgrade today.",
                "2026-11-22T10:00:00Z",
            ),
            Entry("3-0-0", "Acme 3.0", "A new editor, and the end of version 1 of the API.", "2026-12-01T10:00:00Z"),
        ),
    ),
)
