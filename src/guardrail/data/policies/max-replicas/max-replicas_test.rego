package guardrail.policies.max_replicas_test

import data.guardrail.policies.max_replicas as policy

test_deny_above_the_limit if {
	_paths(_group({"max": 21}, [])) == {"/groups/main/replicas/max"}
	_paths(_group({"max": 9}, [{"count": 1}])) == {"/groups/main/replicas/max"}
}

test_allow_exactly_at_the_limit if {
	_paths(_group({"max": 20}, [])) == set()
	_paths(_group({"max": 8}, [{"count": 1}])) == set()
}

test_deny_without_upper_bound if {
	_paths(_group({"min": 1}, [])) == {"/groups/main/replicas/max"}
	_paths(_group({"max": "unbounded"}, [])) == {"/groups/main/replicas/max"}
}

test_messages_say_what_would_pass if {
	groups := [_group({"max": 21}, []), _group({"max": 9}, [{"count": 1}]), _group({"max": "unbounded"}, [])]
	{decision.message | some group in groups; some decision in _decisions(group, "compute.pool")} == {
		"group main may grow to 21 replicas, at most 20",
		"group main may grow to 9 replicas, at most 8 with accelerators",
		"group main has no upper bound of replicas, at most 20",
	}
}

test_every_category if {
	every category in ["workload.service", "compute.pool", "ml.endpoint"] {
		count(_decisions(_group({"max": 99}, []), category)) == 1
	}
}

test_other_categories_are_not_judged if _decisions(_group({"max": 99}, []), "workload.batch") == set()

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input(_group({"max": 21}, []), "compute.pool"), {"params": {"max-replicas": {
		"default": {"max": 20, "max_accelerated": 8},
		"units": {"f": {"max": 21, "max_accelerated": 8}},
	}}})
	found == set()
}

_paths(group) := {decision.path | some decision in _decisions(group, "compute.pool")}

_decisions(group, category) := found if {
	found := policy.deny with input as _input(group, category)
}

_input(group, category) := {
	"resources": {"f//pool": {"address": "f//pool", "unit": "f", "category": category, "groups": {"main": group}}},
	"index": {"category": {category: ["f//pool"]}},
	"params": {"max-replicas": {"default": {"max": 20, "max_accelerated": 8}, "units": {}}},
}

_group(replicas, accelerators) := {"replicas": replicas, "accelerators": accelerators}
