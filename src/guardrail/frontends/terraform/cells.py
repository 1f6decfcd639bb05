"""
Values that are computed when first asked for: variables, locals, outputs, attributes, instances.

Evaluation goes from cell to cell by recursion, to a limit: a chain that is longer is cut by `Deferred`, and `demand`
computes its far end first. So the length of a chain is no matter, and neither is where it is entered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any, Final, Protocol, TypeVar

from guardrail.frontends.terraform.meter import DEPTH, HEADROOM, LimitError, Meter
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Node
from guardrail.frontends.terraform.values import EvaluationError, Unknown, refused
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason

_T = TypeVar("_T")

DEFERRED: Final = 10_000
"""How many cells may wait for others: chains of a million locals are no configuration."""


class Owner(Protocol):
    """What cells belong to."""

    values: dict[Any, Any]
    """What was computed, by the key of the cell."""

    def label(self, key: Any) -> str:
        """Return what people call a cell."""


class Cell:
    """
    One of an owner's values, with the file and node that it is written at.

    A plain class, since one is made for every attribute of every resource.
    """

    __slots__ = ("compute", "file", "key", "node", "owner")

    def __init__(self, owner: Owner, key: Any, file: File, node: Node, compute: Callable[[], Any]) -> None:
        self.owner = owner
        self.key = key
        self.file = file
        self.node = node
        self.compute = compute

    @property
    def label(self) -> str:
        """What people call it."""
        return self.owner.label(self.key)

    def is_same(self, other: Cell) -> bool:
        """Whether both are the same value."""
        return self.owner is other.owner and self.key == other.key


class Deferred(BaseException):
    """Evaluation is too deep to compute this cell from here."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell


class _Busy:
    """The type of `BUSY`, which stands in a cell that is being computed."""


BUSY: Final = _Busy()
EMPTY: Final = object()


@dataclass(slots=True)
class Cells:
    """The cells of one evaluation, all of which share its meter."""

    meter: Meter
    _stack: list[Cell] = field(default_factory=list)
    _circular: set[int] = field(default_factory=set)

    def get(self, cell: Cell) -> Any:
        """Return what a cell holds; computed if it is empty, unknown (`error`) where it depends on itself."""
        found = cell.owner.values.get(cell.key, EMPTY)
        if found is BUSY:
            return self._cycle(cell)
        if found is not EMPTY:
            return found
        if self.meter.depth > DEPTH - HEADROOM:
            raise Deferred(cell)
        value = self._computed(cell)
        cell.owner.values[cell.key] = value
        return value

    def _computed(self, cell: Cell) -> Any:
        meter = self.meter
        before = meter.file, meter.doubt
        meter.file, meter.doubt = cell.file, None
        cell.owner.values[cell.key] = BUSY
        self._stack.append(cell)
        try:
            value = cell.compute()
        except EvaluationError as error:
            value = meter.failed(error, cell.node)
        except RecursionError:  # `DEPTH` should not let it come so far; then it is a limit all the same
            value = meter.failed(LimitError("evaluation nests too deep", "limit-depth"), cell.node)
        finally:
            del cell.owner.values[cell.key]
            self._stack.pop()
            meter.file, meter.doubt = before
        if id(cell) not in self._circular:
            return value
        self._circular.remove(id(cell))
        return _circular(cell.label)

    def _cycle(self, cell: Cell) -> Unknown:
        """Report a cell that depends on itself, and let none on the way to it have a value."""
        start = next(at for at, each in enumerate(self._stack) if each.is_same(cell))
        members = self._stack[start:]
        self._circular.update(id(each) for each in members)
        return self._report_cycle(members)

    def _report_cycle(self, members: list[Cell]) -> Unknown:
        first = min(range(len(members)), key=lambda at: members[at].label)
        ordered = [*members[first:], *members[:first]]
        chain = [each.label for each in (*ordered, ordered[0])]
        shown = chain if len(chain) <= _SHOWN else [*chain[: _SHOWN - 2], "…", chain[-1]]
        self.meter.tell(
            "hcl-cycle", f"these depend on each other: {' → '.join(shown)}", ordered[0].file, ordered[0].node
        )
        return _circular(ordered[0].label)

    def demand(self, task: Callable[[], _T]) -> _T:
        """Return what the task returns, which may ask for any number of cells. Not to be called by a cell."""
        waiting: _Waiting = {}
        while True:
            try:
                if not waiting:
                    return task()
                self.get(next(reversed(waiting.values())))
                waiting.popitem()
            except Deferred as deferred:  # noqa: PERF203 - the way on
                self._wait(waiting, deferred.cell)

    def _wait(self, waiting: _Waiting, cell: Cell) -> None:
        """Let a cell be computed before those that wait; one that they wait for already depends on itself."""
        identity = (id(cell.owner), cell.key)
        if identity in waiting:
            at = list(waiting).index(identity)
            members = dict(list(waiting.items())[at:])
            cell.owner.values[cell.key] = self._report_cycle(list(members.values()))
            for member in members:
                del waiting[member]
        elif len(waiting) >= DEFERRED:
            self.meter.tell("limit-depth", f"more than {DEFERRED:,} values wait for each other", cell.file, cell.node)
            cell.owner.values[cell.key] = refused("a chain of references that is too long")
        else:
            waiting[identity] = cell


_Waiting = dict[tuple[int, Any], Cell]
"""Cells that wait for others, by owner and key, the next one last."""

_SHOWN: Final = 8


def _circular(label: str) -> Unknown:
    return Unknown(Reason.ERROR, note=f"{label} depends on itself")
