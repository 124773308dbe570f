"""The signature, by the examples of S3's own reference ("Signature Calculations for the Authorization Header")."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from headwater.local.storage.contents.s3 import Credentials
from headwater.local.storage.contents.s3.signature import EMPTY, sign_request, write_query

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
HOST = "https://examplebucket.s3.amazonaws.com"
MOMENT = datetime(2013, 5, 24, tzinfo=UTC)
CONTENT = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()


@pytest.mark.parametrize(
    ("method", "url", "headers", "payload", "signature"),
    [
        (
            "GET",
            f"{HOST}/test.txt",
            {"Range": "bytes=0-9"},
            EMPTY,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            f"{HOST}/test%24file.text",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            CONTENT,
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            f"{HOST}/?lifecycle=",
            {},
            EMPTY,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            f"{HOST}/?{write_query({'prefix': 'J', 'max-keys': '2'})}",
            {},
            EMPTY,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_the_examples_of_the_reference(
    method: str, url: str, headers: dict[str, str], payload: str, signature: str
) -> None:
    signed = sign_request(
        KEYS, method=method, url=url, headers=headers, payload=payload, region="us-east-1", now=MOMENT
    )
    assert signed["authorization"].endswith(f"Signature={signature}")


def test_a_temporary_key_sends_its_token_signed() -> None:
    keys = Credentials("key", "secret", "the-token")
    signed = sign_request(keys, method="GET", url=HOST, headers={}, payload=EMPTY, region="eu-west-1", now=MOMENT)
    assert signed["x-amz-security-token"] == "the-token"
    assert "x-amz-security-token" in signed["authorization"]


def test_queries_are_sorted_and_encoded() -> None:
    assert write_query({"uploads": "", "prefix": "a b/ü+=~"}) == "prefix=a%20b%2F%C3%BC%2B%3D~&uploads="
