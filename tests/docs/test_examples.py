"""The examples of the pages, run as they stand."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from headwater.core.clock import now
from headwater.kit.webhooks import generate_secret, sign_headers
from headwater.local.auth import install_auth_schema
from headwater.local.keys import load_or_make_keys
from headwater.process.ports import find_free_port
from tests.docs.pages import ROOT, read_blocks, read_code
from tests.docs.programs import await_gateway, clean_environment, run, running, serve_page

README = ROOT / "README.md"
PAGES = (README, ROOT / "docs" / "api.md", ROOT / "docs" / "watch.md")
_BEGINNING = """
set -euo pipefail
curl() { command curl --fail-with-body --show-error "$@" || { echo "failed: $*" >&2; return 1; }; }
"""


def read_script(page: Path) -> list[str]:
    """Return the shell examples of a page that call the API or watch something."""
    shell = [block.text for block in read_blocks(page) if block.language == "sh"]
    return [text for text in shell if "$URL" in text or "headwater watch" in text]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the examples call curl")
@pytest.mark.timeout(400)
async def test_the_shell_examples_work(dsn: str, valkey_url: str, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{find_free_port(0)}"
    await install_auth_schema(dsn)
    async with serve_page() as site:
        environment = {
            **clean_environment(),
            "PATH": f"{Path(sys.executable).parent}:{clean_environment()['PATH']}",
            "DATABASE_URL": dsn,
            "REDIS_URL": valkey_url,
            "HEADWATER_DATA": str(tmp_path / "data"),
            "PORT": url.rpartition(":")[2],
            "FETCH_ALLOWED_HOSTS": site,
            "FETCH_HOST_INTERVAL_SECONDS": "0",
        }
        async with (
            running("serve", "gateway", environment=environment, folder=tmp_path),
            running("work", environment=environment, folder=tmp_path),
        ):
            await await_gateway(url)
            await check_services(url, key=load_or_make_keys(tmp_path / "data").publishable_key)
            for page in PAGES:
                await run("bash", "-c", make_script(page, url=url, site=site), environment=environment, folder=tmp_path)


async def check_services(url: str, *, key: str) -> None:
    """See that each of Supabase's services that the README says is served answers."""
    probes = {"auth": "health", "rest": "", "storage": "bucket", "realtime": "api/broadcast"}
    claimed = {service for service in probes if f"/{service}/v1" in read_code(README)}
    assert claimed >= {"auth", "rest"}
    async with httpx2.AsyncClient(base_url=url, headers={"apikey": key}, timeout=30) as client:
        for service in claimed:
            answer = await client.get(f"/{service}/v1/{probes[service]}")
            assert answer.status_code != httpx2.codes.NOT_FOUND, f"/{service}/v1 isn't served"


def make_script(page: Path, *, url: str, site: str) -> str:
    """Return the examples of a page as one script, for a person and a watched page of its own.

    The pages speak of an installation on the usual port and of a page on the web; here both are elsewhere.
    """
    beginning = next(text for text in read_script(README) if "TOKEN=" in text)
    script = [text for text in read_script(page) if text != beginning]
    assert script, f"{page.name} has no examples"
    text = "\n".join([_BEGINNING, beginning, *script])
    text = text.replace("you@example.com", f"{page.stem.lower()}@example.com").replace("http://127.0.0.1:8000", url)
    text = text.replace("changes at example.org", f"changes at http://{site}/{page.stem}")
    return text.replace("https://example.org/pricing", f"http://{site}/{page.stem}")


def test_the_verifier_of_the_readme_believes_what_we_sign() -> None:
    snippet = next(block.text for block in read_blocks(README) if block.language == "python")
    names: dict[str, object] = {}
    exec(snippet, names)  # noqa: S102  # the page's own code is what is tested
    is_genuine = names["is_genuine"]
    assert callable(is_genuine)
    secret, other, body = generate_secret(), generate_secret(), b'{"type": "watch.alert"}'
    headers = sign_headers([other, secret], id="message", timestamp=now(), body=body)
    assert is_genuine(secret, headers, body)
    assert is_genuine(other, headers, body)
    assert not is_genuine(generate_secret(), headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    old = sign_headers([secret], id="message", timestamp=datetime(2020, 1, 1, tzinfo=UTC), body=body)
    assert not is_genuine(secret, old, body)
