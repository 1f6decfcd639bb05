"""What stays behind a resource of a plan: where it is written, what it refers to, what of it must not be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.frontends.terraform.native import NativeResource
from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.configuration import Configuration, mapping, prefix
from guardrail.frontends.terraform.plan.document import Plan
from guardrail.frontends.terraform.plan.join import Source
from guardrail.frontends.terraform.plan.providers import MERGED
from guardrail.frontends.terraform.plan.values import marked
from guardrail.model.dataclass import dataclass
from guardrail.model.path import segments
from guardrail.model.place import SENSITIVE, UNSAID, Place, Step
from guardrail.model.resource import ALL, Native
from guardrail.model.value import ABSENT, Unknown, Value, lookup, unknowns

_WIDTH: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What all resources of a plan share. `source` is None where the files of the root are not at hand."""

    plan: Plan
    configuration: Configuration
    source: Optional[Source]


class PlannedResource:
    """Behind one side of a change. The lines are those of the source, where it is at hand; else the plan is named."""

    __slots__ = ("_asked", "_source", "attributes", "change", "context", "labelled", "masks")

    def __init__(
        self,
        context: Context,
        change: Change,
        attributes: Mapping[str, Value],
        masks: tuple[Any, ...],
        labelled: Optional[str],
    ) -> None:
        self.context = context
        self.change = change
        self.attributes = attributes
        self.masks = masks
        self.labelled = labelled
        self._asked = False
        self._source: Optional[NativeResource] = None

    def _written(self) -> Optional[NativeResource]:
        if not self._asked:
            self._asked = True
            source = self.context.source
            self._source = None if source is None else source.native(self.change, self.labelled)
        return self._source

    def configured(self, name: str) -> Value:
        """Return what the source says of an attribute, None where it is not at hand or says nothing."""
        written = self._written()
        return None if written is None else written.configured(name)

    def heredoc(self, name: str) -> Optional[Place]:
        """Return the lines between the markers of a heredoc, None for another argument or without the source."""
        written = self._written()
        return None if written is None else written.heredoc(name)

    def settings_referents(self) -> tuple[str, ...]:
        """Return the addresses of the resources that say where the provider connects to, as far as the source tells."""
        written = self._written()
        return () if written is None else written.settings_referents()

    def _here(self) -> Place:
        return Place(self.context.plan.file)

    def place(self, path: str) -> Place:
        """Return where the attribute at a pointer is written, else its nearest ancestor."""
        written = self._written()
        return self._here() if written is None else written.place(path)

    def trace(self, path: str) -> tuple[Step, ...]:
        """
        Return the lines that led to the attribute at a pointer, its own first.

        Their values are told only where the source comes to the value that is planned.
        """
        keys = segments(path)
        value = lookup(self.attributes, keys)
        hidden = self.sensitive(path)
        written = self._written()
        steps = () if written is None else written.trace(path)
        if not steps:
            return tuple(self._told(keys, value, hidden=hidden)) if written is None else ()
        told = UNSAID if hidden or value is ABSENT or isinstance(value, Unknown) else value
        agree = told is not UNSAID and any(_same(step.value, told) for step in steps[:2])
        if not agree:
            steps = (replace(steps[0], value=told), *(replace(step, value=UNSAID) for step in steps[1:]))
        return tuple(self._shown(step, hidden=hidden) for step in steps)

    def _shown(self, step: Step, *, hidden: bool) -> Step:
        """Return a step as it may be told: of a secret the names only. The plan has no lines."""
        place = self._here() if step.place.file == self.context.plan.file else step.place
        name, sign, _ = step.text.partition("=")
        text = f"{name}= {SENSITIVE}" if sign else SENSITIVE
        return replace(step, place=place, text=text if hidden else step.text)

    def _told(self, keys: Sequence[str], value: Value, *, hidden: bool) -> Iterator[Step]:
        """Yield what the plan itself says: the value, and the variables that it is made of."""
        merged = _merged(keys)
        if value is ABSENT and merged:  # a tag that only the provider gives
            keys = merged[0]
            value = lookup(self.attributes, keys)
        while value is ABSENT and keys:  # a fact may have parts that its attribute has not
            keys = keys[:-1]
            value = lookup(self.attributes, keys)
        if not keys:
            return
        name = ".".join(keys)[:_WIDTH]
        yield Step(self._here(), name, UNSAID if hidden or isinstance(value, (Unknown, dict, list)) else value)
        for way, text in self.context.configuration.references(self.change, keys):
            at_root = not way and text.startswith("var.")
            told = self._variable(text.partition(".")[2].partition(".")[0].partition("[")[0]) if at_root else UNSAID
            yield Step(self._here(), f"{prefix(way)}{text}"[:_WIDTH], UNSAID if hidden else told)

    def _variable(self, name: str) -> object:
        plan, root = self.context.plan, self.context.configuration.module(())
        if mapping(mapping(root.get("variables")).get(name)).get("sensitive"):
            return SENSITIVE
        found = mapping(plan.variables.get(name)).get("value", UNSAID)
        return UNSAID if isinstance(found, (dict, list)) else found

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the addresses of the resources in this unit that the attribute at a pointer is made of."""
        found, lost = self.context.configuration.referents(self.change, segments(path))
        written = self._written() if lost or not found else None
        return tuple(dict.fromkeys((*found, *(written.referents(path) if written is not None else ()))))

    def sensitive(self, path: str) -> bool:
        """Whether the attribute at a pointer holds what Terraform marks as sensitive."""
        keys = segments(path)
        return any(_covered(mask, one) for mask in self.masks for one in (keys, *_merged(keys)))

    def same_basis(self, path: str, other: Native) -> bool:
        """
        Whether what is behind the attribute at a pointer is the same on both sides.

        A plan does not say what a value was made of that is known by now: only what is known on both sides is.
        """
        if not isinstance(other, PlannedResource) or other.context is not self.context:
            return False
        keys = () if path == ALL else segments(path)
        return not any(_hidden(side.attributes, keys) for side in (self, other))


def _merged(keys: Sequence[str]) -> Sequence[tuple[str, ...]]:
    """Return where else a tag stands: its secrets count for what people write."""
    return [(name, *keys[1:]) for name in MERGED.get(keys[0], ())] if keys else ()


def _hidden(attributes: Mapping[str, Value], keys: Sequence[str]) -> bool:
    found = lookup(attributes, keys)
    return found is not ABSENT and next(unknowns(found), None) is not None


def _covered(mask: Any, keys: Sequence[str]) -> bool:
    """Whether a mask is true at a path, above it, or anywhere below it."""
    for key in keys:
        if isinstance(mask, dict):
            mask = mask.get(key)
        elif isinstance(mask, list) and key.isdigit() and int(key) < len(mask):
            mask = mask[int(key)]
        else:
            return mask is True
    return marked(mask)


def _same(one: object, other: object) -> bool:
    return one is other or (type(one) is type(other) and one == other)
