"""
What is known of the built-in policies before they are read: their analysis, made when they were written.

An entry counts only for exactly the text that it was made from, with exactly that library; for any other text the
policy is analysed anew. `tools/build_policy_index.py` writes it, a test keeps it current.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Optional

from guardrail.data import DIRECTORY
from guardrail.model.path import pointer, segments
from guardrail.model.place import Place
from guardrail.policy.model import Applies, Loaded, MeasureSpec, Pattern, Policy, Reads

BUILTIN: Final = DIRECTORY / "policies"
FILE: Final = BUILTIN / "index.json"


def known(shared: str) -> Mapping[bytes, Loaded]:
    """Return the analysed policies by their text; none where the library is not the one that they were made with."""
    try:
        data = json.loads(FILE.read_bytes())
    except FileNotFoundError:
        return {}
    if data["library"] != _digest(shared.encode()):
        return {}
    found: dict[bytes, Loaded] = {}
    for name, entry in data["policies"].items():
        path = BUILTIN / name / f"{name}.rego"
        source = path.read_bytes() if path.is_file() else b""
        if _digest(source) == entry["source"]:
            found[source] = _loaded(name, entry, source.decode())
    return found


def render(shared: str, loaded: Iterable[Loaded]) -> str:
    """Return the text of the index for these policies."""
    policies = {one.policy.id: _entry(one) for one in loaded}
    return json.dumps({"library": _digest(shared.encode()), "policies": policies}, indent=1) + "\n"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _entry(loaded: Loaded) -> dict[str, Any]:
    policy = loaded.policy
    applies, measure = policy.applies, policy.measure
    return {
        "source": _digest(policy.source.encode()),
        "file": policy.file,
        "line": policy.place.line,
        "package": policy.package,
        "revision": policy.revision,
        "title": policy.title,
        "description": policy.description,
        "severity": policy.severity,
        "level": policy.level,
        "remediation": policy.remediation,
        "requires": list(policy.requires),
        "schema": policy.schema,
        "applies": applies
        and {
            "categories": sorted(applies.categories),
            "types": sorted(applies.types),
            "taggable": applies.taggable,
            "all": applies.all,
        },
        "measure": measure and {"name": measure.name, "by": list(measure.by), "of": measure.of, "bound": measure.bound},
        "reads": {
            "deep": sorted(map(pointer, loaded.reads.deep)),
            "shallow": sorted(map(pointer, loaded.reads.shallow)),
        },
        "rests_on": _patterns(loaded.rests_on),
        "narrowed_by": None if loaded.narrowed_by is None else _patterns(loaded.narrowed_by),
    }


def _patterns(patterns: Iterable[Pattern]) -> list[list[Any]]:
    return [[pointer(one.path), one.deep, one.joined] for one in patterns]


def _loaded(name: str, entry: Mapping[str, Any], source: str) -> Loaded:
    applies, measure = entry["applies"], entry["measure"]
    policy = Policy(
        id=name,
        revision=entry["revision"],
        title=entry["title"],
        description=entry["description"],
        severity=entry["severity"],
        remediation=entry["remediation"],
        level=entry["level"],
        applies=applies
        and Applies(
            categories=frozenset(applies["categories"]),
            types=frozenset(applies["types"]),
            taggable=applies["taggable"],
            all=applies["all"],
        ),
        requires=tuple(entry["requires"]),
        schema=entry["schema"],
        measure=measure and MeasureSpec(**{**measure, "by": tuple(measure["by"])}),
        package=entry["package"],
        file=entry["file"],
        source=source,
        origin="builtin",
        place=Place(entry["file"], entry["line"], 1),
    )
    narrowed = entry["narrowed_by"]
    return Loaded(
        policy=policy,
        reads=Reads(*(frozenset(map(segments, entry["reads"][depth])) for depth in ("deep", "shallow"))),
        rests_on=_read(entry["rests_on"]),
        narrowed_by=None if narrowed is None else _read(narrowed),
    )


def _read(entries: Optional[Iterable[tuple[str, bool, bool]]]) -> tuple[Pattern, ...]:
    return tuple(Pattern(segments(path), deep, joined) for path, deep, joined in entries or ())
