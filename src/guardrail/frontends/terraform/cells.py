"""
Values that are computed when first asked for: variables, locals, outputs, attributes, instances.

Evaluation goes from cell to cell by recursion, to a limit: a chain that is longer is cut by `Deferred`, and `demand`
computes its far end first. So the length of a chain is no matter, and neither is where it is entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    def identity(self) -> _Identity:
        """What tells it from others."""
        return id(self.owner), self.key

    @property
    def label(self) -> str:
        """What people call it."""
        return self.owner.label(self.key)

    def is_same(self, other: Cell) -> bool:
        """Whether both are the same value."""
        return self.owner is other.owner and self.key == other.key


_Identity = tuple[int, Any]


class Deferred(BaseException):
    """Evaluation is too deep to compute this cell from here. `path` are the cells that need it, each the next."""

    def __init__(self, cell: Cell, path: list[Cell]) -> None:
        super().__init__()
        self.cell = cell
        self.path = path


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
    _waiting: dict[_Identity, Deferred] = field(default_factory=dict)
    _pending: set[_Identity] = field(default_factory=set)  # the cells that need those that wait

    def get(self, cell: Cell) -> Any:
        """Return what a cell holds; computed if it is empty, unknown (`error`) where it depends on itself."""
        found = cell.owner.values.get(cell.key, EMPTY)
        if found is BUSY:
            return self._cycle(cell)
        if found is not EMPTY:
            return found
        if self._pending and cell.identity in self._pending:
            return self._long_cycle(cell)
        if self.meter.depth > DEPTH - HEADROOM:
            raise Deferred(cell, self._stack.copy())
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
        """Let no cell have a value on the way from this one, which is being computed, back to itself."""
        members: list[Cell] = []
        for each in reversed(self._stack):
            members.append(each)
            if each.is_same(cell):
                break
        return self._closed(members[::-1])

    def _long_cycle(self, cell: Cell) -> Unknown:
        """Do the same for a cell that was put aside until others are computed, this way among them."""
        aside = list(self._back_to(cell))
        found = self._closed([*aside[::-1], *self._stack])
        for each in aside:
            each.owner.values[each.key] = _circular(each.label)
            self._circular.discard(id(each))
            self._pending.discard(each.identity)
        return found

    def _back_to(self, cell: Cell) -> Iterator[Cell]:
        """Yield the cells that wait for this way, back to one of them, and take them off the ways of those aside."""
        for deferred in reversed(self._waiting.values()):
            while deferred.path:
                each = deferred.path.pop()
                yield each
                if each.is_same(cell):
                    return

    def _closed(self, members: list[Cell]) -> Unknown:
        """Take note of the members of a circle; it is told once, and not for every way around."""
        new = not any(id(each) in self._circular for each in members)
        self._circular.update(id(each) for each in members)
        return self._report_cycle(members) if new else _circular(members[0].label)

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
        while True:
            try:
                if not self._waiting:
                    return task()
                self.get(next(reversed(self._waiting.values())).cell)
                _, done = self._waiting.popitem()
                self._pending.difference_update(each.identity for each in done.path)
            except Deferred as deferred:  # noqa: PERF203 - the way on
                self._wait(deferred)

    def _wait(self, deferred: Deferred) -> None:
        """Let a cell be computed before those that need it."""
        cell = deferred.cell
        if len(self._waiting) >= DEFERRED:
            self.meter.tell("limit-depth", f"more than {DEFERRED:,} values wait for each other", cell.file, cell.node)
            cell.owner.values[cell.key] = refused("a chain of references that is too long")
        else:
            self._waiting[cell.identity] = deferred
            self._pending.update(each.identity for each in deferred.path)


_SHOWN: Final = 8


def _circular(label: str) -> Unknown:
    return Unknown(Reason.ERROR, note=f"{label} depends on itself")
