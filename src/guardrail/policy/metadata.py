"""
The `# METADATA` block of a policy file: YAML in comments before `package`, read strictly.

Every error names file, line and column. What the keys mean is in `model.Policy`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Optional, get_args

from guardrail.config.text import Text
from guardrail.config.text import read as parse
from guardrail.errors import ConfigError, GuardrailError, did_you_mean
from guardrail.model.cost import BOUND_NAMES, DIMENSIONS
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import SEVERITIES, Level
from guardrail.model.path import escaped, segments
from guardrail.model.place import Place
from guardrail.model.resource import Category
from guardrail.policy.model import Applies, MeasureSpec, Of, Origin, Policy
from guardrail.policy.schema import SchemaError, check_schema

ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PACKAGE: Final = re.compile(r"package\s+([A-Za-z_][\w.]*)")
_BLOCK_BYTES: Final = 65_536


class MetadataError(GuardrailError):
    """A policy file does not say what it must; the others may be judged."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The parsed block: its data, and where everything in it is written."""

    text: Text

    @property
    def data(self) -> Any:
        """What the block says: plain values."""
        return self.text.value

    def error(self, pointer: str, message: str, hint: str = "", *, key: bool = False) -> MetadataError:
        """Return an error at a value, at its key, or, where there is none, at the key of what lacks it."""
        path = segments(pointer)
        while path and path not in self.text.places:
            path, key = path[:-1], True
        return MetadataError(message, place=self.text.place(path, key=key), hint=hint)


def read(source: str, file: str, origin: Origin) -> Policy:
    """Return what a file declares. Raises `MetadataError`."""
    text, at, package = _split(source, file)
    block = _parse(text, at)
    data = _keys(
        block, "", {"title", "description", "custom", "scope", "authors", "organizations", "related_resources"}
    )
    custom = _keys(
        block,
        "/custom",
        {"id", "revision", "severity", "level", "remediation", "applies_to", "requires", "params", "measure"},
    )
    measure = _measure(block, custom["measure"]) if "measure" in custom else None
    applies = _applies(block) if "applies_to" in custom else None
    if applies is None and measure is None:
        raise block.error(
            "/custom", "says neither which resources it judges nor which sums", "Add applies_to, or measure.", key=True
        )
    if data.get("scope", "package") != "package":
        raise block.error("/scope", "the block before `package` has the scope `package`")
    return Policy(
        id=_text(block, "/custom/id", ID, "lower-case words joined by dashes"),
        revision=_revision(block, custom.get("revision", 1)),
        title=_text(block, "/title"),
        description=_text(block, "/description"),
        severity=_choice(block, "/custom/severity", SEVERITIES),
        remediation=_text(block, "/custom/remediation"),
        level=_choice(block, "/custom/level", get_args(Level), "deny"),
        applies=applies,
        requires=_patterns(block, custom.get("requires", [])),
        schema=_schema(block, custom.get("params", {})),
        measure=measure,
        package=package,
        file=file,
        source=source,
        origin=origin,
        place=at,
    )


def _split(source: str, file: str) -> tuple[str, Place, str]:
    """Return the YAML where it stands (lines and columns are those of the file), its place, and the package."""
    lines = source.splitlines()
    start = next((number for number, text in enumerate(lines) if text.rstrip() == "# METADATA"), None)
    stop = next((number for number, text in enumerate(lines) if text.startswith("package")), len(lines))
    package = _PACKAGE.match(lines[stop]) if stop < len(lines) else None
    if package is None:
        raise MetadataError("has no `package`", place=Place(file, 1, 1))
    if start is None or start > stop:
        raise MetadataError(
            "has no METADATA block before `package`",
            place=Place(file, stop + 1, 1),
            hint="Begin the file with `# METADATA` and describe the policy in YAML comments.",
        )
    block: list[str] = []
    for text in lines[start + 1 : stop]:
        if not text.startswith("#"):
            break
        block.append(f" {text[1:]}")
    return "\n" * (start + 1) + "\n".join(block), Place(file, start + 1, 1), package[1]


def _parse(text: str, at: Place) -> _Block:
    if len(text) > _BLOCK_BYTES:
        raise MetadataError(f"METADATA is larger than {_BLOCK_BYTES} characters", place=at)
    try:
        parsed = parse(text.encode(), at.file)
    except ConfigError as error:
        raise MetadataError(f"METADATA: {error.message}", place=error.place or at, hint=error.hint) from error
    if not isinstance(parsed.value, dict):
        raise MetadataError("METADATA is not a mapping", place=at)
    return _Block(replace(parsed, places={**parsed.places, (): at}))


