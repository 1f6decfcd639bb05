"""Where a resource may be, as far as prices are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, located
from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.resource import Resource
from guardrail.model.value import Reason, Unknown

POLICY: Final = "region-restriction"
"""Whose list says where things may be."""

WORLDWIDE: Final = "global"

Where = tuple[tuple[str, ...], Optional[Unknown]]
"""The regions that come into question, none where it cannot be told; and why it is not certain which."""


class Regions:
    """Answers by one configuration."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._allowed: dict[tuple[str, Optional[str], str], tuple[str, ...]] = {}

    def of(self, resource: Resource, *, worldwide: bool = False) -> Where:
        """
        Return where a resource may be.

        A region that is not known is one of its candidates, else one of those that the configuration allows.
        """
        region = resource.region
        if isinstance(region, str):
            return (region,), None
        if worldwide:
            return (WORLDWIDE,), None
        hidden = region or Unknown(Reason.ENVIRONMENT, note="no region is stated")
        told = tuple(one for one in hidden.one_of or () if isinstance(one, str))
        return told or self._allowed_for(resource), Unknown(hidden.reason, note=hidden.note)

    def _allowed_for(self, resource: Resource) -> tuple[str, ...]:
        key = (resource.unit, resource.environment, resource.provider or "")
        if key not in self._allowed:
            self._allowed[key] = self._listed(*key)
        return self._allowed[key]

    def _listed(self, unit: str, environment: Optional[str], provider: str) -> tuple[str, ...]:
        said = self._settings.policies.get(POLICY)
        if said is None:
            return ()
        narrower = [said.units.get(unit), said.environments.get(environment or ""), said]
        for one in narrower:
            regions = _allow(one).get(provider)
            if isinstance(regions, (list, tuple)) and regions:
                return tuple(sorted({_spelt(provider, str(region)) for region in regions if "*" not in str(region)}))
        return ()


def _spelt(provider: str, region: str) -> str:
    """Return a region of the list as resources have it; what is no name of one stays, and has no price."""
    try:
        return located(provider, region)
    except ConversionError:
        return region


def _allow(said: Optional[PolicySettings]) -> Mapping[str, Any]:
    allow = said.params.get("allow") if said is not None else None
    return allow if isinstance(allow, Mapping) else {}
