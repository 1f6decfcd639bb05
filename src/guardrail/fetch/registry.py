"""The module registry protocol of Terraform: discovery, versions, where to download."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Optional
from urllib.parse import quote, urljoin

from guardrail.fetch.errors import FetchError, told
from guardrail.fetch.http import Web, absolute
from guardrail.frontends.terraform.addresses import RegistryAddress
from guardrail.frontends.terraform.versions import constraint, newest, version

_LIMIT: Final = 8 * 1024 * 1024
"""Bytes of an answer. The longest list of versions that is known has 0.2 MiB."""

_SERVICE: Final = "modules.v1"


class Registries:
    """
    Asks registries, each of them once where it is and once for the versions of a module.

    `usual` is the host of addresses that name none.
    """

    def __init__(self, web: Web, usual: str) -> None:
        self._web = web
        self._usual = usual
        self._places: dict[str, str] = {}
        self._versions: dict[str, Sequence[str]] = {}

    def choose(self, address: RegistryAddress, stated: Optional[str], locked: Sequence[str] = ()) -> str:
        """Return the version for a call: the newest of those that are locked, else the newest that there is."""
        terms = constraint(stated)
        if terms is None:
            raise FetchError(f'{address.package}: "{told(stated or "")}" is no constraint of versions')
        known = newest(locked, terms)
        if known is not None:
            return known
        there = self.versions(address)
        found = newest(there, terms)
        if found is None:
            wanted = f' that "{stated}" allows' if stated else ""
            raise FetchError(f"{address.package} has no version{wanted}: {_listed(there)}")
        return found

    def versions(self, address: RegistryAddress) -> Sequence[str]:
        """Return all versions of a module."""
        known = self._versions.get(address.package)
        if known is None:
            said = self._json(f"{self._module(address)}/versions")
            rows = said.get("modules") if isinstance(said, dict) else None
            first = rows[0] if isinstance(rows, list) and rows else None
            listed = first.get("versions") if isinstance(first, dict) else None
            if not isinstance(listed, list):
                raise FetchError(f"{address.host or self._usual} does not list the versions of {address.package}")
            texts = [row.get("version") for row in listed if isinstance(row, dict)]
            known = self._versions[address.package] = [text for text in texts if isinstance(text, str)]
        return known

    def download(self, address: RegistryAddress, version: str) -> str:
        """Return where a version is to be had: a source, as one may stand in a call."""
        url = f"{self._module(address)}/{quote(version, safe='')}/download"
        answer = self._web.get(url, limit=_LIMIT, token=True)
        to = answer.headers.get("X-Terraform-Get") or _location(answer.body)
        if not to:
            raise FetchError(f"{address.host or self._usual} does not say where {address.package} {version} is")
        return absolute(to, answer)

    def _module(self, address: RegistryAddress) -> str:
        parts = (address.namespace, address.name, address.provider)
        return self._place(address.host or self._usual) + "/".join(quote(part, safe="") for part in parts)

    def _place(self, host: str) -> str:
        """Return where the modules of a registry are."""
        known = self._places.get(host)
        if known is None:
            scheme = "http" if host in self._web.insecure else "https"
            answer = self._web.get(f"{scheme}://{host}/.well-known/terraform.json", limit=_LIMIT, token=True)
            try:
                stated: Any = json.loads(answer.body)
            except (ValueError, RecursionError) as error:
                raise FetchError(f"{host} is no registry: what it says of itself is no JSON") from error
            place = stated.get(_SERVICE) if isinstance(stated, dict) else None
            if not isinstance(place, str) or not place:
                raise FetchError(f"{host} is no registry of modules")
            known = self._places[host] = urljoin(answer.url, place.rstrip("/") + "/")
        return known

    def _json(self, url: str) -> Any:
        answer = self._web.get(url, limit=_LIMIT, token=True)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise FetchError(f"{told(answer.url)} does not answer with JSON") from error


def _location(body: bytes) -> str:
    """Return the `location` of an answer with a body, which newer registries give."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    to = said.get("location") if isinstance(said, dict) else None
    return to if isinstance(to, str) else ""


_SHOWN: Final = 5


def _listed(versions: Sequence[str]) -> str:
    known = sorted((text for text in versions if version(text)), key=version, reverse=True)  # type: ignore[arg-type]
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"there is {told(', '.join(known[:_SHOWN]))}{more}" if known else "there is none at all"
