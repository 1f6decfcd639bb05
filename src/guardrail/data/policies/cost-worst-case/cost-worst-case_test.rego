package guardrail.policies.cost_worst_case_test

import data.guardrail.policies.cost_worst_case as policy

test_deny_above_the_limit if _said(_sum(10000000001)) == {["unit:f", 10000000001, 10000000000, 10000000001]}

test_allow_exactly_the_limit if _said(_sum(10000000000)) == set()

test_what_has_no_bound_is_left_to_the_host if _said(_sum("unbounded")) == set()

test_without_base_nothing_is_said if {
	_said({"head": {"max_micros": 99000000000}, "base": null, "delta": null, "delta_basis_points": null}) == set()
}

test_total_without_what_a_unit_is_denied_for if {
	_subjects({"f": _sum(6000000000), "g": _sum(6000000000)}, _sum(12000000000)) == {"total"}
	_subjects({"f": _sum(12000000000), "g": _sum(6000000000)}, _sum(18000000000)) == {"unit:f"}
}

test_a_unit_that_is_denied_hides_no_others if {
	units := {"f": _sum(12000000000), "g": _sum(6000000000), "h": _sum(6000000000)}
	_subjects(units, _sum(24000000000)) == {"unit:f", "total"}
}

test_a_unit_without_bound_hides_no_others if {
	_subjects({"f": _sum("unbounded"), "g": _sum(6000000000), "h": _sum(6000000000)}, _sum("unbounded")) == {"total"}
}

test_a_fall_of_one_unit_makes_up_for_a_rise_of_others if {
	_subjects({"f": _sum(-5000000000), "g": _sum(7000000000), "h": _sum(7000000000)}, _sum(9000000000)) == set()
}

test_a_unit_with_limits_of_its_own_is_judged_alone if {
	units := {"f": _sum(19000000000), "g": _sum(9000000000)}
	params := {"params": {"cost-worst-case": {
		"default": {"max_increase": 10000000000},
		"units": {"f": object.union({}, {"max_increase": 20000000000})},
	}}}
	policy.deny with input as object.union(_input(units, _sum(28000000000)), params) == set()
}

test_the_total_that_is_told_is_the_one_that_is_judged if {
	units := {"f": _sum(-20000000000), "g": _sum(6000000000), "h": _sum(6000000000), "same": _kept(5000000000)}
	found := policy.deny with input as object.union(_input(units, _sum(-8000000000)), {"params": {"cost-worst-case": {
		"default": {"max_increase": 10000000000},
		"units": {"f": {"max_increase": 20000000000}},
	}}})
	{[decision.subject, decision.measure.value, decision.measure.after, decision.message] | some decision in found} == {[
		"total",
		12000000000,
		12000000000,
		"the highest possible cost rises by $12000.00 to $12000.00 a month, by more than $10000.00",
	]}
}

test_what_had_no_bound_before_is_told_beside_the_rise if {
	found := policy.deny with input as _input({"f": object.union(_sum(6000000000), {"head": {"max_micros": "unbounded"}}), "g": _sum(6000000000)}, _sum(0))
	{[decision.measure.value, decision.measure.after] | some decision in found} == {[12000000000, "unbounded"]}
}

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input({"f": _sum(12000000000)}, _sum(0)), {"params": {"cost-worst-case": {
		"default": {"max_increase": 10000000000},
		"units": {"f": {"max_increase": 20000000000}},
	}}})
	found == set()
}

test_message_says_what_would_pass if {
	found := policy.deny with input as _input({"f": _sum(12000000000)}, _sum(0))
	{[decision.message, decision.remediation] | some decision in found} == {[
		"the highest possible cost rises by $12000.00 to $12000.00 a month, by more than $10000.00",
		"Keep the highest possible rise to $10000.00 a month, or have the limit raised in guardrail.yaml.",
	]}
}

test_message_where_something_has_no_limit if {
	units := {"f": _sum("unbounded"), "g": _sum(6000000000), "h": _sum(6000000000)}
	found := policy.deny with input as _input(units, _sum("unbounded"))
	{decision.message | some decision in found} == {
		"beside what has no limit, the highest possible cost rises by more than $10000.00 a month",
	}
}

_said(sum) := {[decision.subject, decision.measure.value, decision.measure.limit, decision.measure.after] | some decision in found} if {
	found := policy.deny with input as _input({"f": sum}, _sum(0))
}

_subjects(units, total) := {decision.subject | some decision in found} if {
	found := policy.deny with input as _input(units, total)
}

_input(units, total) := {
	"cost": {"by": {"unit": units}, "total": total},
	"params": {"cost-worst-case": {"default": {"max_increase": 10000000000}, "units": {}}},
}

_kept(amount) := {"head": {"max_micros": amount}, "base": {"max_micros": amount}, "delta": {"max_micros": 0}, "delta_basis_points": 0}

_sum(delta) := {"head": {"max_micros": delta}, "base": {"max_micros": 0}, "delta": {"max_micros": delta}, "delta_basis_points": null}
