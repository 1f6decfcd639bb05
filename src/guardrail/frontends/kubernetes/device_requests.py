"""What requests for devices ask for, by their classes and the expressions that select them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import AcceleratorModel, accelerator
from guardrail.catalog.kubernetes.device_keys import Device, share
from guardrail.catalog.kubernetes.devices import DeviceClass, device, device_class
from guardrail.frontends.kubernetes.accelerators import of_device
from guardrail.frontends.kubernetes.cel import domains, stated
from guardrail.frontends.kubernetes.nodes import ANY_NODE, Nodes, agreed
from guardrail.frontends.kubernetes.reading import Reading, lookup
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Accelerator
from guardrail.model.value import CANDIDATES, Count, Reason, Text, Unknown, Value

_CLASS: Final = "resource.k8s.io/DeviceClass"
_MODEL: Final = "productName"
_PROFILE: Final = "profile"
_DRIVER: Final = "driver"
_NVIDIA: Final = "gpu.nvidia.com"


def doubt(value: Value, note: str = "the requests of a claim are no list") -> Unknown:
    """Return what stands for a value of another type than is needed: itself, if it is not known."""
    return value if isinstance(value, Unknown) else Unknown(Reason.ERROR, note=note)


def written(claim: Value) -> Value:
    """Return the requests of a claim in the words of the operator of NIM, as Kubernetes has them."""
    devices = lookup(claim, ("devices",))
    if not isinstance(devices, tuple):
        return devices
    return tuple(_request(one) if isinstance(one, dict) else one for one in devices)


def _request(device_: Mapping[str, Value]) -> Value:
    """Return one request. What is not stated is of NVIDIA's class; attributes are conditions like any others."""
    driver = device_.get("driverName") or _NVIDIA
    stated = device_.get("celExpressions")
    expressions = list(stated) if isinstance(stated, tuple) else []
    attributes = device_.get("attributeSelectors")
    for one in attributes if isinstance(attributes, tuple) else ():
        key, operator, text = lookup(one, ("key",)), lookup(one, ("op",)), lookup(one, ("value", "stringValue"))
        if operator == "Equal" and isinstance(key, str) and isinstance(text, str):
            domain, _, name = key.rpartition("/")
            expressions.append(f'device.attributes["{domain or driver}"].{name} == "{text}"')
    made: dict[str, Value] = {
        "deviceClassName": device_.get("deviceClassName") or _NVIDIA,
        "selectors": tuple({"cel": {"expression": one}} for one in expressions),
    }
    return made if device_.get("count") is None else {**made, "count": device_["count"]}


def of_request(
    reading: Reading, request: Value, at: str, around: Surroundings, where: Nodes
) -> Union[Accelerator, Unknown, None]:
    """
    Return what a request asks for, None for no accelerator.

    Of alternatives any may come: as many as the one that asks for most, of a model that is not known where they differ.
    """
    found: list[Accelerator] = []
    for choice, below in _choices(request, at):
        one = choice if isinstance(choice, Unknown) else _of_choice(reading, choice, below, around, where)
        if isinstance(one, Unknown):
            return one
        if one is not None:
            found.append(one)
    if not found:
        return None
    most = max(found, key=_weight)
    names_ = [(one.vendor, one.model, one.family) for one in found]
    if all(name == names_[0] for name in names_):
        return most
    vendor, model, family = (_any_of(several) for several in zip(*names_, strict=True))
    return replace(most, vendor=vendor, model=model, family=family, memory_gib=None)


def _any_of(texts: Sequence[Text]) -> Text:
    """Return the text that all of several are, else which it can be."""
    distinct: dict[str, None] = {}
    for one in texts:
        several = (one,) if isinstance(one, str) else one.one_of if isinstance(one, Unknown) else None
        if several is None:
            return one if isinstance(one, Unknown) else Unknown(Reason.REFUSED, note="any of several devices will do")
        distinct.update(dict.fromkeys(several))
    if len(distinct) == 1:
        return next(iter(distinct))
    one_of = tuple(distinct) if len(distinct) <= CANDIDATES else None
    return Unknown(Reason.REFUSED, one_of, note="any of several devices will do")


def _weight(one: Accelerator) -> Decimal:
    """Return how many whole devices an alternative is; one that is not known is the most."""
    return one.count * (one.fraction or Decimal(1)) if isinstance(one.count, int) else Decimal("Infinity")


def _choices(request: Value, at: str) -> Iterator[tuple[Union[Mapping[str, Value], Unknown], str]]:
    """Yield the alternatives of a request: `exactly` or flat there is one, `firstAvailable` has several."""
    if not isinstance(request, dict):
        yield doubt(request), at
        return
    several = request.get("firstAvailable")
    if isinstance(several, Unknown):
        yield several, at
    if isinstance(several, tuple) and several:
        for index, one in enumerate(several):
            yield one if isinstance(one, dict) else doubt(one), f"{at}/firstAvailable/{index}"
        return
    exactly = request.get("exactly")
    if exactly is None:
        yield request, at
    else:
        yield exactly if isinstance(exactly, dict) else doubt(exactly), f"{at}/exactly"


