"""Northwind: an infrastructure company with a status page and a list of incidents."""

from headwater.demo.web.text import Fact, PageText, Section, Site

STATUS = PageText(
    title="System status",
    facts={
        "api": Fact("state", ("Operational", "Major outage", "Degraded performance", "Operational")),
        "storage": Fact("state", ("Operational", "Under maintenance")),
        "uptime": Fact("number", ("99.98", "99.71", "99.64")),
        "maintenance": Fact("date", ("2 December 2026, 22:00 UTC", "9 December 2026, 22:00 UTC")),
        "lead": Fact("name", ("Priya Raman", "Jonas Weber")),
    },
    sections=(
        Section(
            "Current status",
            rows=(
                ("Component", "State"),
                ("API", "{api}"),
                ("Object storage", "{storage}"),
                ("Dashboard", "Operational"),
                ("Webhooks", "Operational"),
            ),
        ),
        Section("Uptime", ("Over the last 90 days the API was available {uptime} % of the time.",)),
        Section("Planned maintenance", ("The next maintenance window opens on {maintenance}.",)),
        Section("Who is on call", ("Incident lead this week is {lead}.",)),
    ),
    spare=(
        "Investigating: since 08:41 UTC some requests to the API in the Frankfurt region fail with 502. Our "
        "engineers are looking into the network between two of our halls.",
        "Resolved: a faulty optical module was replaced at 09:26 UTC and all requests succeed again.",
    ),
)

JOBS = PageText(
    title="Careers",
    facts={
        "open_roles": Fact("number", ("3", "4", "2")),
        "database_role": Fact("state", ("open", "closed")),
        "deadline": Fact("date", ("15 December 2026", "31 January 2027")),
    },
    sections=(
        Section(
            "Open positions",
            (
                "We have {open_roles} open positions. Applications close on {deadline}.",
                "The position Database reliability engineer (Lisbon or remote) is {database_role}.",
            ),
            items=(
                "Database reliability engineer, Lisbon or remote",
                "Technical writer, remote within Europe",
                "Site manager, Rotterdam",
            ),
        ),
        Section("Why Northwind", ("Thirty-two days of leave, a laptop you choose, and no meetings on Thursdays.",)),
    ),
    spare=("New: Staff network engineer, Frankfurt. You will own our backbone between eleven sites.",),
)

HOME = PageText(
    title="Northwind",
    sections=(Section("Servers that stay up", ("Compute and storage from wind power, in eleven halls in Europe.",)),),
)

site = Site(
    name="northwind",
    title="Northwind",
    tagline="Servers that stay up",
    pages={"/": HOME, "/status": STATUS, "/jobs": JOBS},
)
