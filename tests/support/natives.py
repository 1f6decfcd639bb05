"""The text behind resources that tests make by hand: there is none, but for what a test says of it."""

from __future__ import annotations

from guardrail.model.place import Place, Step
from guardrail.model.resource import Native


class Unwritten:
    """Text that nobody asks for: everything stands at the beginning of one file and comes from nowhere."""

    def place(self, path: str) -> Place:
        del path
        return Place("main.tf", 1, 1)

    def trace(self, path: str) -> tuple[Step, ...]:
        del path
        return ()

    def sensitive(self, path: str) -> bool:
        del path
        return False

    def same_basis(self, path: str, other: Native) -> bool:
        del path, other
        return True

    def referents(self, path: str) -> tuple[str, ...]:
        del path
        return ()


class Echoing(Unwritten):
    """Text in which each attribute is a file of its own: the answers show which one was asked for."""

    def place(self, path: str) -> Place:
        return Place(path)

    def trace(self, path: str) -> tuple[Step, ...]:
        return (Step(Place(path), "", None),)

    def referents(self, path: str) -> tuple[str, ...]:
        return (path,)
