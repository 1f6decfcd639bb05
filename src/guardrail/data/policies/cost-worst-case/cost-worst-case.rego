# METADATA
# title: Highest possible cost rises by more than the limit
# description: >-
#   A change may raise the most that autoscaling permits a unit (or all) to cost by a limited amount. Where nothing
#   bounds it, nobody can tell. The total is that of the units that change, without those that are denied or have limits
#   of their own.
# scope: package
# custom:
#   id: cost-worst-case
#   revision: 3
#   severity: high
#   level: deny
#   remediation: >-
#     Lower the upper bounds of autoscaling to what is really needed. If the highest cost is agreed on, have the limit
#     raised in guardrail.yaml.
#   measure: {name: max_monthly, by: [unit, total], of: delta, bound: max}
#   params:
#     type: object
#     properties:
#       max_increase:
#         {type: number, format: usd, minimum: 0, default: 10000, description: USD a month that a change may add.}
package guardrail.policies.cost_worst_case

import data.guardrail.lib

deny contains decision if {
	some unit in _denied_units
	decision := _decision(sprintf("unit:%s", [unit]), input.cost.by.unit[unit], lib.unit_params("cost-worst-case", unit))
}

deny contains decision if {
	params := lib.params("cost-worst-case", null)
	_rest.delta.max_micros > params.max_increase
	decision := _decision("total", _rest, params)
}

_denied_units contains unit if {
	some unit, amounts in input.cost.by.unit
	is_number(amounts.delta.max_micros) # what is unbounded, is told by the host
	amounts.delta.max_micros > lib.unit_params("cost-worst-case", unit).max_increase
}

# All units that change, but for those that are judged alone: one of them hides no others, nor does one without bound.
_rest := {
	"delta": {"max_micros": sum([rise | some amounts in _together; rise := amounts.delta.max_micros; is_number(rise)])},
	"head": {"max_micros": _after},
}

_together := [amounts |
	some unit, amounts in input.cost.by.unit
	not _alone(unit)
	amounts.delta.max_micros != 0
]

_after := "unbounded" if {
	some amounts in _together
	amounts.head.max_micros == "unbounded"
} else := sum([amounts.head.max_micros | some amounts in _together])

_alone(unit) if unit in _denied_units

_alone(unit) if input.params["cost-worst-case"].units[unit]

_decision(subject, amounts, params) := {
	"subject": subject,
	"message": _message(amounts, params),
	"measure": {
		"value": amounts.delta.max_micros,
		"limit": params.max_increase,
		"after": amounts.head.max_micros,
	},
	"remediation": sprintf("Keep the highest possible rise to $%s a month, or have the limit raised in guardrail.yaml.", [
		lib.money(params.max_increase),
	]),
}

_message(amounts, params) := sprintf("the highest possible cost rises by $%s to $%s a month, by more than $%s", [
	lib.money(amounts.delta.max_micros),
	lib.money(amounts.head.max_micros),
	lib.money(params.max_increase),
]) if {
	is_number(amounts.head.max_micros)
} else := sprintf("beside what has no limit, the highest possible cost rises by more than $%s a month", [
	lib.money(params.max_increase),
])
