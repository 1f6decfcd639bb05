package guardrail.policies.gpu_count_limit_test

import data.guardrail.policies.gpu_count_limit as policy

test_deny_more_than_a_resource_may if {
	_said(_resource({"main": _group(9, 1)})) == {["/groups/main/replicas/max", "may run 9 accelerators, at most 8"]}
}

test_allow_exactly_at_the_limit if {
	_said(_resource({"main": _group(8, 1)})) == set()
	_said(_resource({"main": _group(1, 8)})) == set()
}

test_sum_of_groups_at_the_largest if {
	_said(_resource({"a": _group(2, 3), "b": _group(1, 5)})) == {["/groups/a/replicas/max", "may run 11 accelerators, at most 8"]}
}

test_copies_multiply if {
	resource := object.union(_resource({"main": _group(1, 4)}), {"multiplicity": {"min": 3, "max": 3}})
	_said(resource) == {["/groups/main/replicas/max", "may run 12 accelerators, at most 8"]}
}

test_deny_without_bound_of_copies if {
	resource := object.union(_resource({"main": _group(1, 1)}), {"multiplicity": {"min": 1, "max": "unbounded"}})
	{path | some [path, _] in _said(resource)} == {"/multiplicity"}
}

test_deny_without_bound_of_replicas if {
	{path | some [path, _] in _said(_resource({"main": _group("unbounded", 1)}))} == {"/groups/main/replicas/max"}
	{path | some [path, _] in _said(_resource({"main": object.remove(_group(1, 1), ["replicas"])}))} == {"/groups/main/replicas/max"}
}

test_limits_of_a_pool_bound_all_of_its_machines if {
	several := {"replicas": {"max": 8}, "accelerators": [
		{"count": 4, "vendor": "nvidia", "family": "a10g"},
		{"count": 1, "vendor": "nvidia", "family": "h100"},
	]}
	_said(_pool(several, {"nvidia.com/gpu": 8})) == set()
	_said(_pool(several, {"nvidia.com/gpu": 9})) == {["/groups/main/replicas/max", "may run 9 accelerators, at most 8"]}
	_said(_pool(several, {"cpu_millis": 9})) == {["/groups/main/replicas/max", "may run 40 accelerators, at most 8"]}
}

test_limits_of_a_pool_count_without_bound_of_replicas if {
	mixed := {"replicas": {"max": "unbounded"}, "accelerators": [{"count": 8, "vendor": "nvidia", "family": "t4"}]}
	_said(_pool(mixed, {"nvidia.com/gpu": 8})) == set()
	_said(_pool(mixed, {"nvidia.com/gpu": 16})) == {["/groups/main/replicas/max", "may run 16 accelerators, at most 8"]}
	other := object.union(mixed, {"accelerators": [{"count": 1, "vendor": "aws", "family": "trainium1"}]})
	{path | some [path, _] in _said(_pool(other, {"nvidia.com/gpu": 8}))} == {"/groups/main/replicas/max"}
}

test_parts_of_devices_are_rounded_up_together if {
	quarter := {"replicas": {"max": 32}, "accelerators": [{"count": 1, "fraction": "0.25"}]}
	_said(_resource({"main": quarter})) == set()
	more := {"replicas": {"max": 33}, "accelerators": [{"count": 1, "fraction": "0.25"}]}
	_said(_resource({"main": more})) == {["/groups/main/replicas/max", "may run 9 accelerators, at most 8"]}
}

test_allow_what_has_none if {
	_said(_resource({"main": {"replicas": {"max": "unbounded"}, "accelerators": []}})) == set()
	_said(object.remove(_resource({}), ["groups"])) == set()
}

test_templates_do_not_run if {
	_said(object.union(_resource({"main": _group(9, 9)}), {"category": "compute.template"})) == set()
}

test_deny_sums_of_unit_and_namespace if {
	found := policy.deny with input as object.union(_input(_resource({})), {"accelerators": {
		"unit": {"f": {"h100": {"max": 30}, "t4": {"max": 3}}, "g": {"t4": {"max": 32}}},
		"namespace": {"ml": {"t4": {"max": 17}}, "web": {"t4": {"max": 16}}, "unallocated": {"t4": {"max": 99}}},
	}})
	{[decision.subject, decision.measure.value, decision.measure.limit] | some decision in found} == {
		["unit:f", 33, 32],
		["namespace:ml", 17, 16],
	}
}

test_what_has_no_bound_is_left_to_its_resource if {
	found := policy.deny with input as object.union(_input(_resource({})), {"accelerators": {
		"unit": {"f": {"h100": {"max": "unbounded", "max_known": 32}}},
		"namespace": {},
	}})
	found == set()
}

test_what_has_no_bound_hides_no_others if {
	found := policy.deny with input as object.union(_input(_resource({})), {"accelerators": {
		"unit": {"f": {"h100": {"max": "unbounded", "max_known": 30}, "t4": {"max": 3}}},
		"namespace": {},
	}})
	{[decision.subject, decision.measure.value] | some decision in found} == {["unit:f", 33]}
}

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input(_resource({"main": _group(9, 1)})), {"params": {"gpu-count-limit": {
		"default": _params,
		"units": {"f": object.union(_params, {"max_per_resource": 9})},
	}}})
	found == set()
}

test_measure_names_the_number if {
	found := policy.deny with input as _input(_resource({"main": _group(9, 1)}))
	{decision.measure | some decision in found} == {{"value": 9, "limit": 8, "after": 9}}
}

test_a_group_without_accelerators_needs_no_bound if {
	unbounded := {"replicas": {"max": "unbounded"}, "accelerators": []}
	_said(_resource({"cpu": unbounded, "gpu": _group(8, 1)})) == set()
}

test_applies_to_what_has_accelerators if {
	accelerated := policy.applies with input as _input(_resource({"main": _group(1, 1)}))
	accelerated == {"f//a"}
	plain := policy.applies with input as _input(_resource({"main": {"replicas": {"max": 1}, "accelerators": []}}))
	plain == set()
}

_said(resource) := {[decision.path, decision.message] | some decision in found} if {
	found := policy.deny with input as _input(resource)
}

_input(resource) := {
	"resources": {"f//a": resource},
	"accelerators": {"unit": {}, "namespace": {}},
	"params": {"gpu-count-limit": {"default": _params, "units": {}}},
}

_params := {"max_per_resource": 8, "max_per_unit": 32, "max_per_namespace": 16}

_resource(groups) := {
	"address": "f//a", "unit": "f", "category": "compute.pool",
	"multiplicity": {"min": 1, "max": 1},
	"groups": groups,
}

_group(replicas, count) := {"replicas": {"max": replicas}, "accelerators": [{"count": count, "family": "t4"}]}

_pool(group, quota) := object.union(_resource({"main": group}), {"category": "compute.pool", "quota": quota})
