"""Networks of Amazon: gateways, load balancers, addresses and endpoints that are paid for by the hour."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.words import REGION
from guardrail.catalog.kind import ByUsage, Flat, From, Kind, NoRows, at
from guardrail.model.resource import Link

NAT_GATEWAY: Final = Kind(
    type="aws_nat_gateway",
    category="network.nat",
    source="https://aws.amazon.com/vpc/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    links=(Link(kind="references", at="/allocation_id", types=("aws_eip",)),),
    lines=(
        Flat(name="gateway", service="nat-gateway", sku="nat-gateway"),
        ByUsage(name="data processed"),
    ),
)

ADDRESS: Final = Kind(
    type="aws_eip",
    category="network.ip",
    source="https://aws.amazon.com/vpc/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    # In use or idle, the rate is the same.
    lines=(Flat(name="public IPv4 address", service="public-ip", sku="ipv4-in-use"),),
)

_BALANCERS: Final = {"application": "alb", "network": "nlb"}


def _balancer(stated: Optional[str]) -> Optional[str]:
    """Return the SKU of a load balancer; gateway load balancers have no rows."""
    return _BALANCERS.get(stated or "application")


def _exposure(internal: Any) -> str:
    return "private" if internal in (True, "true") else "public"


def _load_balancer(native: str) -> Kind:
    kind = (at("load_balancer_type"),)
    return Kind(
        type=native,
        category="network.lb",
        source="https://aws.amazon.com/elasticloadbalancing/pricing/",
        labels="tags",
        region=REGION,
        facts={"exposure": at("internal", default="public", convert=_exposure)},
        lines=(
            Flat(name="load balancer", service="load-balancer", sku=From(kind, _balancer)),
            NoRows(name="gateway load balancer", when=From(kind, lambda stated: _balancer(stated) is None)),
            ByUsage(name="capacity units"),
        ),
    )


CLASSIC_LOAD_BALANCER: Final = Kind(
    type="aws_elb",
    category="network.lb",
    source="https://aws.amazon.com/elasticloadbalancing/pricing/",
    labels="tags",
    region=REGION,
    facts={"exposure": at("internal", default="public", convert=_exposure)},
    lines=(
        Flat(name="load balancer", service="load-balancer", sku="clb"),
        ByUsage(name="data processed"),
    ),
)


def _is(wanted: str) -> From:
    return From((at("vpc_endpoint_type"),), lambda stated: (stated or "Gateway") == wanted)


def _zones(subnets: Optional[Any]) -> Optional[int]:
    """Return in how many zones an endpoint has an interface: one for each subnet."""
    return len(subnets) if subnets else None


ENDPOINT: Final = Kind(
    type="aws_vpc_endpoint",
    category="network.endpoint",
    source="https://aws.amazon.com/privatelink/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    lines=(
        Flat(
            name="interfaces",
            service="vpc-endpoint",
            sku="interface",
            quantity=From((at("subnet_ids"),), _zones),
            when=_is("Interface"),
        ),
        ByUsage(name="data processed", when=_is("Interface")),
        NoRows(name="gateway load balancer endpoint", when=_is("GatewayLoadBalancer")),
    ),
)

TRANSIT_ATTACHMENT: Final = Kind(
    type="aws_ec2_transit_gateway_vpc_attachment",
    category="network.endpoint",
    source="https://aws.amazon.com/transit-gateway/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    lines=(
        Flat(name="attachment", service="transit-gateway", sku="attachment"),
        ByUsage(name="data processed"),
    ),
)

KINDS: Final = (
    NAT_GATEWAY,
    ADDRESS,
    _load_balancer("aws_lb"),
    _load_balancer("aws_alb"),
    CLASSIC_LOAD_BALANCER,
    ENDPOINT,
    TRANSIT_ATTACHMENT,
)
