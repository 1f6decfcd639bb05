"""Functions of IP address ranges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Union

from guardrail.frontends.terraform.functions.signature import Function, sized, whole_number
from guardrail.frontends.terraform.types import BOOL, NUMBER, STRING, ListType
from guardrail.frontends.terraform.values import EvaluationError, ListValue, Value

Network = Union[IPv4Network, IPv6Network]

_LEADING_ZERO: Final = re.compile(r"(?<![0-9a-fA-F:])0+(?=[0-9])")

_WIDEST: Final = 256
"""Numbers of hosts and networks may be as large as the addresses are, with room for those that are too large."""


def _network(text: str) -> Network:
    """Return the network that a prefix is in. Terraform reads numbers with leading zeros as decimal ones."""
    address, slash, length = text.partition("/")
    if not slash or not length.isdecimal() or not length.isascii() or "%" in address:
        raise EvaluationError(f'"{text}" is no address prefix such as 10.0.0.0/16')
    if ":" not in address:
        address = _LEADING_ZERO.sub("", address)
    try:
        return ip_network(f"{address}/{int(length)}", strict=False)
    except ValueError as error:
        raise EvaluationError(f'"{text}" is no address prefix such as 10.0.0.0/16') from error


def _address(network: Network, offset: int) -> Union[IPv4Address, IPv6Address]:
    return type(network.network_address)(int(network.network_address) + offset)


def _shown(address: Union[IPv4Address, IPv6Address]) -> str:
    """Return an address as Go writes it: one of IPv4 that is mapped into IPv6 as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _subnet(network: Network, bits: int, number: int) -> str:
    length = network.prefixlen + bits
    return f"{_shown(_address(network, number << (network.max_prefixlen - length)))}/{length}"


def _cidrhost(prefix: str, host: Value) -> str:
    """Return the address of a host; a negative number counts from the end."""
    network, number = _network(prefix), whole_number(host, "host number", bits=_WIDEST)
    available = 1 << (network.max_prefixlen - network.prefixlen)
    if not -available <= number < available:
        raise EvaluationError(f"{prefix} has no host number {number}")
    return _shown(_address(network, number % available))


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if isinstance(network, IPv6Network):
        raise EvaluationError("IPv6 networks have no netmask")
    return str(network.netmask)


def _cidrsubnet(prefix: str, bits: Value, number: Value) -> str:
    network = _network(prefix)
    added, index = whole_number(bits, "number of bits"), whole_number(number, "network number", bits=_WIDEST)
    _check(network, added)
    if not 0 <= index < 1 << added:
        raise EvaluationError(f"{added} bits cannot hold the network number {index}")
    return _subnet(network, added, index)


def _check(network: Network, added: int) -> None:
    if added < 0 or network.prefixlen + added > network.max_prefixlen:
        raise EvaluationError(f"a prefix of {network.prefixlen} bits cannot be extended by {added}")


def _cidrsubnets(prefix: str, *bits: Value) -> Value:
    """Return networks that follow each other as closely as their sizes allow."""
    network = _network(prefix)
    end = int(network.network_address) + (1 << (network.max_prefixlen - network.prefixlen))
    position = int(network.network_address)
    found: list[Value] = []
    for each in bits:
        added = whole_number(each, "number of bits")
        if added < 1:
            raise EvaluationError("a subnet needs at least one bit more than the prefix")
        _check(network, added)
        sized(len(found))
        size = 1 << (network.max_prefixlen - network.prefixlen - added)
        position = -(-position // size) * size
        if position + size > end:
            raise EvaluationError(f"there is not enough room in {prefix} for a subnet with {added} bits more")
        found.append(f"{_shown(type(network.network_address)(position))}/{network.prefixlen + added}")
        position += size
    return ListValue(found)


def _cidrcontains(prefix: str, other: str) -> bool:
    """Return whether an address or a network lies within another."""
    outer = _network(prefix)
    if "/" in other:
        inner = _network(other)
        return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]
    try:
        address = ip_address(_LEADING_ZERO.sub("", other) if ":" not in other else other)
    except ValueError as error:
        raise EvaluationError(f'"{other}" is neither an address nor a prefix') from error
    return address in outer


FUNCTIONS: Final[Mapping[str, Function]] = {
    "cidrcontains": Function(_cidrcontains, (STRING, STRING), BOOL),
    "cidrhost": Function(_cidrhost, (STRING, NUMBER), STRING),
    "cidrnetmask": Function(_cidrnetmask, (STRING,), STRING),
    "cidrsubnet": Function(_cidrsubnet, (STRING, NUMBER, NUMBER), STRING),
    "cidrsubnets": Function(_cidrsubnets, (STRING,), ListType(STRING), rest=NUMBER),
}
