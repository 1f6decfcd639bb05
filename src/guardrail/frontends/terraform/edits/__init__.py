"""
Edits of Terraform files that change one stretch of text and keep every other byte.

`Root` is a unit as it is; `assign`, `add` and `remove` return an `Edit` of one file of it, or a `Refusal` that says
why there is no single safe one; `applied` makes edits in the bytes of a file. Nothing here writes a file. What an
`Edit` promises was tried: the root was read once more with it.
"""

from __future__ import annotations

from guardrail.frontends.terraform.edits.edit import Also, Edit, EditError, Refusal, applied
from guardrail.frontends.terraform.edits.root import Root, add, assign, remove
from guardrail.frontends.terraform.edits.spelled import Plain

__all__ = ["Also", "Edit", "EditError", "Plain", "Refusal", "Root", "add", "applied", "assign", "remove"]
