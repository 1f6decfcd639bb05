"""Rows that are not of the region that they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

from guardrail.pricing.checks.problem import Problem, against
from guardrail.pricing.places import regions
from guardrail.pricing.rows import Row

UNSPECIFIED: Final = "unspecified"
"""The region of a figure whose source names none."""

_WORDS: Final = ("global", "multi")
"""Names of regions that are words as well."""


class Recorded(NamedTuple):
    """The regions that the records of a source are about: its calculations of a service ran nowhere else."""

    provider: str
    service: str
    origin: str
    regions: tuple[str, ...]
    why: str


def places(rows: Iterable[Row], recorded: Collection[Recorded] = ()) -> Iterator[Problem]:
    """Yield rows of regions that no cloud has, and of others than their source is about."""
    about = {(one.provider, one.service, one.origin): one for one in recorded}
    for row in rows:
        key = row.key
        if key.region == UNSPECIFIED:
            continue
        if key.region not in regions(key.provider):
            why = "no region of this cloud; add it to data/regions.csv if it is new, else to the aliases"
            yield against("region", row, f"{len(regions(key.provider))} regions of {key.provider}", why)
        record = about.get((key.provider, key.service, row.origin))
        if record is not None and key.region not in record.regions:
            yield against("region", row, " ".join(record.regions), f"the record is of another region: {record.why}")
        told = _told(key.provider, row.source)
        if told and key.region not in told:
            yield against("region", row, " ".join(told), "the source says that its figures are of another region")


@cache
def _told(provider: str, source: str) -> Sequence[str]:
    """Return the regions that the text of a source names, by their names or titles."""
    text = source.lower()
    found = re.split(r"[^a-z0-9-]+", text)
    return sorted({word for word in found if word in regions(provider) and word not in _WORDS})
