package guardrail.policies.cost_increase_test

import data.guardrail.policies.cost_increase as policy

test_deny_amount_above_the_limit if {
	_said(_sum(50000000, 1000000001)) == {["unit:f", 1000000001, 1000000000, 1050000001]}
}

test_allow_exactly_the_limit if _said(_sum(50000000, 1000000000)) == set()

test_deny_share_above_the_limit if _said(_sum(100000000, 15010000)) == {["unit:f", 15010000, 15000000, 115010000]}

test_allow_exactly_the_share if _said(_sum(100000000, 15000000)) == set()

test_share_is_not_judged_below_the_least_base if _said(_sum(99999999, 99999999)) == set()

test_allow_less_cost if _said(_sum(5000000000, -4000000000)) == set()

test_a_new_unit_has_no_share if {
	_said({"head": _bounds(999000000), "base": _bounds(0), "delta": _bounds(999000000), "delta_basis_points": null}) == set()
	_said({"head": _bounds(1001000000), "base": _bounds(0), "delta": _bounds(1001000000), "delta_basis_points": null}) == {
		["unit:f", 1001000000, 1000000000, 1001000000],
	}
}

test_without_base_nothing_is_said if {
	_said({"head": _bounds(9000000000), "base": null, "delta": null, "delta_basis_points": null}) == set()
}

test_total_without_what_a_unit_is_denied_for if {
	within := {"f": _sum(0, 600000000), "g": _sum(0, 600000000)}
	_subjects(within, _sum(0, 1200000000)) == {"total"}
	one := {"f": _sum(0, 1200000000), "g": _sum(0, 600000000)}
	_subjects(one, _sum(0, 1800000000)) == {"unit:f"}
}

test_a_unit_that_is_denied_hides_no_others if {
	units := {"f": _sum(0, 1200000000), "g": _sum(0, 600000000), "h": _sum(0, 600000000)}
	_subjects(units, _sum(0, 2400000000)) == {"unit:f", "total"}
}

test_the_share_is_one_of_what_changes if {
	rest := {"g": _sum(50000000, 7500000), "h": _sum(50000000, 7500001)}
	_totals(rest) == {[15000001, 15000000, 115000001]}
	_totals(object.union(rest, {"f": _sum(9000000000, 0)})) == {[15000001, 15000000, 115000001]}
	_totals(object.union(rest, {"f": _sum(0, 5000000)})) == {[20000001, 15000000, 120000001]}
	_totals({"g": _sum(49999999, 7500000), "h": _sum(50000000, 7500001)}) == set()
}

test_a_unit_that_is_denied_is_no_base_either if {
	rest := {"g": _sum(50000000, 7500000), "h": _sum(50000000, 7500001)}
	_totals(object.union(rest, {"f": _sum(9000000000, 1200000000)})) == {[15000001, 15000000, 115000001]}
}

test_a_least_base_of_nothing_makes_no_share_of_nothing if {
	found := policy.deny with input as {
		"cost": {"by": {"unit": {"f": _sum(0, 5000000)}}, "total": _sum(0, 5000000)},
		"params": {"cost-increase": {"default": object.union(_params, {"min_base_for_percent": 0}), "units": {}}},
	}
	found == set()
}

test_a_fall_of_one_unit_makes_up_for_a_rise_of_others if {
	_subjects({"f": _sum(0, -500000000), "g": _sum(0, 700000000), "h": _sum(0, 700000000)}, _sum(0, 900000000)) == set()
}

test_a_unit_with_limits_of_its_own_is_judged_alone if {
	units := {"f": _sum(0, 1900000000), "g": _sum(0, 900000000)}
	params := {"params": {"cost-increase": {
		"default": _params,
		"units": {"f": object.union(_params, {"max_increase": 2000000000})},
	}}}
	policy.deny with input as object.union(_input(units, _sum(0, 2800000000)), params) == set()
}

test_parameters_of_the_unit if {
	found := policy.deny with input as object.union(_input({"f": _sum(0, 1200000000)}, _sum(0, 0)), {"params": {"cost-increase": {
		"default": _params,
		"units": {"f": object.union(_params, {"max_increase": 2000000000})},
	}}})
	found == set()
}

test_message_names_both_limits if {
	found := policy.deny with input as _input({"f": _sum(1000000000, 2000000000)}, _sum(0, 0))
	{[decision.message, decision.remediation] | some decision in found} == {[
		"expected cost rises by $2000.00 to $3000.00 a month, by more than $1000.00 and 15.00 %",
		"Keep the rise to $150.00 a month, or have the limit raised in guardrail.yaml.",
	]}
}

test_a_small_share_of_nothing_is_no_rise if {
	params := object.union(_params, {"max_increase_percent": 0})
	found := policy.deny with input as object.union(_input({"f": _sum(100000000, 0)}, _sum(0, 0)), {"params": {"cost-increase": {
		"default": params,
		"units": {},
	}}})
	found == set()
}

test_the_limit_of_a_share_is_whole_micros if {
	_said(_sum(100000001, 15010001)) == {["unit:f", 15010001, 15000000, 115010002]}
}

_said(sum) := {[decision.subject, decision.measure.value, decision.measure.limit, decision.measure.after] | some decision in found} if {
	found := policy.deny with input as _input({"f": sum}, _sum(0, 0))
}

_totals(units) := {[decision.measure.value, decision.measure.limit, decision.measure.after] | some decision in found} if {
	denied := policy.deny with input as _input(units, _sum(0, 0))
	found := {decision | some decision in denied; decision.subject == "total"}
}

_subjects(units, total) := {decision.subject | some decision in found} if {
	found := policy.deny with input as _input(units, total)
}

_input(units, total) := {
	"cost": {"by": {"unit": units}, "total": total},
	"params": {"cost-increase": {"default": _params, "units": {}}},
}

_params := {"max_increase": 1000000000, "max_increase_percent": 1500, "min_base_for_percent": 100000000}

_sum(base, delta) := {
	"head": _bounds(base + delta),
	"base": _bounds(base),
	"delta": _bounds(delta),
	"delta_basis_points": _points(base, delta),
}

_points(base, delta) := ceil((delta * 10000) / base) if base > 0 else := null

_bounds(expected) := {"expected_micros": expected}
