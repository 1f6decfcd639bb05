package guardrail.policies.ttl_required_test

import data.guardrail.policies.ttl_required as policy

test_deny_work_without_limit if {
	every category in ["workload.batch", "ml.training"] {
		_paths(category, {}) == {"/lifetime/max_runtime_seconds"}
	}
}

test_deny_above_the_limit if {
	_paths("workload.batch", {"max_runtime_seconds": 172801}) == {"/lifetime/max_runtime_seconds"}
	_paths("ml.training", {"max_runtime_seconds": 432001}) == {"/lifetime/max_runtime_seconds"}
}

test_allow_exactly_at_the_limit if {
	_paths("workload.batch", {"max_runtime_seconds": 172800}) == set()
	_paths("ml.training", {"max_runtime_seconds": 432000}) == set()
}

test_removing_what_is_finished_ends_nothing if {
	_paths("workload.batch", {"ttl_seconds": 60}) == {"/lifetime/max_runtime_seconds"}
}

test_a_lifetime_that_is_absent if {
	found := policy.deny with input as _input(object.remove(_resource("workload.batch", {}), ["lifetime"]))
	{decision.path | some decision in found} == {"/lifetime/max_runtime_seconds"}
}

test_a_cluster_for_one_job_goes_with_it if {
	job := object.union(_resource("workload.batch", {"max_runtime_seconds": 60}), {"type": "ray.io/RayJob"})
	found := policy.deny with input as _input(job)
	{decision.path | some decision in found} == {"/lifetime/ttl_seconds"}
	ended := policy.deny with input as _input(object.union(job, {"lifetime": {"ttl_seconds": 0}}))
	ended == set()
}

test_temporary_namespaces_expire if {
	_of_namespace("dev-anna", "prod", {}) == {"/lifetime/ttl_seconds"}
	_of_namespace("team-PREVIEW-7", "prod", {}) == {"/lifetime/ttl_seconds"}
	_of_namespace("anna", "dev", {}) == {"/lifetime/ttl_seconds"}
	_of_namespace("development-tools", "prod", {}) == {"/lifetime/ttl_seconds"}
}

test_lasting_namespaces_do_not if {
	_of_namespace("ml", "prod", {}) == set()
	_of_namespace("device-plugin", "prod", {}) == set()
}

test_a_namespace_states_how_long if {
	_of_namespace("dev", "prod", {"ttl_seconds": 1209600}) == set()
	_of_namespace("dev", "prod", {"ttl_seconds": 1209601}) == {"/lifetime/ttl_seconds"}
}

# The run is on 2026-01-10.
test_a_namespace_states_until_when if {
	_of_namespace("dev", "prod", {"expires_at": "2026-01-24"}) == set()
	_of_namespace("dev", "prod", {"expires_at": "2026-01-24T23:59:59Z"}) == set()
	_of_namespace("dev", "prod", {"expires_at": "2026-01-25"}) == {"/lifetime/ttl_seconds"}
	_of_namespace("dev", "prod", {"expires_at": "never"}) == {"/lifetime/ttl_seconds"}
}

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input(_resource("workload.batch", {"max_runtime_seconds": 999999})), {"params": {"ttl-required": {
		"default": _params,
		"units": {"f": object.union(_params, {"max_seconds": {"workload.batch": 999999}})},
	}}})
	found == set()
}

test_message_says_what_would_pass if {
	found := policy.deny with input as _input(_resource("workload.batch", {"max_runtime_seconds": 172801}))
	{decision.message | some decision in found} == {"may run for 172801 seconds, at most 172800"}
}

test_applies_to_work_and_temporary_namespaces if {
	work := policy.applies with input as _input(_resource("workload.batch", {}))
	work == {"f//a"}
	lasting := policy.applies with input as _input(object.union(_resource("namespace", {}), {"name": "ml"}))
	lasting == set()
}

test_words_are_no_number_of_seconds if {
	_paths("workload.batch", {"max_runtime_seconds": "60"}) == {"/lifetime/max_runtime_seconds"}
	_of_namespace("dev", "prod", {"ttl_seconds": "60"}) == {"/lifetime/ttl_seconds"}
	_of_namespace("dev", "prod", {"expires_at": 20260124}) == {"/lifetime/ttl_seconds"}
	_of_namespace("dev", "prod", {"expires_at": "0"}) == {"/lifetime/ttl_seconds"}
}

test_dates_of_another_age if {
	_of_namespace("dev", "prod", {"expires_at": "1999-12-31"}) == set()
	_of_namespace("dev", "prod", {"expires_at": "3026-01-01"}) == {"/lifetime/ttl_seconds"}
}

test_message_of_a_namespace if {
	found := policy.deny with input as _input(object.union(_resource("namespace", {}), {"name": "dev"}))
	{[decision.message, decision.remediation] | some decision in found} == {[
		"is temporary by its name or environment and does not expire, at most 1209600 seconds",
		"Label it with ttl or expires-at, at most 1209600 seconds ahead.",
	]}
}

_paths(category, lifetime) := {decision.path | some decision in found} if {
	found := policy.deny with input as _input(_resource(category, lifetime))
}

_of_namespace(name, environment, lifetime) := {decision.path | some decision in found} if {
	namespace := object.union(_resource("namespace", lifetime), {"name": name, "environment": environment})
	found := policy.deny with input as _input(namespace)
}

_input(resource) := {
	"resources": {"f//a": resource},
	"index": {"category": {resource.category: ["f//a"]}, "type": {resource.type: ["f//a"]}},
	"params": {"ttl-required": {"default": _params, "units": {}}},
	"run": {"time_ns": 1768046400000000000},
}

_params := {
	"max_seconds": {"workload.batch": 172800, "ml.training": 432000, "namespace": 1209600},
	"ephemeral": ["dev", "development", "preview"],
}

_resource(category, lifetime) := {
	"address": "f//a", "unit": "f", "name": "a", "type": "t", "category": category,
	"lifetime": lifetime,
}
