"""`headwater watch`: add, list, check and look back at sources from the terminal."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from headwater.kit.api_client import ApiClient, open_api

app = typer.Typer(help="Pages and feeds that are watched.", no_args_is_help=True)
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_LOOK_AGAIN_SECONDS = 0.2
_LONGEST_CHECK_SECONDS = 120


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Page or feed to watch.")],
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    kind: Annotated[str, typer.Option(help="website, rss or sitemap.")] = "website",
    every: Annotated[int, typer.Option(min=60, max=2_592_000, help="Seconds between two checks.")] = 3600,
    as_json: AsJson = False,
) -> None:
    """Watch a page or feed. The first check runs within seconds."""
    with open_api(context) as api:
        body = {"url": url, "name": name, "kind": kind, "check_interval": every}
        source = api.request("POST", "/api/v1/monitored-sources", json=body)
    if as_json:
        typer.echo(json.dumps(source))
    else:
        console.print(f"Watching {source['name']}  {source['id']}", markup=False)


@app.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List what is watched."""
    with open_api(context) as api:
        sources = _read_all(api)
    if as_json:
        typer.echo(json.dumps(sources))
        return
    if not sources:
        console.print("Nothing is watched yet. Add a page: headwater watch add https://example.org/news", markup=False)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("source", "state", "last check", "last change", "id"):
        # Ids are to be copied, so they are never cut.
        table.add_column(heading, overflow="fold", no_wrap=heading == "id", min_width=36 if heading == "id" else None)
    for one in sources:
        state = one["status"] if not one["last_error"] else f"{one['status']}: {one['last_error_kind']}"
        table.add_row(one["name"], state, _short(one["last_checked_at"]), _short(one["last_changed_at"]), one["id"])
    console.print(table)


def _read_all(api: ApiClient) -> list[dict[str, Any]]:
    sources: list[dict[str, Any]] = []
    while True:
        before = {"before": sources[-1]["id"]} if sources else {}
        page = api.request("GET", "/api/v1/monitored-sources", params={"limit": 200, **before})
        sources += page
        if len(page) < 200:
            return sources


@app.command()
def check(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Id of the source, or its address.")],
    as_json: AsJson = False,
) -> None:
    """Check a source now and wait for the outcome. Exit code 1 when the check failed."""
    with open_api(context) as api:
        source_id = _find(api, source)
        asked = api.request("POST", f"/api/v1/monitored-sources/{source_id}/check")["check_id"]
        with errors.status("checking"):
            found = _await_outcome(api, source_id, asked)
    if as_json:
        typer.echo(json.dumps(found))
    elif found is None:
        console.print("It isn't done yet; its outcome will be in the history.")
    else:
        console.print(f"{found['outcome']}  {found['reason'] or ''}".rstrip(), markup=False)
    raise typer.Exit(1 if found is None or found["outcome"] in {"error", "unusable"} else 0)


def _await_outcome(api: ApiClient, source_id: str, check_id: str) -> dict[str, Any] | None:
    deadline = time.monotonic() + _LONGEST_CHECK_SECONDS
    while time.monotonic() < deadline:
        for one in api.request("GET", f"/api/v1/monitored-sources/{source_id}/history", params={"limit": 10}):
            if one["id"] == check_id:
                return dict(one)
        time.sleep(_LOOK_AGAIN_SECONDS)
    return None


@app.command()
def history(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Id of the source, or its address.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many checks.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show a source's latest checks."""
    with open_api(context) as api:
        path = f"/api/v1/monitored-sources/{_find(api, source)}/history"
        checks = api.request("GET", path, params={"limit": limit})
    if as_json:
        typer.echo(json.dumps(checks))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("at", "outcome", "status", "ms", "score", "reason"):
        table.add_column(heading)
    for one in checks:
        score = "" if one["change_score"] is None else f"{one['change_score']:.2f}"
        cells = (
            one["outcome"],
            one["http_status"] or "",
            one["ms"] if one["ms"] is not None else "",
            score,
            one["reason"] or "",
        )
        table.add_row(_short(one["at"]), *(str(cell) for cell in cells))
    console.print(table)


def _find(api: ApiClient, source: str) -> str:
    if "." not in source and "/" not in source:
        return source
    from headwater.kit.fetch.urls.normalising import complete_url, normalise_url

    wanted = normalise_url(complete_url(source))
    for one in _read_all(api):
        if normalise_url(one["url"]) == wanted:
            return str(one["id"])
    errors.print(f"{source} is not watched.", markup=False)
    raise typer.Exit(1)


def _short(moment: str | None) -> str:
    return moment[:19].replace("T", " ") if moment else "never"
