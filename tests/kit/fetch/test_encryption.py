"""Encrypted connections: a certificate that nobody vouches for is no host."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from headwater.core.clock import now
from headwater.kit.fetch import FetchFailed
from tests.kit.fetch.servers import fetching


def write_certificate(folder: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1 that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A port that speaks TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(tmp_path))
    runner = web.AppRunner(web.Application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_untrusted_certificate_or_the_wrong_scheme_is_a_network_failure(port: int, scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{port}/"
    async with fetching(names=[f"127.0.0.1:{port}"]) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(url)
        with pytest.raises(FetchFailed) as trusted:
            await fetcher.request("GET", url, trusted=True)
    assert {caught.value.kind, trusted.value.kind} == {"network"}
    assert ("certificate" in caught.value.message) == (scheme == "https")
