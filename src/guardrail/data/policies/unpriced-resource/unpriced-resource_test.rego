package guardrail.policies.unpriced_resource_test

import data.guardrail.policies.unpriced_resource as policy

test_warn_of_an_incomplete_bill if {
	_said({"f//a": _bill("billed", false)}, []) == {["f//a", "part of its cost is not known: at least $2.50 a month"]}
}

test_allow_a_complete_bill if _said({"f//a": _bill("billed", true)}, []) == set()

test_only_what_is_billed_is_judged if {
	every role in ["allocated", "template"] {
		_said({"f//a": _bill(role, false)}, []) == set()
	}
}

test_a_module_that_cannot_be_read if {
	_said({}, ["f//m"]) == {["f//m", "is a module that cannot be read: what it creates is neither judged nor priced"]}
}

test_a_module_is_told_once if count(_said({"f//m": _bill("billed", false)}, ["f//m"])) == 1

test_cost_that_is_not_known_at_all if {
	every known in ["unknown", 0] {
		bill := object.union(_bill("billed", false), {"expected_micros": known})
		_said({"f//a": bill}, []) == {["f//a", "its cost is not known"]}
	}
}

test_applies_to_what_is_billed_and_to_modules if {
	found := policy.applies with input as {
		"resources": {"f//m": {"address": "f//m"}},
		"index": {"category": {"module.call": ["f//m"]}},
		"cost": {"resources": {"f//a": _bill("billed", true), "f//b": _bill("allocated", true)}},
	}
	found == {"f//a", "f//m"}
}

_said(bills, modules) := {[decision.resource, decision.message] | some decision in found} if {
	found := policy.deny with input as {
		"resources": {module: {"address": module} | some module in modules},
		"index": {"category": {"module.call": modules}},
		"cost": {"resources": bills},
	}
}

_bill(role, complete) := {"role": role, "complete": complete, "expected_micros": 2500000}
