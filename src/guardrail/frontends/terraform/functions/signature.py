"""What a function takes and gives, and how unknown arguments pass through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, Optional, Protocol, Union

from guardrail.frontends.terraform.candidates import alternatives, any_of, combinations, one_of
from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.meter import FatalError, Meter
from guardrail.frontends.terraform.types import ANY, Type
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Unknown,
    Value,
    checked_text,
    unknown,
    wholly_known,
)
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Tree


class Context(Protocol):
    """What functions may ask of their surroundings: files of the tree, relative to the root module's directory."""

    @property
    def tree(self) -> Tree:
        """Return the tree that is checked."""

    @property
    def root(self) -> str:
        """Return the directory of the root module, empty for the root of the tree."""

    @property
    def meter(self) -> Meter:
        """Return what counts steps."""


@dataclass(frozen=True, slots=True)
class Nullable:
    """A parameter that may be null; any other one may not."""

    type: Type = ANY


Parameter = Union[Type, Nullable]


@dataclass(frozen=True, slots=True)
class Function:
    """
    One function of the language.

    `run` gets the arguments, converted to the types of `takes` and then of `rest`, of which there may be any number up
    to `most` in all; with `reads` the context first. `result` is the type of what it returns. It sees arguments that
    are wholly known only, unless it is `partial`: then it decides by itself what an unknown in them means.
    """

    run: Callable[..., Value]
    takes: tuple[Parameter, ...] = ()
    result: Type = ANY
    rest: Optional[Parameter] = None
    least: int = 0
    most: Optional[int] = None
    partial: bool = False
    reads: bool = False

    def __call__(self, arguments: Sequence[Value], context: Context) -> Value:
        """Return what the function gives. Raises an `EvaluationError`."""
        self._count(len(arguments))
        result = self._choosing(arguments, context)
        if isinstance(result, Unknown) and result.one_of is None and not all(map(wholly_known, arguments)):
            picks = alternatives(arguments)
            return result if picks is None else _with_parts(self._each(arguments, picks, context), result)
        return result

    def _choosing(self, arguments: Sequence[Value], context: Context) -> Value:
        """Return what the function gives, one of several where arguments are one of several."""
        options = [given.one_of if isinstance(given, Unknown) and given.one_of else None for given in arguments]
        if not any(options):
            return self._one(arguments, context)
        if not self.partial and not all(map(wholly_known, _without(arguments, options))):
            return self._unknown(arguments)
        choices = [(given,) if choice is None else choice for given, choice in zip(arguments, options, strict=True)]
        picks = combinations(choices)
        return self._unknown(arguments) if picks is None else self._each(arguments, picks, context)

    def _count(self, given: int) -> None:
        least = len(self.takes) + self.least
        most = self.most if self.most is not None else None if self.rest is not None else least
        if given < least or (most is not None and given > most):
            wanted = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
            raise EvaluationError(f"takes {wanted} argument{'' if wanted == '1' else 's'}, not {given}")

    def _each(self, arguments: Sequence[Value], picks: Iterable[Sequence[Value]], context: Context) -> Value:
        """Return one of what the function gives for the candidates of its arguments."""
        results: list[Value] = []
        failure: Optional[EvaluationError] = None
        for combination in picks:
            try:
                results.append(self._one(combination, context))
            except FatalError:  # noqa: PERF203 - every combination may fail by itself
                raise
            except EvaluationError as error:
                failure = error
        if failure is not None:
            if not results:
                raise failure
            return self._unknown(arguments)  # `try` would turn the error into any value
        base = self._unknown(arguments)
        return any_of(base, results) if self.result is ANY else one_of(base, results)

    def _one(self, arguments: Sequence[Value], context: Context) -> Value:
        takes = self.takes
        converted: list[Value] = [context] if self.reads else []
        known = True
        for index, given in enumerate(arguments):
            parameter = takes[index] if index < len(takes) else self.rest
            wanted = parameter.type if isinstance(parameter, Nullable) else parameter
            if given is None and not isinstance(parameter, Nullable):
                raise EvaluationError(f"argument {index + 1} must not be null")
            if wanted is not None and wanted is not ANY:
                given = _converted(index, given, wanted)  # noqa: PLW2901 - it is the same argument
            known = known and wholly_known(given)
            converted.append(given)
        if not known and not self.partial:
            return self._unknown(arguments)
        result = self.run(*converted)
        return checked_text(result) if isinstance(result, str) else result

    def _unknown(self, arguments: Sequence[Value]) -> Unknown:
        return unknown(*arguments, type=self.result, not_null=self.result is not ANY)


def _with_parts(found: Value, before: Unknown) -> Value:
    """Return one of several texts with what they have in common, where that was told."""
    return replace(found, parts=before.parts) if isinstance(found, Unknown) and before.parts is not None else found


def _without(arguments: Sequence[Value], options: Sequence[object]) -> list[Value]:
    return [given for given, option in zip(arguments, options, strict=True) if option is None]


def _converted(index: int, given: Value, wanted: Type) -> Value:
    try:
        return convert(given, wanted)
    except EvaluationError as error:
        raise EvaluationError(f"argument {index + 1}: {error.message}", error.node) from error


SIZE: Final = 100_000
"""The most elements of a collection that a function makes."""


def sized(count: int) -> int:
    """Return the number of elements that are about to be made; an error where they are too many."""
    if count > SIZE:
        raise TooLargeError(f"a collection of more than {SIZE:,} elements")
    return count


class TooLargeError(Exception):
    """guardrail does not compute this result, for its size. The caller makes an unknown of it (`refused`)."""


def whole_number(value: Value, what: str, *, bits: int = 64) -> int:
    """Return a number that has to be an integer of the machine, or of so many bits."""
    if not isinstance(value, int) or not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise EvaluationError(f"the {what} must be a whole number of {bits} bits")
    return value
