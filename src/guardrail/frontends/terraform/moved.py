"""`moved` blocks: which address a thing had before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Optional

from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.expansion import quoted
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.syntax import HclSyntaxError, parse_expression
from guardrail.frontends.terraform.syntax.nodes import Attribute, Expression, Index, Literal, Name

HOPS: Final = 64
"""How many earlier addresses of one thing are looked for."""


def moves(modules: Iterable[Module], addresses: Sequence[str]) -> Mapping[str, str]:
    """
    Return the address that holds now, by each that earlier revisions may have used.

    Blocks chain: what was moved twice is found under both old addresses. Adding `count` moves the instance that there
    was to index 0, without a block.
    """
    rules = [rule for module in modules for rule in _rules(module)]
    found: dict[str, str] = {}
    present = set(addresses)
    for address in addresses:
        for old in _before(address, rules):
            if old not in present:
                found.setdefault(old, address)
    return found


def _before(address: str, rules: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield every address that leads to this one, nearest first, and at most `HOPS`: moves can undo each other."""
    seen = {address}
    pending = [address]
    while pending and len(seen) <= HOPS:
        current = pending.pop(0)
        olds = [old for rule in rules if (old := _undone(current, rule)) is not None]
        if current.endswith("[0]"):
            olds.append(current.removesuffix("[0]"))
        for old in olds:
            if old not in seen:
                seen.add(old)
                pending.append(old)
                yield old


def _undone(address: str, rule: tuple[str, str]) -> Optional[str]:
    """Return what an address was before a move; None where the move has nothing to do with it."""
    before, after = rule
    if address == after:
        return before
    follows = address[len(after) : len(after) + 1]
    # A move of one instance (`from = a[0]`) says nothing about the instances of what it becomes.
    below = (".",) if before.endswith("]") or after.endswith("]") else (".", "[")
    return before + address[len(after) :] if address.startswith(after) and follows in below else None


def _rules(module: Module) -> Iterator[tuple[str, str]]:
    for declaration in module.declarations.moved:
        before, after = (_target(declaration, name) for name in ("from", "to"))
        if before is not None and after is not None:
            yield module.prefix + before, module.prefix + after


def _target(declaration: Declaration, name: str) -> Optional[str]:
    argument = declaration.argument(name)
    if argument is None:
        return None
    node: Expression = argument.value
    if isinstance(node, Literal) and isinstance(node.value, str):  # JSON
        try:
            node = parse_expression(node.value)
        except HclSyntaxError:
            return None
    return _address(node)


def _address(node: Expression) -> Optional[str]:
    """Return a reference as an address, None where it is none."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Attribute):
        base = _address(node.base)
        return None if base is None else f"{base}.{node.name}"
    if isinstance(node, Index) and isinstance(node.key, Literal):
        base, key = _address(node.base), node.key.value
        return None if base is None else f"{base}[{quoted(key) if isinstance(key, str) else key}]"
    return None
