"""The simulated web: named sites that change on command, hosts that misbehave, and thousands of pages for the bench."""

from headwater.demo.web.bench import BenchWeb, open_bench
from headwater.demo.web.catalogue import Listing, search_listings
from headwater.demo.web.page import MATTERING, NOISE, Change, Noise
from headwater.demo.web.server import open_web
from headwater.demo.web.state import Changed, DemoWeb
from headwater.demo.web.traffic import Traffic, Visit

__all__ = [
    "MATTERING",
    "NOISE",
    "BenchWeb",
    "Change",
    "Changed",
    "DemoWeb",
    "Listing",
    "Noise",
    "Traffic",
    "Visit",
    "open_bench",
    "open_web",
    "search_listings",
]
