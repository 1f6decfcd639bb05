"""What a plan says is to happen to each instance of a resource, from the lists of changes or from planned values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Optional

from guardrail.frontends.terraform.plan.parts import Part, list_at, object_at
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import shown

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_INDEX: Final = rf"(\[(?:{_QUOTED}|[0-9]+|\*)\])?"
_STEP: Final = re.compile(rf"module\.([\w-]+){_INDEX}(?:\.|$)")
_KEY: Final = re.compile(_INDEX)
_UNKNOWN_KEY: Final = re.compile(rf"{_QUOTED}|\[\*\]")
_NAME: Final = re.compile(r"[\w-]+")

_PLANNED: Final = "(planned)"
"""The action of what stands among planned values only."""

_KNOWN: Final = frozenset({"create", "update", "delete", "no-op", "read", "forget"})

_CREATE_NOTHING: Final = frozenset({"data", "ephemeral", "list"})
"""The modes of what is read, or is there only while Terraform runs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """
    What is to happen to one instance of a resource. Sides that are not there are None.

    `modules` is the way of its module: (name, key as an address has it) of each call. `unknown` and the two masks are
    as the plan has them: true, or the shape of the value with true in it. `deferred` is why nothing is planned yet.
    """

    address: str
    modules: tuple[tuple[str, str], ...]
    type: str
    name: str
    provider: str
    actions: frozenset[str]
    before: Optional[Mapping[str, Any]]
    after: Optional[Mapping[str, Any]]
    unknown: Any
    before_sensitive: Any = None
    after_sensitive: Any = None
    previous: Optional[str] = None
    deferred: Optional[str] = None
    imported: bool = False
    deposed: bool = False
    symbolic: bool = False

    @property
    def only_planned(self) -> bool:
        """Whether no more than its planned values are known: then a value that is missing may be unknown."""
        return _PLANNED in self.actions


def changes_of(found: Mapping[str, Any], file: str) -> Iterator[Change]:
    """Yield the changes of a plan, and what Terraform defers. Raises a `PlanError`."""
    for index, one in enumerate(list_at(found, "resource_changes", file)):
        change = _change(Part(one, f"resource_changes[{index}]", file), None)
        if change is not None:
            yield change
    for index, one in enumerate(list_at(found, "deferred_changes", file)):
        part = Part(one, f"deferred_changes[{index}]", file)
        reason = part.text("reason") or "unknown"
        change = _change(part.part("resource_change"), reason)
        if change is not None:
            yield change


def _is_managed(part: Part) -> bool:
    """Whether it is a resource that is made. A mode of the future is not passed over in silence."""
    mode = part.text("mode")
    if mode is None or mode == "managed":
        return True
    if mode not in _CREATE_NOTHING:
        part.refuse(f"has a mode that is not understood: {shown(mode)[:40]}")
    return False


def _change(part: Part, deferred: Optional[str]) -> Optional[Change]:
    """Return a change of a managed resource, None for one of anything else (data sources)."""
    if not _is_managed(part):
        return None
    address, modules, type_, name = _identity(part)
    change = part.part("change")
    actions = change.get("actions")
    if not isinstance(actions, list) or not actions or not all(isinstance(one, str) for one in actions):
        change.refuse("has no list of actions")
    strange = sorted(set(actions) - _KNOWN)
    if strange:
        change.refuse(f"has an action that is not understood: {shown(strange[0])[:40]}")
    before, after = change.side("before"), change.side("after")
    unknown = change.get("after_unknown")
    if after is None and (unknown is True or (isinstance(unknown, dict) and "create" in actions)):
        after = {}  # all of it is known after apply
    if after is None and set(actions) & {"create", "update"}:
        change.refuse("creates something, and has no `after`")
    deposed = part.text("deposed")
    numbered = _numbered(address, uncounted=deferred == "instance_count_unknown")
    return Change(
        address=numbered if deposed is None else f"{numbered}!deposed:{deposed}",
        modules=modules,
        type=type_,
        name=name,
        provider=_provider(part, type_),
        actions=frozenset(actions),
        before=before,
        after=after,
        unknown=unknown,
        before_sensitive=change.get("before_sensitive"),
        after_sensitive=change.get("after_sensitive"),
        previous=part.text("previous_address"),
        deferred=deferred,
        imported="importing" in change.members,
        deposed=deposed is not None,
        symbolic=numbered != address,
    )


def _provider(part: Part, type_: str) -> str:
    """Return what kind of provider a resource has: `aws` of `registry.terraform.io/hashicorp/aws`."""
    return (part.text("provider_name") or type_.partition("_")[0]).rpartition("/")[2]


def _numbered(address: str, *, uncounted: bool) -> str:
    """Return an address with `[?]` for keys that are not known yet; Terraform writes `[*]`."""
    found = _UNKNOWN_KEY.sub(lambda one: "[?]" if one[0] == "[*]" else one[0], address)
    return f"{address}[?]" if uncounted and found == address and not address.endswith("]") else found


def planned_values_of(found: Mapping[str, Any], file: str) -> Iterator[Change]:
    """Yield what stands among planned values, module by module, of a plan without changes. Raises a `PlanError`."""
    values = object_at(found, "planned_values", file)
    pending = [Part(values.get("root_module") or {}, "planned_values.root_module", file)]
    while pending:
        module = pending.pop()
        for part in module.parts("resources"):
            if _is_managed(part):
                yield _of_values(module, part)
        pending.extend(module.parts("child_modules"))


def _of_values(module: Part, part: Part) -> Change:
    address, modules, type_, name = _identity(part, module.text("address"))
    return Change(
        address=address,
        modules=modules,
        type=type_,
        name=name,
        provider=_provider(part, type_),
        actions=frozenset({_PLANNED}),
        before=None,
        after=part.side("values") or {},
        unknown=None,
        after_sensitive=part.get("sensitive_values"),
    )


def _identity(part: Part, module: Optional[str] = None) -> tuple[str, tuple[tuple[str, str], ...], str, str]:
    """Return address, way of the module, type and name, which must agree."""
    address, type_, name = part.must("address"), part.must("type"), part.must("name")
    within = part.text("module_address") or module
    modules = module_way(within) if within else ()
    if modules is None or not _NAME.fullmatch(type_) or not _NAME.fullmatch(name):
        part.refuse("has a module, a type or a name that cannot be")
    prefix = f"{within}." if within else ""
    start = f"{prefix}{type_}.{name}"
    if not address.startswith(start) or not _KEY.fullmatch(address, len(start)):
        part.refuse(f"has the address {shown(address)[:80]}, which its type, name and module are not")
    return address, tuple((call, "[?]" if key == "[*]" else key) for call, key in modules), type_, name


def module_way(address: str) -> Optional[tuple[tuple[str, str], ...]]:
    """Return (name, key) of each call that leads to a module: `module.a["x"].module.b`. None if it is no such thing."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(address):
        step = _STEP.match(address, at)
        if step is None:
            return None
        found.append((step[1], step[2] or ""))
        at = step.end()
    return tuple(found)
