"""What bounds an evaluation: depth and steps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from itertools import islice
from typing import Any, Final, Optional

from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Node
from guardrail.frontends.terraform.types import ANY, Type
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, extent, first_unknown, refused
from guardrail.model.dataclass import dataclass
from guardrail.model.place import SENSITIVE
from guardrail.model.value import Reason

DEPTH: Final = 250
"""How deep expressions nest, through whatever they refer to."""

HEADROOM: Final = 120
"""What a single expression needs of `DEPTH` at most: the parser allows a nesting of 100."""

STEPS: Final = 1_500_000
"""
How many nodes are visited for one root, and what takes as long or makes as much counted too: some two seconds.

The largest root of the public repositories that were tried takes 254,000.
"""

SECRETS: Final = 100
"""How many texts that are marked as sensitive are kept out of messages."""

_SHORTEST: Final = 4
"""What has fewer characters is no secret, and stands in every sentence."""

STOPPED: Final = "evaluation stopped after {:,} steps"

FRAMES: Final = 3_000
"""Python frames that an evaluation of `DEPTH` takes: some ten each where it goes from cell to cell, and functions."""


@contextmanager
def deep() -> Iterator[None]:
    """
    Let the interpreter recurse as deep as `DEPTH` needs while something is evaluated.

    Its own limit, 1,000 frames, is about endless recursion, which `DEPTH` excludes here. The limit stays far from
    what the stack holds (8 MiB on the main thread take tens of thousands of frames), and is put back afterwards.
    """
    before = sys.getrecursionlimit()
    if before < FRAMES + _CALLERS:
        sys.setrecursionlimit(FRAMES + _CALLERS)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


_CALLERS: Final = 1_000


class FatalError(EvaluationError):
    """An error that `try` must not hide: it says nothing about the value."""


class LimitError(FatalError):
    """guardrail stopped here; the value is refused and not wrong. `code` is that of the diagnostic."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


Report = Callable[[str, str, File, Node], None]
"""Tells code, message, file and node of what went wrong."""


@dataclass(slots=True)
class Meter:
    """
    The state of one evaluation.

    `handlers` has the function that evaluates each class of node. `file` is the one that the expression at hand is
    written in. `doubt` is why a step of it may fail after all, which `try` and `can` must know: a plan that fails need
    not be foreseen, a fallback must. `tell` is called for what goes wrong or is refused. `secrets` are texts that are
    marked as sensitive: no message repeats them.
    """

    handlers: Mapping[type, Callable[[Any, Any], Any]]
    tell: Report
    file: File
    depth: int = 0
    steps: int = 0
    limit: int = STEPS
    doubt: Optional[Unknown] = None
    secrets: set[str] = field(default_factory=set)

    @property
    def stopped(self) -> bool:
        """Whether all steps are taken."""
        return self.steps > self.limit

    def charge(self, steps: int) -> None:
        """Count work that is more than a visit of a node."""
        self.steps += steps
        if self.steps > self.limit:
            raise LimitError(STOPPED.format(self.limit), "limit-steps")

    def weigh(self, *values: Value) -> None:
        """Count the steps that walking whole values takes, about."""
        for value in values:
            if isinstance(value, str):
                self.charge(len(value) >> 6)
            elif isinstance(value, (tuple, dict)):
                self.charge(extent(value).weight)

    def doubted(self, result: Value, *operands: Value) -> Value:
        """
        Return the result of a step that fails for some values, and keep the doubt if an operand may be one of them.

        There is none where the candidates of all unknown operands were tried, which the result shows.
        """
        for operand in operands:
            if isinstance(operand, Unknown) and (
                operand.one_of is None or (isinstance(result, Unknown) and result.one_of is None)
            ):
                self.doubt = operand
        return result

    def confined(self, compute: Callable[[], Value], type: Type = ANY, *, not_null: bool = False) -> Value:  # noqa: A002 - the word of the language
        """
        Return the value of an arm that may not be chosen: its errors matter only if it is.

        `type` and `not_null` are what is known of a value that is in error.
        """
        try:
            return compute()
        except FatalError:
            raise
        except EvaluationError as error:
            self.doubt = failed = Unknown(Reason.ERROR, note=self.unsaid(error.message), type=type, not_null=not_null)
            return failed

    def refuse(self, node: Node, note: str) -> None:
        """Say that something is not computed."""
        self.tell("refused", note, self.file, node)

    def noticed(self, node: Node, result: Value, causes: Iterable[Value] = ()) -> Value:
        """Return a result; if it is refused, and not just because one of its causes is, say so."""
        if isinstance(result, Unknown) and result.reason is Reason.REFUSED:
            before = [found.reason for cause in causes if (found := first_unknown(cause)) is not None]
            if Reason.REFUSED not in before:
                self.refuse(node, result.note)
        return result

    def failed(self, error: EvaluationError, node: Node) -> Unknown:
        """Say what went wrong in an expression, and return what stands for its value."""
        code = "hcl-reference" if isinstance(error, FatalError) else "hcl-evaluation"
        if isinstance(error, LimitError):
            self.tell(error.code, error.message, self.file, error.node or node)
            return refused(error.message)
        message = self.unsaid(error.message)
        self.tell(code, message, self.file, error.node or node)
        return Unknown(Reason.ERROR, note=message)

    def secret(self, value: Value) -> None:
        """Keep the texts of a value that is marked as sensitive, as far as they are known and few."""
        pending = [value]
        while pending and len(self.secrets) < SECRETS:
            part = pending.pop()
            if isinstance(part, str):
                if len(part) >= _SHORTEST:
                    self.secrets.add(part)
            elif isinstance(part, (tuple, dict)):
                pending.extend(islice(part.values() if isinstance(part, dict) else part, SECRETS))

    def unsaid(self, message: str) -> str:
        """Return a message without the texts that are marked as sensitive."""
        for secret in sorted(self.secrets, key=lambda one: (-len(one), one)) if self.secrets else ():
            message = message.replace(secret, SENSITIVE)
        return message
