"""Resources of Azure that are written as the requests of its API: `azapi_resource`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional

from guardrail.catalog.read import loaded
from guardrail.catalog.registry import of_resource_manager
from guardrail.model.dataclass import dataclass
from guardrail.model.gaps import gapped
from guardrail.model.path import pointer, segments
from guardrail.model.place import Place, Step
from guardrail.model.resource import ALL, Native
from guardrail.model.value import OpenMap, Unknown, Value, lookup

RESOURCE: Final = "azapi_resource"

_BODY: Final = "body"
_OURS: Final = frozenset({_BODY, "type", "schema_validation_enabled", "response_export_values", "timeouts"})
_FORMS: Final = (
    ("properties", "computeType"),
    ("properties", "endpointComputeType"),
    ("properties", "jobType"),
    ("kind",),
)
"""Where a resource says of which of several forms it is."""


def of_api(attributes: Mapping[str, Value]) -> Optional[tuple[str, Mapping[str, Value]]]:
    """Return the type that a resource is of the API, and what is sent; None for one that nobody declared."""
    named = attributes.get("type")
    if not isinstance(named, str):
        return None
    body = _said(attributes.get(_BODY))
    native = of_resource_manager(named.partition("@")[0], (lookup(body, form) for form in _FORMS))
    if native is None:
        return None
    own = {key: value for key, value in attributes.items() if key not in _OURS}
    if isinstance(body, Unknown):
        return native, OpenMap(own, body)
    inside = {**own, **body} if isinstance(body, Mapping) else own
    return native, OpenMap(inside, body.rest) if isinstance(body, OpenMap) else inside


def _said(body: Value) -> Value:
    """Return what a body says, which older versions of the provider take as text."""
    try:
        if isinstance(body, str):
            return loaded(body)
        found = gapped(body, quoted=True) if isinstance(body, Unknown) else None
        return body if found is None else found.value(loaded(found.text))
    except ValueError:
        return body


@dataclass(frozen=True, slots=True)
class InBody:
    """Behind a resource of which some attributes stand in an argument: `text` says that it is all one text."""

    native: Native
    inside: frozenset[str]
    text: bool

    def _there(self, path: str) -> str:
        keys = segments(path) if path not in ("", ALL) else ()
        if not keys or keys[0] not in self.inside:
            return path
        return f"/{_BODY}" if self.text else pointer((_BODY, *keys))

    def place(self, path: str) -> Place:
        """Return where the attribute at a pointer is written, else its nearest ancestor."""
        return self.native.place(self._there(path))

    def trace(self, path: str) -> tuple[Step, ...]:
        """Return the lines that led to the attribute at a pointer, its own first; none where it is not written."""
        return self.native.trace(self._there(path))

    def same_basis(self, path: str, other: Native) -> bool:
        """Whether all that is written behind the attribute at a pointer is what another object has there."""
        return isinstance(other, InBody) and self.native.same_basis(self._there(path), other.native)

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the addresses of the resources in this unit that the attribute at a pointer is made of."""
        return self.native.referents(self._there(path))

    def sensitive(self, path: str) -> bool:
        """Whether the attribute at a pointer is made of what is marked as sensitive, and must not be shown."""
        return self.native.sensitive(self._there(path))


def behind(native: Native, attributes: Mapping[str, Value], sent: Mapping[str, Value]) -> InBody:
    """Return what answers for a resource, its attributes being what is `sent`."""
    inside = frozenset(key for key in sent if key not in attributes or key in _OURS)
    return InBody(native, inside, text=not isinstance(attributes.get(_BODY), Mapping))
