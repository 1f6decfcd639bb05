from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from guardrail.errors import UsageError
from guardrail.model.cost import Priced
from guardrail.model.report import Report
from guardrail.pricing.book import Book
from guardrail.report import explanation

GPU = "infra/serving//aws_eks_node_group.gpu"
WEB = "k8s/serving//apps/Deployment/serving/embeddings"


@pytest.mark.parametrize(
    ("name", "address", "path"),
    [
        pytest.param("resource", GPU, None, id="a resource with its facts, edges and price"),
        pytest.param("unpriced", WEB, None, id="a resource without a price"),
        pytest.param("fact", GPU, "/groups/main/replicas/desired", id="one fact down to the line of the variables"),
        pytest.param("facts", GPU, "/groups/main/replicas", id="all facts below a path"),
        pytest.param("absent", GPU, "/labels/cost-center", id="a fact that nobody states"),
        pytest.param("unknown", GPU, "/groups/main/zones", id="a fact that is not known"),
        pytest.param("attribute", GPU, "/attributes/scaling_config/0/desired_size", id="a native attribute"),
    ],
)
def test_explanation(
    name: str, address: str, path: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]
) -> None:
    golden(f"explain.{name}.txt", explanation(stories["blocked"], address, path))


def test_a_native_address_is_enough_where_it_is_unique(stories: Mapping[str, Report]) -> None:
    report = stories["blocked"]
    assert explanation(report, "aws_eks_node_group.gpu") == explanation(report, GPU)


@pytest.mark.parametrize(
    ("address", "path", "message", "hint"),
    [
        pytest.param(
            "infra/serving//aws_eks_node_group.gpo",
            None,
            "no resource has the address infra/serving//aws_eks_node_group.gpo",
            f"did you mean {GPU}",
            id="a misspelt address",
        ),
        pytest.param("nothing", None, "no resource has the address nothing", "guardrail graph", id="no such address"),
        pytest.param(
            GPU,
            "/group/main/replicas/max",
            f"{GPU} has no fact /group/main/replicas/max",
            "did you mean /groups/main/replicas/max",
            id="a misspelt path",
        ),
        pytest.param(GPU, "zzz", f"{GPU} has no fact zzz", "without PATH", id="no pointer"),
    ],
)
def test_what_does_not_exist(address: str, path: str, message: str, hint: str, stories: Mapping[str, Report]) -> None:
    with pytest.raises(UsageError) as told:
        explanation(stories["blocked"], address, path)
    assert told.value.message == message
    assert told.value.hint.startswith(hint)


def test_with_the_book_a_price_names_its_row(stories: Mapping[str, Report]) -> None:
    book = Book()
    found = book.find("aws", "ec2", "g5.12xlarge", "us-east-1")
    assert found is not None
    row = book.row(found)
    assert row is not None
    blocked = stories["blocked"]
    bill = blocked.costs.bills[GPU]
    machine = bill.lines[0]
    assert isinstance(machine, Priced)
    priced = replace(bill, lines=(replace(machine, price=found),))
    report = replace(blocked, costs=replace(blocked.costs, bills={GPU: priced}))
    text = explanation(report, GPU, book=book)
    assert f"listed: aws ec2 g5.12xlarge us-east-1 on-demand, line {row[1]} of {row[0]}\n" in text
    assert f"{found.as_of}, {found.source}\n" in text


@pytest.mark.parametrize(("address", "said"), [("t1", "not understood"), ("f", "by shape")])
def test_what_is_not_understood_says_so(address: str, said: str, strangers: Report) -> None:
    assert explanation(strangers, address, None).splitlines()[1].startswith("  ")
    assert f", {said}  " in explanation(strangers, address, None).splitlines()[1]
