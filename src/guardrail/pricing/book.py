"""
The price book: one file per service, read when the first price of the service is asked for.

A book is data that somebody may have touched: every file is held against its digest before a price of it counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, Optional

from guardrail.data import DIRECTORY
from guardrail.errors import GuardrailError
from guardrail.model.cost import Price
from guardrail.pricing.lack import Lack, Why

SHIPPED: Final = DIRECTORY / "prices"
HINT: Final = "Install guardrail again, or build the book anew."

_Asked = tuple[str, str, str, str, str, str]
_Rows = Mapping[tuple[str, str, str], "_Row"]
"""The rows of one SKU by (region, unit, option)."""


class _Row(NamedTuple):
    usd: str
    source: str
    as_of: str
    line: int


class _Service:
    """The lines of a file, sorted; the index of a SKU is made when it is asked for."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.skus: dict[str, _Rows] = {}

    def rows(self, sku: str) -> _Rows:
        """Return the rows of a SKU, none if it has none."""
        if sku not in self.skus:
            self.skus[sku] = self._read(sku)
        return self.skus[sku]

    def _read(self, sku: str) -> _Rows:
        start = f"{sku},"
        found: dict[tuple[str, str, str], _Row] = {}
        for index in range(bisect_left(self.lines, start), len(self.lines)):
            line = self.lines[index]
            if not line.startswith(start):
                break
            _, region, unit, option, usd, source, as_of = line.split(",")
            found[region, unit, option] = _Row(usd, source, as_of, index + 2)  # the first line of the file is its head
        return found


