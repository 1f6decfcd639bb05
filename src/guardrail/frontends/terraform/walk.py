"""All that a root module creates, modules before what they hold, in an order that files have no part in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from guardrail.frontends.budget import RESOURCES
from guardrail.frontends.terraform.calls import UnresolvedModule
from guardrail.frontends.terraform.meter import STOPPED
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.resources import Instance


def everything(module: Module) -> Iterator[Union[Instance, UnresolvedModule]]:
    """Yield each managed resource, and each call of a module that is not at hand."""
    demand = module.program.cells.demand
    for kind, name in sorted(module.declarations.resources):
        yield from demand(lambda of=(kind, name): module.instances("resource", *of))[1]  # type: ignore[misc]
    for name in sorted(module.declarations.modules):
        for child in demand(lambda of=name: module.children(of))[1]:  # type: ignore[misc]
            if isinstance(child, UnresolvedModule):
                yield child
            else:
                yield from everything(child)


def affordable(root: Module, most: int) -> Iterator[Union[Instance, UnresolvedModule]]:
    """
    Yield what a root creates, no more than `most`.

    When all steps are taken, of each block only one more instance: nothing is known of the others either.
    """
    program, meter = root.program, root.program.meter
    seen: set[int] = set()
    left = most
    for found in everything(root):
        declaration = found.declaration if isinstance(found, Instance) else found.call.declaration
        if not left:
            message = f"more than {RESOURCES:,} resources; this one and what follows it are not judged"
            program.report("limit-resources", message, declaration.file, declaration.block)
            return
        if meter.stopped and id(declaration) in seen:
            continue
        seen.add(id(declaration))
        left -= 1
        body = declaration.block.body
        meter.steps += len(body.arguments) + len(body.blocks)
        if meter.stopped:
            program.report("limit-steps", STOPPED.format(meter.limit), declaration.file, declaration.block)
        yield found


def modules_of(module: Module) -> Iterator[Module]:
    """Yield the module itself and all instances of modules below it that are at hand."""
    yield module
    for name in sorted(module.declarations.modules):
        for child in module.program.cells.demand(lambda of=name: module.children(of))[1]:  # type: ignore[misc]
            if isinstance(child, Module):
                yield from modules_of(child)
