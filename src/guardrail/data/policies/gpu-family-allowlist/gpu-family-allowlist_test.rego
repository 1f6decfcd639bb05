package guardrail.policies.gpu_family_allowlist_test

import data.guardrail.policies.gpu_family_allowlist as policy

test_deny_family_that_is_not_listed if {
	_paths("h100", {}, {}) == {"/groups/main/accelerators/0/family"}
}

test_allow_family_on_the_list if {
	_paths("t4", {}, {}) == set()
	_paths("a10g", {}, {"allow": ["A10G"]}) == set()
}

test_deny_each_accelerator if {
	found := policy.deny with input as _input([{"count": 1, "family": "h100"}, {"count": 1, "family": "t4"}], {}, {})
	{decision.path | some decision in found} == {"/groups/main/accelerators/0/family"}
}

test_deny_where_the_family_is_not_stated if {
	found := policy.deny with input as _input([{"count": 1}], {}, {})
	{decision.message | some decision in found} == {"accelerator of unknown family is not allowed, only one of t4, l4"}
}

test_allow_without_accelerators if {
	found := policy.deny with input as _input([], {}, {})
	found == set()
}

test_an_empty_list_restricts_nothing if _paths("h100", {}, {"allow": []}) == set()

test_a_team_is_held_to_its_own_list if {
	params := {"by_team": {"research": ["h100"]}, "team_labels": ["team", "owner"]}
	_paths("h100", {"team": "research"}, params) == set()
	_paths("h100", {"owner": "research"}, params) == set()
	_paths("h100", {"team": "web", "owner": "research"}, params) == {"/groups/main/accelerators/0/family"}
	_paths("t4", {"team": "research"}, params) == {"/groups/main/accelerators/0/family"}
	_paths("t4", {"team": "web"}, params) == set()
}

test_nothing_is_said_while_the_team_is_not_known if {
	resource := object.union(_resource([{"count": 1, "family": "h100"}], {}), {"unknown": {"/labels/team": {"reason": "data"}}})
	params := {"by_team": {"research": ["h100"]}, "team_labels": ["team"]}
	found := policy.deny with input as object.union(_input([], {}, params), {"resources": {"f//a": resource}})
	found == set()
}

test_parameters_of_the_unit if {
	document := object.union(_input([{"count": 1, "family": "h100"}], {}, {}), {"params": {"gpu-family-allowlist": {
		"default": _params({}),
		"units": {"f": _params({"allow": ["h100"]})},
	}}})
	found := policy.deny with input as document
	found == set()
}

test_remediation_names_what_passes if {
	found := policy.deny with input as _input([{"count": 1, "family": "h100"}], {}, {})
	{decision.remediation | some decision in found} == {"Choose a machine with one of t4, l4, or have another one allowed in guardrail.yaml."}
}

test_applies_to_what_has_accelerators if {
	accelerated := policy.applies with input as _input([{"count": 1, "family": "t4"}], {}, {})
	accelerated == {"f//a"}
	plain := policy.applies with input as _input([], {}, {})
	plain == set()
}

test_an_accelerator_that_is_not_known_is_left_to_the_host if {
	found := policy.deny with input as _input([null, {"count": 1, "family": "h100"}], {}, {})
	{decision.path | some decision in found} == {"/groups/main/accelerators/1/family"}
}

test_a_family_that_is_no_text if {
	found := policy.deny with input as _input([{"count": 1, "family": 4}], {}, {})
	count(found) == 1
}

_paths(family, labels, params) := {decision.path | some decision in found} if {
	found := policy.deny with input as _input([{"count": 1, "family": family}], labels, params)
}

_input(accelerators, labels, params) := {
	"resources": {"f//a": _resource(accelerators, labels)},
	"params": {"gpu-family-allowlist": {"default": _params(params), "units": {}}},
}

_resource(accelerators, labels) := {
	"address": "f//a", "unit": "f", "labels": labels, "unknown": {},
	"groups": {"main": {"accelerators": accelerators, "replicas": {"max": 1}}},
}

_params(given) := object.union({"allow": ["t4", "l4"], "by_team": {}, "team_labels": []}, given)