class Book:
    """
    Prices by provider, service, SKU, region, unit and option.

    Two lookups of one price return one object. Raises `GuardrailError` where a file is not what the index says.
    """

    def __init__(self, directory: Path = SHIPPED) -> None:
        self._directory = directory
        index = _index(directory)
        self.version: str = index["version"]
        self.digest: str = index["digest"]
        self._digests: Mapping[str, str] = {path: entry["sha256"] for path, entry in index["files"].items()}
        self._services: dict[tuple[str, str], Optional[_Service]] = {}
        self._found: dict[_Asked, Optional[Price]] = {}

    def find(
        self, provider: str, service: str, sku: str, region: str, unit: str = "hour", option: str = "on-demand"
    ) -> Optional[Price]:
        """Return the price, None where the book has no such row. A region is never replaced by another one."""
        asked = (provider, service, sku, region, unit, option)
        try:
            return self._found[asked]
        except KeyError:
            self._found[asked] = found = self._price(asked)
            return found

    def regions(
        self, provider: str, service: str, sku: str, unit: str = "hour", option: str = "on-demand"
    ) -> list[str]:
        """Return the regions that the book has a price for, sorted."""
        table = self._service(provider, service)
        rows = table.rows(sku) if table else {}
        return sorted(region for region, *rest in rows if rest == [unit, option])

    def missing(
        self, provider: str, service: str, sku: str, region: str, unit: str = "hour", option: str = "on-demand"
    ) -> Why:
        """Say why `find` found nothing, as precisely as the book can tell."""
        table = self._service(provider, service)
        if table is None:
            return Why(Lack.MACHINE, f"the price book has no prices of {service}")
        rows = table.rows(sku)
        if not rows:
            from guardrail.pricing.unlisted import told_of

            told = told_of(provider, sku)
            if told is not None:
                return Why(told.lack, f"no price of {sku}: {told.text}")
            return Why(Lack.MACHINE, f"{sku} is not in the price book ({service})")
        where = place_name(provider, region)
        others = self.regions(provider, service, sku, unit, option)
        if any(region == where for region, _, _ in rows) or not others:
            words = "" if option == "on-demand" else f"{option} "
            return Why(Lack.OPTION, f"no {words}price of {sku} in {where} per {unit}")
        shown = ", ".join(others[:3]) + (" and others" if len(others) > 3 else "")  # noqa: PLR2004 - a line's worth
        return Why(Lack.REGION, f"no price of {sku} in {where}; the book has it in {shown}")

    def services(self) -> list[tuple[str, str]]:
        """Return (provider, service) of all files of the book, sorted."""
        found = (path.removesuffix(".csv").partition("/") for path in self._digests if "/" in path)
        return sorted((provider, service) for provider, _, service in found)

    def skus(self, provider: str, service: str) -> list[str]:
        """Return what a service has prices of, sorted; nothing of a service that is not there."""
        table = self._service(provider, service)
        return sorted({line.partition(",")[0] for line in table.lines}) if table else []

    def prices(self, provider: str, service: str, sku: str) -> list[Price]:
        """Return every price of a SKU, in the order of the file."""
        table = self._service(provider, service)
        rows = table.rows(sku) if table else {}
        found = (self.find(provider, service, sku, *asked) for asked in rows)
        return [price for price in found if price is not None]

    def row(self, price: Price) -> Optional[tuple[str, int]]:
        """Return (file, line) of a price of this book, None for one that is not a row of it."""
        table = self._service(price.provider, price.service)
        found = table.rows(price.sku).get((price.region, price.unit, price.option)) if table else None
        return (f"{price.provider}/{price.service}.csv", found.line) if found else None

    def _price(self, asked: _Asked) -> Optional[Price]:
        provider, service, sku, region, unit, option = asked
        table = self._service(provider, service)
        where = place_name(provider, region)
        row = table.rows(sku).get((where, unit, option)) if table else None
        if row is None:
            return None
        source = self._sources[row.source]
        return Price(provider, service, sku, where, unit, Decimal(row.usd), option, source, row.as_of)

    def _service(self, provider: str, service: str) -> Optional[_Service]:
        key = (provider, service)
        if key not in self._services:
            path = f"{provider}/{service}.csv"
            self._services[key] = _Service(self._read(path).splitlines()[1:]) if path in self._digests else None
        return self._services[key]

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        lines = self._read("sources.csv").splitlines()[1:]
        return {name: _unquoted(text) for name, _, text in (line.partition(",") for line in lines)}

    def _read(self, path: str) -> str:
        data = _bytes(self._directory / path)
        if hashlib.sha256(data).hexdigest() != self._digests[path]:
            raise GuardrailError(f"the price book is damaged: {path} does not match its digest", hint=HINT)
        return data.decode("utf-8")


def _index(directory: Path) -> Mapping[str, Any]:
    try:
        index: dict[str, Any] = json.loads(_bytes(directory / "book.json"))
        lines = "".join(f"{entry['sha256']}  {path}\n" for path, entry in sorted(index["files"].items()))
        whole = f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"
        if index["digest"] == whole and isinstance(index["version"], str):
            return index
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GuardrailError("the price book is damaged: book.json cannot be read", hint=HINT) from error
    raise GuardrailError("the price book is damaged: book.json does not match its digest", hint=HINT)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GuardrailError(f"the price book cannot be read: {error.strerror}: {path.name}", hint=HINT) from error


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


_GOOGLE_MULTI: Final[Mapping[str, str]] = {"us": "us-multi", "eu": "europe-multi", "asia": "asia-multi"}


@cache
def place_name(provider: str, region: str) -> str:
    """
    Return the name that the book has for a region: that of the API, zones cut off.

    `East US` is eastus, `us-east-1b` us-east-1, `us-central1-a` us-central1, Google's multi-region `EU` europe-multi.
    """
    if provider == "azure":
        return re.sub(r"[\s_-]", "", region).lower()
    if provider == "gcp":
        name = region.lower()
        return _GOOGLE_MULTI.get(name) or re.sub(r"(?<=[a-z]\d|\d\d)-[a-z]$", "", name)
    if provider == "aws":
        return re.sub(r"(?<=-\d)[a-z]$", "", region)
    return region
