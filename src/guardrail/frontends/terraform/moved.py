"""`moved` blocks: which address a thing had before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Optional

from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.expansion import quoted
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.syntax import HclSyntaxError, parse_expression
from guardrail.frontends.terraform.syntax.nodes import Attribute, Expression, Index, Literal, Name

HOPS: Final = 64
"""How many earlier addresses of one thing are looked for."""


Rules = dict[str, list[tuple[int, str]]]
"""The moves of a root by where they lead: rank among the blocks, and where they come from."""


def moves(modules: Iterable[Module], addresses: Sequence[str]) -> Mapping[str, str]:
    """
    Return the address that holds now, by each that earlier revisions may have used.

    Blocks chain: what was moved twice is found under both old addresses. Adding `count` moves the instance that there
    was to index 0, without a block.
    """
    rules: Rules = defaultdict(list)
    for rank, (before, after) in enumerate(rule for module in modules for rule in _rules(module)):
        rules[after].append((rank, before))
    found: dict[str, str] = {}
    present = set(addresses)
    # Without any block, only what is at index 0 can have been called otherwise.
    for address in addresses if rules else (one for one in addresses if one.endswith("[0]")):
        for old in _before(address, rules):
            if old not in present:
                found.setdefault(old, address)
    return found


def _before(address: str, rules: Rules) -> Iterator[str]:
    """Yield every address that leads to this one, nearest first, and at most `HOPS`: moves can undo each other."""
    seen = {address}
    pending = [address]
    while pending and len(seen) <= HOPS:
        current = pending.pop(0)
        olds = _undone(current, rules)
        if current.endswith("[0]"):
            olds.append(current.removesuffix("[0]"))
        for old in olds:
            if old not in seen:
                seen.add(old)
                pending.append(old)
                yield old


def _undone(address: str, rules: Rules) -> list[str]:
    """Return what an address was before each move of it, or of what it lies in, in the order of the blocks."""
    found: list[tuple[int, str]] = []
    for end in (*(at for at, character in enumerate(address) if character in ".["), len(address)):
        after, below = address[:end], address[end:]
        for rank, before in rules.get(after, ()):
            # A move of one instance (`from = a[0]`) says nothing about the instances of what it becomes.
            if not below.startswith("[") or not (before.endswith("]") or after.endswith("]")):
                found.append((rank, before + below))
    return [old for _, old in sorted(found)]


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
