package guardrail.policies.required_tags_test

import data.guardrail.policies.required_tags as policy

test_deny_missing_tags if {
	_paths(_resource({"team": "a"}), {}) == {"/labels/cost-center"}
	_paths(_resource({}), {}) == {"/labels/cost-center", "/labels/team"}
}

test_deny_empty_tag if _paths(_resource({"team": "", "cost-center": "1"}), {}) == {"/labels/team"}

test_allow_all_tags if _paths(_resource({"team": "a", "cost-center": "1"}), {}) == set()

test_allow_what_takes_no_tags if {
	_paths(object.union(_resource({}), {"taggable": false}), {}) == set()
}

test_deny_value_that_is_not_allowed if {
	params := {"allowed_values": {"team": ["a", "b"]}}
	_paths(_resource({"team": "c", "cost-center": "1"}), params) == {"/labels/team"}
	_paths(_resource({"team": "b", "cost-center": "1"}), params) == set()
	_paths(_resource({"team": "B", "cost-center": "1"}), params) == {"/labels/team"}
}

test_allow_any_value_where_the_list_is_empty if {
	_paths(_resource({"team": "c", "cost-center": "1"}), {"allowed_values": {"team": []}}) == set()
}

test_deny_value_that_does_not_match_as_a_whole if {
	params := {"patterns": {"cost-center": "[0-9]+|x"}}
	_paths(_resource({"team": "a", "cost-center": "12a"}), params) == {"/labels/cost-center"}
	_paths(_resource({"team": "a", "cost-center": "12"}), params) == set()
}

test_restrict_only_required_tags if {
	params := {"patterns": {"owner": "[0-9]+"}, "allowed_values": {"owner": ["1"]}}
	_paths(_resource({"team": "a", "cost-center": "1", "owner": "x"}), params) == set()
}

test_case_matters_unless_told if {
	resource := _resource({"Team": "a", "cost-center": "1"})
	_paths(resource, {}) == {"/labels/team"}
	_paths(resource, {"case_insensitive": true}) == set()
	_paths(resource, {"case_insensitive": true, "allowed_values": {"team": ["A"]}}) == set()
	_paths(resource, {"case_insensitive": true, "allowed_values": {"team": ["b"]}}) == {"/labels/Team"}
}

test_path_of_an_unknown_tag_in_another_case if {
	resource := object.union(_resource({"cost-center": "1"}), {"unknown": {"/labels/Team": {"reason": "data"}}})
	_paths(resource, {"case_insensitive": true}) == {"/labels/Team"}
}

test_value_that_is_no_text if {
	params := {"allowed_values": {"team": ["a"]}}
	_paths(_resource({"team": 1.5, "cost-center": "1"}), params) == {"/labels/team"}
	_paths(_resource({"team": 1.5, "cost-center": "1"}), {}) == set()
}

test_parameters_of_the_unit if {
	found := policy.deny with input as {
		"resources": {"f//a": _resource({"team": "a"})},
		"params": {"required-tags": {"default": _params({}), "units": {"f": _params({"keys": ["team"]})}}},
	}
	found == set()
}

test_message_and_remediation_say_what_passes if {
	found := policy.deny with input as _input(_resource({"team": "c", "cost-center": "1"}), {"allowed_values": {"team": ["a", "b"]}})
	{[decision.message, decision.remediation] | some decision in found} == {[
		"tag team has the value c, which is not allowed",
		"Give the tag team one of a, b.",
	]}
}

test_missing_labels_are_left_to_the_host if {
	_paths(object.remove(_resource({}), ["labels"]), {}) == set()
}

test_values_of_what_takes_no_tags if {
	plain := object.union(_resource({"team": "c", "cost-center": "1"}), {"taggable": false})
	_paths(plain, {"allowed_values": {"team": ["a"]}, "patterns": {"team": "a"}}) == set()
}

test_an_empty_tag_is_told_once if {
	params := {"allowed_values": {"team": ["a"]}, "patterns": {"team": "a"}}
	found := policy.deny with input as _input(_resource({"team": "", "cost-center": "1"}), params)
	{decision.message | some decision in found} == {"lacks the tag team"}
}

test_a_unit_alone_may_restrict_values if {
	found := policy.deny with input as {
		"resources": {"f//a": _resource({"team": "c", "cost-center": "1"})},
		"params": {"required-tags": {"default": _params({}), "units": {"f": _params({"allowed_values": {"team": ["a"]}})}}},
	}
	{decision.path | some decision in found} == {"/labels/team"}
	matched := policy.deny with input as {
		"resources": {"f//a": _resource({"team": "c", "cost-center": "1"})},
		"params": {"required-tags": {"default": _params({}), "units": {"f": _params({"patterns": {"team": "a"}})}}},
	}
	{decision.path | some decision in matched} == {"/labels/team"}
}

test_remediation_names_the_pattern if {
	found := policy.deny with input as _input(_resource({"cost-center": "1"}), {"patterns": {"team": "[a-z]+"}})
	{decision.remediation | some decision in found} == {"Give the tag team a value that matches [a-z]+."}
	plain := policy.deny with input as _input(_resource({"cost-center": "1"}), {"allowed_values": {"team": []}})
	{decision.remediation | some decision in plain} == {"Give the tag team a value."}
}

_paths(resource, params) := {decision.path | some decision in found} if {
	found := policy.deny with input as _input(resource, params)
}

_input(resource, params) := {
	"resources": {"f//a": resource},
	"params": {"required-tags": {"default": _params(params), "units": {}}},
}

_params(given) := object.union(
	{"keys": ["team", "cost-center"], "patterns": {}, "allowed_values": {}, "case_insensitive": false},
	given,
)

_resource(labels) := {"address": "f//a", "unit": "f", "taggable": true, "labels": labels, "unknown": {}}
