"""Digests of text."""

from __future__ import annotations

import hashlib
import uuid
from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from guardrail.frontends.terraform.functions.signature import Function
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import EvaluationError, Value

_NAMESPACES: Final[Mapping[str, uuid.UUID]] = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def hexadecimal(algorithm: str, data: bytes) -> str:
    """Return the digest of bytes in hexadecimal digits."""
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def base64(algorithm: str, data: bytes) -> str:
    """Return the digest of bytes in Base64."""
    return b64encode(hashlib.new(algorithm, data, usedforsecurity=False).digest()).decode()


def _digest(algorithm: str) -> Function:
    return Function(lambda text: hexadecimal(algorithm, text.encode()), (STRING,), STRING)


def _base64_digest(algorithm: str) -> Function:
    return Function(lambda text: base64(algorithm, text.encode()), (STRING,), STRING)


def _uuidv5(namespace: str, name: str) -> Value:
    space = _NAMESPACES.get(namespace)
    if space is None:
        try:
            space = uuid.UUID(namespace)
        except ValueError as error:
            raise EvaluationError("the namespace must be dns, url, oid, x500 or a UUID") from error
    return str(
        uuid.UUID(bytes=hashlib.sha1(space.bytes + name.encode(), usedforsecurity=False).digest()[:16], version=5)
    )


FUNCTIONS: Final[Mapping[str, Function]] = {
    "base64sha256": _base64_digest("sha256"),
    "base64sha512": _base64_digest("sha512"),
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "sha512": _digest("sha512"),
    "uuidv5": Function(_uuidv5, (STRING, STRING), STRING),
}
