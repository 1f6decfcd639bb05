"""What a policy rests on is derived from its text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.policy.model import Loaded


@pytest.mark.parametrize(
    ("rules", "reads"),
    [
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tr.lifetime.ttl_seconds > 3\n}",
            ["/lifetime/ttl_seconds?"],
            id="a field",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tsome name, group in r.groups\n"
            "\tcount(group.zones) > 1\n}",
            ["/groups/*/zones/*?"],
            id="how many there are of something",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tr.groups[_].zones[i] == "a"\n\ti > 0\n}',
            ["/groups/*/zones/*?"],
            id="keys that are not named",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in lib.in_category("ml.training")\n\tnot _ends(r)\n}\n\n'
            "_ends(x) if _number(x.lifetime.max_runtime_seconds) < 3\n\n_number(n) := n",
            ["/lifetime/max_runtime_seconds?"],
            id="through helpers",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tparams := lib.params("own", r)\n'
            "\tsome key in params.keys\n\tnot r.labels[key]\n}",
            ["/labels/{keys}?", "/unit"],
            id="keys that a parameter lists",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tparams := lib.params("own", r)\n'
            "\tsome key in params.keys\n\tnot lib.label(r, key, true)\n}",
            ["/labels/{keys:i}?", "/unit"],
            id="such keys in whatever case",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tobject.get(r, ["placement", "group"], "") == ""\n}',
            ["/placement/group?"],
            id="by a list of keys",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tlib.get(r, ["region"], "") in {"a"}\n}',
            ["/region"],
            id="through the library",
        ),
        pytest.param(
            'deny contains 1 if {\n\tsome r in input.resources\n\tsome pool in lib.linked(r, "schedules_on")\n'
            "\tcount(pool.labels) == 0\n}",
            ["/address", "/labels/*?~"],
            id="of a resource that is reached",
        ),
        pytest.param(
            "deny contains decision if {\n\tsome r in input.resources\n"
            '\tdecision := {"resource": r.address, "evidence": {"g": r.groups}}\n'
            "}",
            ["/address", "/groups"],
            id="what is handed out",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\t[x, y] := [r.region, r.provider]\n\tx == y\n}",
            ["/provider", "/region"],
            id="in parts of a list",
        ),
        pytest.param(
            'deny contains 1 if {\n\tnames := {r.namespace | some r in input.resources; r.cluster == "a"}\n'
            "\tcount(names) > 1\n}",
            ["/cluster?", "/namespace?"],
            id="in a comprehension",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tevery zone in r.groups.main.zones {\n"
            "\t\tstartswith(zone, r.region)\n\t}\n}",
            ["/groups/main/zones/*", "/region"],
            id="in every",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tx := r.attributes.tags\n"
            '\tx.team != "a"\n\tr.account = y\n\ty == r.name\n}',
            ["/account", "/attributes/tags/team?", "/name"],
            id="through names",
        ),
        pytest.param(
            "_by_name[r.name] := r.region if some r in input.resources\n\n"
            'deny contains 1 if {\n\tsome name, region in _by_name\n\tregion == "a"\n\tname != "b"\n}',
            ["/name", "/region?"],
            id="through an object that a rule builds",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome i\n\tr := input.resources[i]\n\tr.storage[j].size_gib > 3\n"
            "\tr.autoscaling[j]\n}",
            ["/autoscaling/*?", "/storage/*/size_gib?"],
            id="by declared names",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n"
            "\tf(r) == 1 with input.run as r.namespace\n}\n\nf(_) := 1",
            ["/namespace"],
            id="what is put in place of something",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tevery name, group in r.groups {\n"
            "\t\tgroup.priority == name\n\t}\n}",
            ["/groups/*/priority"],
            id="in every member by its name",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tf(r.lifetime, r.quota)\n}\n\n"
            'f({"ttl_seconds": t}, "none") if t > 1',
            ["/lifetime/ttl_seconds?", "/quota"],
            id="through patterns",
        ),
        pytest.param(
            "import input.resources as them\n\ndeny contains 1 if them[_].region == data.policies.own._wanted.a\n\n"
            '_wanted := {"a": r.account | some r in them}',
            ["/account", "/region"],
            id="by other names for the input",
        ),
        pytest.param(
            "default _limit(_) := 3\n\n_limit(r) := r.quota.pods\n\n"
            "deny contains 1 if {\n\tsome r in input.resources\n"
            "\tmax([1, _limit(r)]) > 3\n\t-r.sweep.max_trials < 1\n}",
            ["/quota/pods", "/sweep/max_trials"],
            id="through defaults and arithmetic",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n"
            '\t"a" in object.keys(r.labels)\n\t"x", "y" in r.annotations\n}',
            ["/annotations/*", "/labels/*?"],
            id="in keys and members",
        ),
        pytest.param(
            "_addresses contains r.address if some r in input.resources\n\n"
            'deny contains 1 if {\n\tsome address in _addresses\n\tinput.resources[address].region == "a"\n}',
            ["/address", "/region?"],
            id="by an address of its own",
        ),
    ],
)
def test_what_a_policy_rests_on(rules: str, reads: list[str], load: Callable[..., Loaded]) -> None:
    loaded = load(rules, more="#   params: {type: object, properties: {keys: {type: array}}}\n")
    spelt = [f"{one}{'' if one.deep else '?'}{'~' if one.joined else ''}" for one in loaded.rests_on]
    assert spelt == reads


def test_requires_covers_what_the_text_does_not_show(load: Callable[..., Loaded]) -> None:
    loaded = load(
        "deny contains 1 if {\n\tsome r in input.resources\n\tcount(json.marshal(r)) > 9\n}",
        more="#   requires: [/labels/team]\n",
    )
    assert [str(one) for one in loaded.rests_on] == ["/labels/team"]
