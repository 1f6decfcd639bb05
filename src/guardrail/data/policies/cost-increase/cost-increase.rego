# METADATA
# title: Expected cost rises by more than the limit
# description: >-
#   A change may raise the expected monthly cost of a unit, or the total of the units that it changes, by a limited
#   amount, and by a limited share where the cost before is worth comparing with. The total is judged without units that
#   are denied or have limits of their own: one change needs one approval, and none hides another.
# scope: package
# custom:
#   id: cost-increase
#   revision: 3
#   severity: high
#   level: deny
#   remediation: >-
#     Choose fewer or smaller machines, a lower desired count, or spot where the work bears it. If the money is agreed
#     on, have the limit raised in guardrail.yaml.
#   measure: {name: expected_monthly, by: [unit, total], of: delta, bound: expected}
#   params:
#     type: object
#     properties:
#       max_increase:
#         {type: number, format: usd, minimum: 0, default: 1000, description: USD a month that a change may add.}
#       max_increase_percent:
#         {type: number, format: percent, minimum: 0, default: 15, description: Percent that a change may add.}
#       min_base_for_percent:
#         type: number
#         format: usd
#         minimum: 0
#         default: 100
#         description: USD a month before the change, from which on the percentage is judged.
package guardrail.policies.cost_increase

import data.guardrail.lib

deny contains decision if {
	some unit in _denied_units
	amounts := input.cost.by.unit[unit]
	params := lib.unit_params("cost-increase", unit)
	decision := _decision(sprintf("unit:%s", [unit]), amounts, params, _excess(amounts, params))
}

deny contains decision if {
	params := lib.params("cost-increase", null)
	excess := _excess(_rest, params)
	count(excess) > 0
	decision := _decision("total", _rest, params, excess)
}

_denied_units contains unit if {
	some unit, amounts in input.cost.by.unit
	count(_excess(amounts, lib.unit_params("cost-increase", unit))) > 0
}

# All units that change, but for those that are judged alone: one of them hides no others. What does not change has no
# say: how much of it is looked at must not matter.
_rest := _together([amounts |
	some unit, amounts in input.cost.by.unit
	not _alone(unit)
	amounts.delta.expected_micros != 0
])

_alone(unit) if unit in _denied_units

_alone(unit) if input.params["cost-increase"].units[unit]

_together(several) := {
	"base": {"expected_micros": sum([one.base.expected_micros | some one in several])},
	"head": {"expected_micros": sum([one.head.expected_micros | some one in several])},
	"delta": {"expected_micros": sum([one.delta.expected_micros | some one in several])},
}

# What a rise exceeds: limits as people read them.
_excess(amounts, params) := array.concat(_amount(amounts.delta.expected_micros, params), _share(amounts, params))

_amount(rise, params) := [sprintf("$%s", [lib.money(params.max_increase)])] if {
	rise > params.max_increase
} else := []

_share(amounts, params) := [sprintf("%s %%", [lib.percent(params.max_increase_percent)])] if {
	_has_share(amounts, params)
	amounts.delta.expected_micros * 10000 > amounts.base.expected_micros * params.max_increase_percent
} else := []

_has_share(amounts, params) if {
	amounts.base.expected_micros > 0
	amounts.base.expected_micros >= params.min_base_for_percent
}

_decision(subject, amounts, params, excess) := {
	"subject": subject,
	"message": sprintf("expected cost rises by $%s to $%s a month, by more than %s", [
		lib.money(amounts.delta.expected_micros),
		lib.money(amounts.head.expected_micros),
		concat(" and ", excess),
	]),
	"measure": {
		"value": amounts.delta.expected_micros,
		"limit": _limit(amounts, params),
		"after": amounts.head.expected_micros,
	},
	"remediation": sprintf("Keep the rise to $%s a month, or have the limit raised in guardrail.yaml.", [
		lib.money(_limit(amounts, params)),
	]),
}

# The increase that would pass: the lower of the limits that are judged.
_limit(amounts, params) := min([params.max_increase, share]) if {
	_has_share(amounts, params)
	product := amounts.base.expected_micros * params.max_increase_percent
	share := (product - (product % 10000)) / 10000
} else := params.max_increase