def _of_choice(
    reading: Reading, choice: Mapping[str, Value], at: str, around: Surroundings, where: Nodes
) -> Union[Accelerator, Unknown, None]:
    name = choice.get("deviceClassName")
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else reading.problem(f"{at}/deviceClassName", "not a name")
    what, where = of_class(name, around, where)
    if what is DeviceClass.UNKNOWN:
        return Unknown(Reason.REFUSED, note=f"the device class {name[:60]!r} is in no row")
    if isinstance(what, DeviceClass) or choice.get("adminAccess") is True:
        return None
    where = _narrowed(_expressions(choice.get("selectors")), where)
    return of_device(what, _count(reading, choice, at), where)


def resources(around: Surroundings) -> Callable[[str], Optional[Device]]:
    """Return what one unit of a resource is, where classes lend devices their names, and devices are shared out."""
    lent = around.lent()
    if around.policies and around.parts is None:
        from guardrail.frontends.kubernetes.slices import parts

        around.parts = parts(around)
    if not around.parts:
        return _lent(lent, around) if lent else device
    several, told = around.parts, _lent(lent, around) if lent else device

    def part(resource: str) -> Optional[Device]:
        found = told(resource)
        if found is None or resource not in several:
            return found
        return replace(found, fraction=(found.fraction or Decimal(1)) * share(1, several[resource]))

    return part


def _lent(lent: Mapping[str, str], around: Surroundings) -> Callable[[str], Optional[Device]]:

    def known(resource: str) -> Optional[Device]:
        found = device(resource)
        if resource not in lent or (found is not None and found.vendor is not None):
            return found
        what, _ = of_class(lent[resource], around, ANY_NODE)
        if isinstance(what, Device):
            return what
        return found or (Device(None) if what is DeviceClass.UNKNOWN else None)

    return known


def of_class(name: str, around: Surroundings, where: Nodes) -> tuple[Union[Device, DeviceClass], Nodes]:
    """
    Return what one device of a class is, and the nodes with what the class says of them.

    A class that is here says by its expressions which driver's devices it has: whoever writes it chooses its name.
    """
    target = around.target(_CLASS, None, name)
    if target is None:
        return device_class(name), where
    expressions = _expressions(lookup(target.value, ("spec", "selectors")))
    found = _by_driver(expressions)
    if found is None:
        found = device_class(name)
        found = DeviceClass.UNKNOWN if found is DeviceClass.OTHER else found
    return found, _narrowed(expressions, where)


def _by_driver(expressions: Sequence[str]) -> Union[Device, DeviceClass, None]:
    """Return what devices are by who publishes them: as expressions demand, else as the attributes are called."""
    for expression in expressions:
        for one in stated(expression):
            if one.name == _DRIVER and not one.domain:
                several = {device_class(driver) for driver in one.values}
                return several.pop() if len(several) == 1 else DeviceClass.UNKNOWN
    for expression in expressions:
        for domain in domains(expression):
            found = device_class(domain)
            if isinstance(found, Device):
                return found
    return None


def _expressions(selectors: Value) -> Sequence[str]:
    found = (lookup(one, ("cel", "expression")) for one in (selectors if isinstance(selectors, tuple) else ()))
    return [one for one in found if isinstance(one, str)]


def _count(reading: Reading, choice: Mapping[str, Value], at: str) -> Count:
    mode = choice.get("allocationMode")
    if mode == "All":
        return Unknown(Reason.ENVIRONMENT, note="all devices of the node are claimed")
    return mode if isinstance(mode, Unknown) else whole(reading, choice.get("count"), f"{at}/count")


def whole(reading: Reading, count: Value, at: str) -> Count:
    """Return how many devices are claimed; not stated and 0 mean one."""
    if isinstance(count, Unknown):
        return count
    if isinstance(count, bool) or not isinstance(count, int):
        return 1 if count is None else reading.problem(at, "not a whole number")
    if count < 0:
        return reading.problem(at, "negative")
    return count or 1 if count < _LARGEST else reading.problem(at, "larger than 32 bits hold")


_LARGEST: Final = 2**31


def _narrowed(expressions: Sequence[str], where: Nodes) -> Nodes:
    """Return the nodes with the model and the slices that expressions demand."""
    for expression in expressions:
        for one in stated(expression):
            if one.name == _MODEL:
                rows = _rows(one.values)
                if rows:
                    told = where.models if isinstance(where.models, tuple) else None
                    where = replace(where, models=agreed(told, rows))
            elif one.name == _PROFILE and len(one.values) == 1:
                where = replace(where, slice=one.values[0])
    return where


def _rows(products: Sequence[str]) -> tuple[AcceleratorModel, ...]:
    """Return the models of products, none where one of them is in no row."""
    found = [accelerator(product.replace(" ", "-")) for product in products]
    known = [row for row in found if row is not None]
    return tuple(dict.fromkeys(known)) if len(known) == len(found) else ()
