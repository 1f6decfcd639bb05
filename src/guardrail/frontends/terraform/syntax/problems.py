"""What is wrong with a text."""

from __future__ import annotations

from guardrail.errors import GuardrailError
from guardrail.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A place where the text breaks the grammar: what was expected and what stands there, as offsets of the text."""

    message: str
    start: int
    end: int
    hint: str = ""


class HclSyntaxError(GuardrailError):
    """The text cannot be read on from here. Files collect their problems; single expressions raise this."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message, hint=problem.hint)
        self.problem = problem
