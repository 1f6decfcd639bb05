package guardrail.policies.region_restriction_test

import data.guardrail.policies.region_restriction as policy

test_deny_region_that_is_not_listed if _paths("aws", "us-west-2", []) == {"/region"}

test_allow_region_on_the_list if {
	_paths("aws", "us-east-1", []) == set()
}

# Resources have the spelling of their provider; lists are written by people.
test_a_list_may_be_spelt_as_people_do if {
	allow := {"azure": ["West Europe"], "aws": ["EU-West-1"]}
	every pair in [["azure", "westeurope"], ["aws", "eu-west-1"]] {
		found := policy.deny with input as _input(_resource(pair[0], pair[1], []), allow)
		found == set()
	}
	found := policy.deny with input as _input(_resource("azure", "westus", []), allow)
	{decision.message | some decision in found} == {"region westus is not allowed for azure, only westeurope"}
}

test_a_place_that_is_spelt_otherwise_is_another if {
	_paths("aws", "US-EAST-1", ["US-EAST-1A"]) == {"/region", "/groups/main/zones/0"}
}

test_a_provider_without_a_list_is_not_restricted if {
	_paths("gcp", "us-west1", []) == set()
	_paths("azure", "westeurope", []) == set()
}

test_what_has_no_region_is_not_restricted if {
	found := policy.deny with input as _input(object.remove(_resource("aws", "", []), ["region"]), {})
	found == set()
}

test_deny_zone_of_another_region if {
	_paths("aws", "us-east-1", ["us-east-1a", "us-west-2b"]) == {"/groups/main/zones/1"}
}

test_zones_of_a_listed_region if {
	every zone in ["us-east-1a", "us-east-1", "us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1", "1"] {
		_paths("aws", "us-east-1", [zone]) == set()
	}
}

test_a_name_that_begins_with_a_listed_one if {
	every region in ["us-east-12", "us-east-1-extra", "us-east"] {
		_paths("aws", region, []) == {"/region"}
	}
}

test_a_multi_region_holds_no_single_one if {
	params := {"gcp": ["us"]}
	found := policy.deny with input as _input(_resource("gcp", "us-east1", []), params)
	{decision.path | some decision in found} == {"/region"}
	same := policy.deny with input as _input(_resource("gcp", "us", []), params)
	same == set()
}

test_a_zone_that_is_not_known_is_no_allowed_one if {
	_paths("aws", "us-east-1", ["us-east-1a", null]) == {"/groups/main/zones/1"}
}

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input(_resource("aws", "us-west-2", []), {}), {"params": {"region-restriction": {
		"default": {"allow": {"aws": ["us-east-1"]}},
		"units": {"f": {"allow": {"aws": ["us-west-2"]}}},
	}}})
	found == set()
}

test_message_and_remediation_say_what_passes if {
	found := policy.deny with input as _input(_resource("aws", "us-west-2", []), {})
	{[decision.message, decision.remediation] | some decision in found} == {[
		"region us-west-2 is not allowed for aws, only us-east-1, eu-west-1",
		"Move it to one of us-east-1, eu-west-1, or have its region allowed in guardrail.yaml.",
	]}
}

test_applies_where_there_is_a_list if {
	listed := policy.applies with input as _input(_resource("aws", "us-west-2", []), {})
	listed == {"f//a"}
	unlisted := policy.applies with input as _input(_resource("gcp", "us-west1", []), {})
	unlisted == set()
	empty := policy.applies with input as _input(_resource("aws", "us-west-2", []), {"aws": []})
	empty == set()
	unit := policy.applies with input as object.union(_input(_resource("gcp", "us-west1", []), {}), {"params": {"region-restriction": {
		"default": {"allow": {"aws": ["us-east-1"]}},
		"units": {"f": {"allow": {"gcp": ["us-east1"]}}},
	}}})
	unit == {"f//a"}
}

test_an_empty_list_restricts_nothing if {
	found := policy.deny with input as _input(_resource("aws", "us-west-2", ["us-west-2a"]), {"aws": []})
	found == set()
}

test_a_unit_may_lift_the_restriction if {
	document := object.union(_input(_resource("aws", "us-west-2", []), {}), {"params": {"region-restriction": {
		"default": {"allow": {"aws": ["us-east-1"]}},
		"units": {"f": {"allow": {"aws": []}}},
	}}})
	found := policy.deny with input as document
	found == set()
	applied := policy.applies with input as document
	applied == set()
}

test_one_region_is_a_list if {
	_of_one("us-east-1", ["us-east-1a"]) == set()
	_of_one("us-west-2", ["us-west-2a"]) == {"/region", "/groups/main/zones/0"}
}

_of_one(region, zones) := {decision.path | some decision in found} if {
	found := policy.deny with input as _input(_resource("aws", region, zones), {"aws": ["us-east-1"]})
}

test_applies_where_one_region_is_listed if {
	found := policy.applies with input as _input(_resource("aws", "us-west-2", []), {"aws": ["us-east-1"]})
	found == {"f//a"}
}

_paths(provider, region, zones) := {decision.path | some decision in found} if {
	found := policy.deny with input as _input(_resource(provider, region, zones), {})
}

_input(resource, allow) := {
	"resources": {"f//a": resource},
	"params": {"region-restriction": {"default": {"allow": object.union({"aws": ["us-east-1", "eu-west-1"]}, allow)}, "units": {}}},
}

_resource(provider, region, zones) := {
	"address": "f//a", "unit": "f", "provider": provider, "region": region,
	"groups": {"main": {"zones": zones}},
}
