"""
The parts of a plan that are read, their shapes made sure of.

`configuration` and `change.after` hold what authors write, so nothing in them is taken for granted; where something
has a shape that Terraform never gives it, the plan is refused whole: half of a plan judges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn, Optional

from guardrail.frontends.terraform.plan.text import SHOW, document, refuse
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import shown

MAJORS: Final = ("0", "1")
"""Major versions of the format that are understood."""

_VERSION: Final = re.compile(r"([0-9]{1,4})\.[0-9]{1,6}(?:[.+-].*)?")
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_INDEX: Final = rf"(\[(?:{_QUOTED}|[0-9]+|\*)\])?"
_STEP: Final = re.compile(rf"module\.([\w-]+){_INDEX}(?:\.|$)")
_KEY: Final = re.compile(_INDEX)
_UNKNOWN_KEY: Final = re.compile(rf"{_QUOTED}|\[\*\]")
_NAME: Final = re.compile(r"[\w-]+")

_PLANNED: Final = "(planned)"
"""The action of what stands among planned values only."""

_KNOWN: Final = frozenset({"create", "update", "delete", "no-op", "read", "forget", _PLANNED})


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


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    A plan, as far as it is read.

    `file` is what people call it. `compares` says that it tells what is there already. `complete` is false where
    Terraform left something out (`-target`, deferred changes); `errored` where it could not finish.
    """

    file: str
    changes: tuple[Change, ...]
    configuration: Mapping[str, Any]
    variables: Mapping[str, Any]
    compares: bool
    drifted: int = 0
    complete: bool = True
    errored: bool = False


def load(data: bytes, file: str) -> Plan:
    """Return the plan that the bytes are. Raises a `PlanError` for anything else."""
    found = document(data, file)
    _check_version(found, file)
    if "resource_changes" not in found and "planned_values" in found and "deferred_changes" not in found:
        found = document(data, file, nulls=True)  # null is a value there: what is not known is left out
        changes = tuple(_planned(_object(found, "planned_values", file), file))
        compares = not changes
    else:
        changes = tuple(_changes(found, file))
        compares = True
    seen: set[tuple[str, bool]] = set()
    for change in changes:
        if (change.address, change.deposed) in seen:
            refuse(file, f"{shown(change.address)} is in it twice")
        seen.add((change.address, change.deposed))
    return Plan(
        file=file,
        changes=changes,
        configuration=_object(found, "configuration", file),
        variables=_object(found, "variables", file),
        compares=compares,
        drifted=len(_list(found, "resource_drift", file)),
        complete=found.get("complete") is not False,
        errored=found.get("errored") is True,
    )


def _check_version(found: Mapping[str, Any], file: str) -> None:
    version = found.get("format_version")
    if not isinstance(version, str):
        refuse(file, _no_plan(found))
    major = _VERSION.fullmatch(version)
    if major is None or major[1] not in MAJORS:
        message = f"its format_version is {shown(version)[:40]}; versions 0.1 to 1.x are understood"
        refuse(file, message, "use a newer guardrail, or an older Terraform for the plan")
    if not found.keys() & {"resource_changes", "planned_values", "deferred_changes", "configuration"}:
        refuse(file, _no_plan(found))


def _no_plan(found: Mapping[str, Any]) -> str:
    if "values" in found or "serial" in found or "lineage" in found:
        return "this is a state and no plan: it says what there is, not what is to be"
    if "@level" in found:
        return "this is a line of the log of `plan -json`, and no plan"
    if not isinstance(found.get("format_version"), str):
        return "not the JSON of a plan: it has no format_version"
    return "an empty plan"


def _changes(found: Mapping[str, Any], file: str) -> Iterator[Change]:
    for index, one in enumerate(_list(found, "resource_changes", file)):
        change = _change(_Part(one, f"resource_changes[{index}]", file), None)
        if change is not None:
            yield change
    for index, one in enumerate(_list(found, "deferred_changes", file)):
        part = _Part(one, f"deferred_changes[{index}]", file)
        reason = part.text("reason") or "unknown"
        change = _change(part.part("resource_change"), reason)
        if change is not None:
            yield change


def _change(part: _Part, deferred: Optional[str]) -> Optional[Change]:
    """Return a change of a managed resource, None for one of anything else (data sources)."""
    if part.text("mode") not in (None, "managed"):
        return None
    address, modules, type_, name = _identity(part)
    change = part.part("change")
    actions = change.get("actions")
    if not isinstance(actions, list) or not all(isinstance(one, str) for one in actions):
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


def _provider(part: _Part, type_: str) -> str:
    """Return what kind of provider a resource has: `aws` of `registry.terraform.io/hashicorp/aws`."""
    return (part.text("provider_name") or type_.partition("_")[0]).rpartition("/")[2]


def _numbered(address: str, *, uncounted: bool) -> str:
    """Return an address with `[?]` for keys that are not known yet; Terraform writes `[*]`."""
    found = _UNKNOWN_KEY.sub(lambda one: "[?]" if one[0] == "[*]" else one[0], address)
    return f"{address}[?]" if uncounted and found == address and not address.endswith("]") else found


def _planned(values: Mapping[str, Any], file: str) -> Iterator[Change]:
    """Yield what stands among planned values, module by module."""
    pending = [_Part(values.get("root_module") or {}, "planned_values.root_module", file)]
    while pending:
        module = pending.pop()
        for part in module.parts("resources"):
            if part.text("mode") in (None, "managed"):
                yield _of_values(module, part)
        pending.extend(module.parts("child_modules"))


def _of_values(module: _Part, part: _Part) -> Change:
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


def _identity(part: _Part, module: Optional[str] = None) -> tuple[str, tuple[tuple[str, str], ...], str, str]:
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


@dataclass(frozen=True, slots=True)
class _Part:
    """An object of the plan, and where it stands in it."""

    members: Any
    where: str
    file: str

    def refuse(self, message: str) -> NoReturn:
        refuse(self.file, f"{self.where} {message}", f"it is no plan as Terraform writes it; {SHOW}")

    def get(self, key: str) -> Any:
        if not isinstance(self.members, dict):
            self.refuse("is no object")
        return self.members.get(key)

    def text(self, key: str) -> Optional[str]:
        found = self.get(key)
        if found is not None and not isinstance(found, str):
            self.refuse(f"has a {key} that is no text")
        return found or None

    def must(self, key: str) -> str:
        found = self.text(key)
        if found is None:
            self.refuse(f"has no {key}")
        return found

    def part(self, key: str) -> _Part:
        return _Part(self.get(key), f"{self.where}.{key}", self.file)

    def parts(self, key: str) -> Iterator[_Part]:
        found = self.get(key)
        if found is not None and not isinstance(found, list):
            self.refuse(f"has {key} that are no list")
        for index, one in enumerate(found or ()):
            yield _Part(one, f"{self.where}.{key}[{index}]", self.file)

    def side(self, key: str) -> Optional[Mapping[str, Any]]:
        found = self.get(key)
        if found is not None and not isinstance(found, dict):
            self.refuse(f"has {key} that is no object")
        return found


def _object(found: Mapping[str, Any], key: str, file: str) -> Mapping[str, Any]:
    value = found.get(key)
    if value is not None and not isinstance(value, dict):
        refuse(file, f"{key} is no object", f"it is no plan as Terraform writes it; {SHOW}")
    return value or {}


def _list(found: Mapping[str, Any], key: str, file: str) -> list[Any]:
    value = found.get(key)
    if value is not None and not isinstance(value, list):
        refuse(file, f"{key} is no list", f"it is no plan as Terraform writes it; {SHOW}")
    return value or []
