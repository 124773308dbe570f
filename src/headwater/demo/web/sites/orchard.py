"""Orchard: a shop with prices, stock and opening hours."""

from headwater.demo.web.text import Fact, PageText, Section, Site

LAMP = PageText(
    title="Arc floor lamp",
    facts={
        "price": Fact("price", ("€ 149.00", "€ 119.00", "€ 159.00")),
        "stock": Fact("state", ("In stock", "Out of stock", "Only 2 left")),
        "delivery": Fact("date", ("24 November", "3 December")),
        "designer": Fact("name", ("Ines Carvalho", "Pavel Novák")),
    },
    sections=(
        Section(
            "Arc floor lamp, brass",
            (
                "Price: {price}, including VAT. {stock}.",
                (
                    "A slender arc of brushed brass carries a linen shade and throws warm light over a reading chair.",
                    "Over a reading chair the linen shade, borne by a thin arc of brushed brass, throws a warm light.",
                ),
                "Designed by {designer}.",
            ),
            items=("Height 198 cm", "Base of marble, 12 kg", "LED bulb included", "Two years of guarantee"),
        ),
        Section("Delivery", ("Order today and receive it by {delivery}. Returns are free for 30 days.",)),
        Section(
            "Customers also bought", items=("Oak side table, € 89.00", "Linen throw, € 45.00", "Wool rug, € 210.00")
        ),
    ),
    spare=("Recall: lamps with serial numbers from 4100 to 4399 may overheat. Please contact us for an exchange.",),
)

HOURS = PageText(
    title="Opening hours",
    facts={
        "weekday": Fact("number", ("10 to 18", "9 to 20")),
        "holiday": Fact("state", ("open", "closed")),
    },
    sections=(
        Section("Our shop in Ghent", ("We are open from {weekday} on weekdays. On 6 December we are {holiday}.",)),
    ),
)

HOME = PageText(
    title="Orchard",
    sections=(Section("Things for rooms", ("Furniture and light from small workshops.",)),),
)

site = Site(
    name="orchard",
    title="Orchard",
    tagline="Things for rooms",
    pages={"/": HOME, "/lamp": LAMP, "/hours": HOURS},
)