def _keys(block: _Block, pointer: str, known: set[str]) -> Mapping[str, Any]:
    value = block.data
    for segment in segments(pointer):
        value = value.get(segment, {})
    if not isinstance(value, dict):
        raise block.error(pointer, f"{pointer[1:] or 'METADATA'} is not a mapping")
    for key in value:
        if key not in known:
            told = f"unknown key {key!r}{did_you_mean(key, known)}"
            raise block.error(f"{pointer}/{escaped(key)}", told, f"Known are {', '.join(sorted(known))}.", key=True)
    return value


def _at(block: _Block, pointer: str) -> Any:
    value = block.data
    for segment in segments(pointer):
        value = value.get(segment) if isinstance(value, dict) else None
    return value


def _text(block: _Block, pointer: str, pattern: Optional[re.Pattern[str]] = None, wanted: str = "") -> str:
    value = _at(block, pointer)
    name = pointer.rpartition("/")[2]
    if value is None:
        raise block.error(pointer, f"METADATA lacks {name}")
    if not isinstance(value, str) or not value.strip():
        raise block.error(pointer, f"{name} is not a text")
    if pattern and not pattern.fullmatch(value):
        raise block.error(pointer, f"{name} {value!r} is not {wanted}")
    return value.strip()


def _choice(block: _Block, pointer: str, allowed: tuple[Any, ...], default: Any = None) -> Any:
    value = _at(block, pointer)
    if value is None and default is not None:
        return default
    if value not in allowed:
        name = pointer.rpartition("/")[2]
        raise block.error(pointer, f"{name} is {value!r}; it is one of {', '.join(allowed)}")
    return value


def _revision(block: _Block, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise block.error("/custom/revision", "revision is a whole number from 1")
    return value


def _strings(block: _Block, pointer: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(member, str) for member in value):
        raise block.error(pointer, f"{pointer.rpartition('/')[2]} is not a list of texts")
    return tuple(value)


def _applies(block: _Block) -> Applies:
    value = _keys(block, "/custom/applies_to", {"category", "type", "taggable", "all"})
    categories = _strings(block, "/custom/applies_to/category", value.get("category", []))
    for index, category in enumerate(categories):
        if category not in get_args(Category):
            hint = f"There are {', '.join(get_args(Category))}."
            message = f"there is no category {category!r}{did_you_mean(category, get_args(Category))}"
            raise block.error(f"/custom/applies_to/category/{index}", message, hint)
    types = _strings(block, "/custom/applies_to/type", value.get("type", []))
    flags = {name: value.get(name, False) for name in ("taggable", "all")}
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise block.error(f"/custom/applies_to/{name}", f"{name} is true or left out")
    if not (categories or types or any(flags.values())):
        raise block.error("/custom/applies_to", "applies to nothing")
    return Applies(categories=frozenset(categories), types=frozenset(types), **flags)


def _patterns(block: _Block, value: Any) -> tuple[str, ...]:
    patterns = _strings(block, "/custom/requires", value)
    for index, pattern in enumerate(patterns):
        if not pattern.startswith("/") or pattern == "/":
            raise block.error(f"/custom/requires/{index}", f"{pattern!r} is no path into a resource, like /labels/team")
    return patterns


def _schema(block: _Block, value: Any) -> Mapping[str, Any]:
    if not value:
        return {"type": "object", "properties": {}}
    try:
        return check_schema(value)
    except SchemaError as error:
        raise block.error(f"/custom/params{error.pointer}", f"params: {error.message}") from error


def _measure(block: _Block, value: Any) -> MeasureSpec:
    value = _keys(block, "/custom/measure", {"name", "by", "of", "bound"})
    by = _strings(block, "/custom/measure/by", value.get("by", []))
    for index, dimension in enumerate(by):
        if dimension not in (*DIMENSIONS, "total"):
            raise block.error(f"/custom/measure/by/{index}", f"there is no dimension {dimension!r}")
    return MeasureSpec(
        name=_text(block, "/custom/measure/name"),
        by=by,
        of=_choice(block, "/custom/measure/of", get_args(Of), "head"),
        bound=_choice(block, "/custom/measure/bound", BOUND_NAMES, "expected"),
    )
