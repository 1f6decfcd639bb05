"""A control file (`kustomization.yaml`): what it says, and the files and folders that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, Optional

from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.path import Segment
from guardrail.model.place import Place
from guardrail.model.value import Unknown, Value

Role = Literal["resource", "component", "patch", "plugin", "data", "other", "chart"]
"""
As what something is named.

`resource` is deployed, `data` becomes the content of a ConfigMap or a Secret, `other` is configuration of the tool.
"""

Path = tuple[Segment, ...]

_VALUES: Final = 20_000
"""How many values of a control file are read."""

_LISTED: Final[Mapping[str, Role]] = {
    "resources": "resource",
    "bases": "resource",
    "components": "component",
    "generators": "plugin",
    "transformers": "plugin",
    "validators": "plugin",
    "patchesStrategicMerge": "patch",
    "crds": "other",
    "configurations": "other",
}
"""Lists of paths, or of the text itself."""

_IN_PATH: Final[Mapping[str, Role]] = {"patches": "patch", "patchesJson6902": "patch", "replacements": "other"}
"""Lists of mappings that may name a file below `path`."""

_GENERATED: Final = ("configMapGenerator", "secretGenerator")
CHARTS: Final = ("helmCharts", "helmChartInflationGenerator", "helmGlobals")

PLAIN: Final = frozenset({"apiVersion", "kind", "metadata", "resources", "bases", "buildMetadata"})
"""What a control file may say if it is to change nothing."""

_NAMES: Final = {
    name.lower(): name
    for name in (
        *PLAIN, *_LISTED, *_IN_PATH, *_GENERATED, *CHARTS, "openapi", "namespace", "namePrefix", "nameSuffix", "labels",
        "commonLabels", "commonAnnotations", "images", "replicas", "vars", "generatorOptions", "sortOptions",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """What a control file names at a path into it."""

    role: Role
    text: str
    at: Path


@dataclass(frozen=True, slots=True)
class Control:
    """
    What a control file says, as JSON has it; nothing, and the `problem`, where it cannot be read.

    `said` is the same as documents have it. `document` knows its lines, and `written` how keys are written that have
    other letters there. `told` is what is odd: of a key that stands there twice the last one counts, for the tool too.
    """

    value: Mapping[str, Any]
    references: tuple[Reference, ...] = ()
    document: Optional[Document] = None
    problem: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Diagnostic, ...] = ()
    said: Mapping[str, Value] = field(default_factory=dict)

    def place(self, file: str, at: str) -> Place:
        """Return where the value at a pointer into what it says is written."""
        if self.document is None:
            return Place(file)
        key, slash, rest = at.removeprefix("/").partition("/")
        return self.document.place(file, f"/{self.written.get(key, key)}{slash}{rest}")

    def item(self, reference: Reference) -> Any:
        """Return the member of a list, or what stands there in its place, that names something."""
        key, index, *_ = (*reference.at, None)
        found = self.value.get(str(key))
        return found[index] if isinstance(found, list) and isinstance(index, int) else found

    @property
    def component(self) -> bool:
        """Whether it changes what those have who name it, and is nothing by itself."""
        return self.value.get("kind") == "Component"

    @property
    def plain(self) -> bool:
        """Whether what it names is deployed as it is written."""
        return not self.problem and self.value.keys() <= PLAIN


@lru_cache(maxsize=4096)
def control(data: bytes) -> Control:
    """
    Return what a control file says.

    Keys are found whatever their case is, since the tool's reader of JSON finds them so. Text is text: no gap of
    another template is looked for.
    """
    read = documents.read(data, "kustomization.yaml", most=_VALUES, tags=untagged)
    broken = next((told.message for told in read.diagnostics if told.level == "error"), "")
    if broken:
        return Control({}, problem=broken)
    if len(read.documents) != 1:
        return Control({}, problem="it is empty" if not read.documents else "it holds more than one document")
    document = read.documents[0]
    if not isinstance(document.value, dict):
        return Control({}, problem="it is not a mapping")
    said: dict[str, Any] = _json(document.value)
    value = {_NAMES.get(key.lower(), key): member for key, member in said.items()}
    odd = next((key for key in (*_LISTED, *_IN_PATH) if not _is_list(value.get(key), mixed=key in _IN_PATH)), "")
    if odd or len(value) < len(said):
        return Control({}, problem=f"`{odd}` is no list of what it should be" if odd else "a key stands here twice")
    values = {_NAMES.get(str(key).lower(), str(key)): member for key, member in document.value.items()}
    written = {_NAMES[key.lower()]: key for key in said if _NAMES.get(key.lower(), key) != key}
    return Control(value, tuple(_references(value)), document, written=written, told=read.diagnostics, said=values)


def _is_list(value: Any, *, mixed: bool) -> bool:
    kind = dict if mixed else str
    return value is None or (isinstance(value, list) and all(isinstance(item, kind) for item in value))


def untagged(_: str, value: Value) -> Value:
    """Return what a tag stands before: it is no tag of ours, and text is text."""
    return value


def _json(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _json(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(member) for member in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.written if isinstance(value, Unknown) else value


def _references(value: Mapping[str, Any]) -> Iterator[Reference]:
    for key, role in _LISTED.items():
        for index, item in enumerate(_items(value, key)):
            if isinstance(item, str):
                yield Reference(role, item, (key, index))
    for key, role in _IN_PATH.items():
        for index, item in enumerate(_items(value, key)):
            if isinstance(item, dict) and isinstance(item.get("path"), str) and item["path"]:
                yield Reference(role, item["path"], (key, index, "path"))
    yield from _generated(value)
    schema = value.get("openapi")
    if isinstance(schema, dict) and isinstance(schema.get("path"), str):
        yield Reference("other", schema["path"], ("openapi", "path"))
    yield from _charts(value)


def _charts(value: Mapping[str, Any]) -> Iterator[Reference]:
    for key in CHARTS:
        for index, item in enumerate(_items(value, key)):
            name = item.get("name", item.get("chartName")) if isinstance(item, dict) else None
            yield Reference("chart", f"Helm chart {name}" if isinstance(name, str) else "a Helm chart", (key, index))


def _items(value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _generated(value: Mapping[str, Any]) -> Iterator[Reference]:
    for key in _GENERATED:
        for index, item in enumerate(_items(value, key)):
            if isinstance(item, dict):
                yield from _data(item, (key, index))


def _data(item: Mapping[str, Any], at: Path) -> Iterator[Reference]:
    """Yield the files that a ConfigMap or a Secret is made of; `key=path` names the key too."""
    for key in ("files", "envs"):
        for index, text in enumerate(_items(item, key)):
            if isinstance(text, str):
                yield Reference("data", text.partition("=")[2] or text if key == "files" else text, (*at, key, index))
    if isinstance(item.get("env"), str):
        yield Reference("data", item["env"], (*at, "env"))
