"""The attributes of an object while they are put together from several documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.frontends.azureml.files import Object
from guardrail.frontends.azureml.values import inputs, opened
from guardrail.frontends.specs.native import Elsewhere
from guardrail.model.path import pointer
from guardrail.model.value import Unknown, Value

_FROM_COMPONENT: Final = frozenset(
    {
        "code", "command", "conf", "distribution", "entry", "environment", "environment_variables", "jobs", "resources",
        "task", "instance_count", "input_data", "mini_batch_size",
    }
)  # fmt: skip
"""Members of a component that a step takes over."""


class Parts:
    """
    Attributes, and where those that come from elsewhere are written.

    `rest` says why there may be others, where what an object is made from is not at hand.
    """

    """The attributes of an object while they are put together, and where those from elsewhere are written."""

    def __init__(self, value: Mapping[str, Value], rest: Optional[Unknown] = None) -> None:
        self.value: dict[str, Value] = dict(value)
        self.rest = rest
        self.elsewhere: dict[str, Elsewhere] = {}
        self._hidden: Optional[Unknown] = None

    def put(self, key: str, value: Value, at: Elsewhere) -> None:
        """State a member that is written elsewhere."""
        self.value[key] = value
        self.elsewhere[pointer((key,))] = at

    def take(self, component: Object) -> None:
        """Take over the members of a component that are not stated; of machines one by one."""
        for key in component.value.keys() & _FROM_COMPONENT:
            theirs, ours = component.value[key], self.value.get(key)
            if ours is None:
                self.put(key, theirs, component.at(pointer((key,))))
            elif isinstance(ours, Mapping) and isinstance(theirs, Mapping) and key == "resources":
                self.value[key] = {**theirs, **{name: one for name, one in ours.items() if one is not None}}
                for name in theirs.keys() - ours.keys():
                    self.elsewhere[pointer((key, name))] = component.at(pointer((key, name)))
        self.pass_inputs(component)

    def pass_inputs(self, component: Object) -> None:
        """Complete the inputs by those that a component has by itself."""
        self.value["inputs"] = {**inputs(component.value.get("inputs")), **inputs(self.value.get("inputs"))}

    def open(self, key: str, why: Unknown) -> None:
        """Say that there may be more: what is not at hand may state machines, and how many."""
        if key == "trial":
            self.value[key] = opened({"component": self.value[key]}, why)
        self._hidden = why

    def close(self, value: dict[str, Any], *, pipeline: bool) -> None:
        """Leave open what a component that is not at hand may say, as far as it counts where this runs."""
        if self._hidden is None:
            return
        if pipeline:
            value.setdefault("jobs", self._hidden)
            return
        own = value.get("resources")
        machines = opened(own, self._hidden)
        where = value.get("compute")
        machines.setdefault("locations", None)
        if isinstance(where, str) and where != "serverless":
            machines.setdefault("instance_type", None)
        value["resources"] = machines
