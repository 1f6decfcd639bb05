from __future__ import annotations

from collections.abc import Callable

from guardrail.model.resource import Resource
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.regorus import Regorus, start_worker
from guardrail.sources.listed import MemoryTree


def policy(name: str, package: str = "", rule: str = "r.region") -> bytes:
    return f"""# METADATA
# title: A title
# description: A description
# custom:
#   id: {name}
#   severity: low
#   remediation: Do it.
#   applies_to: {{all: true}}
package {package or "policies." + name.replace("-", "_")}

deny contains {{"resource": r.address, "path": "/region", "message": "no"}} if {{
	some r in input.resources
	{rule}
}}
""".encode()


def test_policies_of_an_organisation_stand_beside_the_built_in_ones(
    engine: Regorus, judge: Callable[..., Evaluation], resource: Callable[..., Resource]
) -> None:
    tree = MemoryTree(
        {
            "policies/a/own.rego": policy("own"),
            "policies/a/own_test.rego": b"package own_test\n\ntest_x if true\n",
            "policies/readme.md": b"no policy",
            "elsewhere/other.rego": policy("other"),
        }
    )
    library = load_library(engine, shared_module(), [(tree, "policies/")])
    assert library.diagnostics == ()
    assert "own" in library.loaded
    assert "other" not in library.loaded
    assert library.loaded["own"].policy.origin == "user"
    found = judge(resource(region="a"), by=(library.loaded["own"], "required-tags"))
    assert [one.policy for one in found.decisions] == ["own"]


def test_the_whole_tree_may_be_a_source(engine: Regorus) -> None:
    tree = MemoryTree({"own.rego": policy("own")})
    assert "own" in load_library(engine, shared_module(), [(tree, ".")]).loaded


def test_a_bad_policy_is_left_out_and_named(engine: Regorus) -> None:
    tree = MemoryTree({"p/bad.rego": policy("bad", rule="r.region == missing"), "p/good.rego": policy("good")})
    library = load_library(engine, shared_module(), [(tree, "p")])
    assert "good" in library.loaded
    assert "bad" not in library.loaded
    (problem,) = library.diagnostics
    assert (problem.level, problem.code, str(problem.place)) == ("error", "policy-syntax", "p/bad.rego:13:14")


def test_ids_and_packages_are_unique(engine: Regorus) -> None:
    tree = MemoryTree(
        {
            "p/a.rego": policy("max-replicas"),
            "p/b.rego": policy("one", "policies.same"),
            "p/c.rego": policy("two", "policies.same"),
            "p/d.rego": policy("three", "policies.same.deny"),
            "p/e.rego": policy("scan-incomplete"),
        }
    )
    library = load_library(engine, shared_module(), [(tree, "p")])
    assert [(one.code, one.message) for one in library.diagnostics] == [
        ("policy-twice", "the id max-replicas is taken by guardrail/policies/max-replicas/max-replicas.rego"),
        ("policy-twice", "the package policies.same is in the way of policies.same in p/b.rego"),
        ("policy-twice", "the package policies.same.deny is in the way of policies.same in p/b.rego"),
        ("policy-twice", "the id scan-incomplete is that of a finding of guardrail's own"),
    ]
    assert library.loaded["max-replicas"].policy.origin == "builtin"


def test_a_file_that_cannot_be_read_is_named(engine: Regorus) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    library = load_library(engine, shared_module(), [(MemoryTree({"p/a.rego": pointer}), "p")])
    (problem,) = library.diagnostics
    assert (problem.level, problem.code, str(problem.place)) == ("error", "policy-unread", "p/a.rego")


def test_a_policy_that_ends_the_engine_spares_the_others() -> None:
    tree = MemoryTree({"p/a.rego": policy("a"), "p/b.rego": policy("b")})
    with start_worker(shared_module()) as engine:
        engine._child._process.kill()
        library = load_library(engine, shared_module(), [(tree, "p")])
    assert "b" in library.loaded
    (problem,) = library.diagnostics
    assert (problem.code, str(problem.place)) == ("policy-syntax", "p/a.rego")
    assert problem.message.startswith("cannot be compiled: the engine ended")
