# METADATA
# title: Expected cost rises by more than the limit
# description: >-
#   A change may raise the expected monthly cost of a unit, or the total, by a limited amount, and by a limited share
#   where the cost before is worth comparing with. The total is judged only where no unit is denied: one change needs
#   one approval.
# scope: package
# custom:
#   id: cost-increase
#   revision: 1
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
	decision := _decision(sprintf("unit:%s", [unit]), input.cost.by.unit[unit], lib.unit_params("cost-increase", unit))
}

deny contains decision if {
	count(_denied_units) == 0
	params := lib.params("cost-increase", null)
	count(_excess(input.cost.total, params)) > 0
	decision := _decision("total", input.cost.total, params)
}

_denied_units contains unit if {
	some unit, amounts in input.cost.by.unit
	count(_excess(amounts, lib.unit_params("cost-increase", unit))) > 0
}

# What is exceeded: limits as people read them.
_excess(amounts, params) := array.concat(_amount(amounts, params), _share(amounts, params))

_amount(amounts, params) := [sprintf("$%s", [lib.money(params.max_increase)])] if {
	amounts.delta.expected_micros > params.max_increase
} else := []

_share(amounts, params) := [sprintf("%s %%", [lib.percent(params.max_increase_percent)])] if {
	is_number(amounts.delta_basis_points)
	amounts.base.expected_micros >= params.min_base_for_percent
	amounts.delta_basis_points > params.max_increase_percent
} else := []

_decision(subject, amounts, params) := {
	"subject": subject,
	"message": sprintf("expected cost rises by $%s to $%s a month, by more than %s", [
		lib.money(amounts.delta.expected_micros),
		lib.money(amounts.head.expected_micros),
		concat(" and ", _excess(amounts, params)),
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
	is_number(amounts.delta_basis_points)
	amounts.base.expected_micros >= params.min_base_for_percent
	product := amounts.base.expected_micros * params.max_increase_percent
	share := (product - (product % 10000)) / 10000
} else := params.max_increase
