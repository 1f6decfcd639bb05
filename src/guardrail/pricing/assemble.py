"""
From the rows that count to the files of a price book, byte for byte the same for the same rows.

The book is `book.json`, `sources.csv` and one `<provider>/<service>.csv` for each service, sorted by SKU, so that a
reader finds a SKU without reading the rest.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from guardrail.errors import GuardrailError
from guardrail.pricing.rows import Row

SCHEMA: Final = "guardrail.prices/v1"
COLUMNS: Final = ("sku", "region", "unit", "option", "usd", "source", "as_of")
SOURCES: Final = "sources.csv"
INDEX: Final = "book.json"

_ID_DIGITS: Final = 6


def assemble(rows: Iterable[Row], version: str) -> Mapping[str, bytes]:
    """Return the files of the book by path. Raise `GuardrailError` for text that the format cannot hold."""
    counted = sorted(rows, key=lambda row: row.key)
    ids = _ids({row.source for row in counted})
    by_file: dict[str, list[Row]] = defaultdict(list)
    for row in counted:
        by_file[f"{row.key.provider}/{row.key.service}.csv"].append(row)
    files = {path: _table(members, ids) for path, members in by_file.items()}
    files[SOURCES] = _sources(ids)
    dates = sorted(row.age for row in counted)
    index = {
        "schema": SCHEMA,
        "version": version,
        "digest": whole_digest({path: digest(data) for path, data in files.items()}),
        "rows": len(counted),
        **_span(dates),
        "files": {path: _entry(files[path], by_file.get(path)) for path in sorted(files)},
    }
    return {INDEX: (json.dumps(index, indent=1) + "\n").encode(), **{path: files[path] for path in sorted(files)}}


def digest(data: bytes) -> str:
    """Return the digest of one file."""
    return hashlib.sha256(data).hexdigest()


def whole_digest(digests: Mapping[str, str]) -> str:
    """Return the one digest that stands for all files: that of their lines `<digest>  <path>`, sorted by path."""
    lines = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    return f"sha256:{digest(lines.encode())}"


def _entry(data: bytes, rows: list[Row] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"sha256": digest(data)}
    if rows is not None:
        entry |= {"rows": len(rows), **_span(sorted(row.age for row in rows))}
    return entry


def _span(dates: list[str]) -> dict[str, str]:
    return {"oldest": dates[0] or "undated", "newest": dates[-1] or "undated"} if dates else {}


def _ids(sources: set[str]) -> Mapping[str, str]:
    """Short names of sources that stay when others come and go, so that a newer book differs only in what changed."""
    ids = {source: digest(source.encode())[:_ID_DIGITS] for source in sorted(sources)}
    if len(set(ids.values())) != len(ids):
        raise GuardrailError("two sources have one short name", hint="make the text of one of them more precise")
    return ids


def _sources(ids: Mapping[str, str]) -> bytes:
    lines = ["id,source", *sorted(f"{name},{_quoted(source)}" for source, name in ids.items())]
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise GuardrailError(f"a source of prices spans lines: {text!r}")
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in '",') else text


def _table(rows: Iterable[Row], ids: Mapping[str, str]) -> bytes:
    lines = []
    for row in rows:
        key = row.key
        fields = (key.sku, key.region, key.unit, key.option, plain(row.usd), ids[row.source], row.as_of)
        if any(mark in field for field in fields for mark in ',"\n\r'):
            raise GuardrailError(f"{row} holds a comma, a quote or an end of line", hint="rename the SKU")
        lines.append(",".join(fields))
    # Sorted as bytes of the SKU and the comma behind it, the order that the search in `book` relies on.
    return ("\n".join([",".join(COLUMNS), *sorted(lines)]) + "\n").encode()


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
