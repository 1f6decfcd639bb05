# METADATA
# title: Cost that is not known in full
# description: >-
#   Every resource that is billed has a price for each line of its bill, and every module can be read. Otherwise the
#   sums are lower bounds, and no limit of cost holds what it promises.
# scope: package
# custom:
#   id: unpriced-resource
#   revision: 2
#   severity: medium
#   level: warn
#   remediation: >-
#     State what the price depends on (machine type, region, size), or say in guardrail.yaml where a module's
#     source is.
#   applies_to: {all: true}
package guardrail.policies.unpriced_resource

import data.guardrail.lib

applies contains address if {
	some address, bill in input.cost.resources
	bill.role == "billed"
}

applies contains address if some address in _modules

deny contains decision if {
	some address, bill in input.cost.resources
	bill.role == "billed"
	not bill.complete
	not address in _modules
	decision := {
		"resource": address,
		"path": "",
		"message": _message(bill.expected_micros),
		"evidence": {"known_micros": bill.expected_micros},
	}
}

deny contains decision if {
	some address in _modules
	decision := {
		"resource": address,
		"path": "",
		"message": "is a module that cannot be read: what it creates is neither judged nor priced",
		"remediation": "Fetch the module with `guardrail modules fetch` and judge with --modules, or map its source under `modules:` in guardrail.yaml.",
	}
}

_message(known) := sprintf("part of its cost is not known: at least $%s a month", [lib.money(known)]) if {
	is_number(known)
	known > 0
} else := "its cost is not known"

_modules := {address | some address in object.get(input.index.category, "module.call", [])}
