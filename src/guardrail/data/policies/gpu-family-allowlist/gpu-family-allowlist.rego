# METADATA
# title: Accelerator family that is not allowed
# description: >-
#   The accelerators of every group are of a family on the list. A team that has a list of its own is held to that one
#   instead; its label is the one by which cost is allocated.
# scope: package
# custom:
#   id: gpu-family-allowlist
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     Choose a machine with an accelerator of an allowed family. If the work needs another one, have it allowed in
#     guardrail.yaml.
#   applies_to: {all: true}
#   params:
#     type: object
#     required: [allow]
#     properties:
#       allow:
#         type: array
#         description: Families that are allowed, as in `t4`, `l4`, `a10g`, `h100`.
#         items: {type: string, format: family}
#         default: []
#       by_team:
#         type: object
#         description: Families by team, in place of `allow`.
#         additionalProperties: {type: array, items: {type: string, format: family}}
#         default: {}
#       team_labels:
#         type: array
#         description: Labels that name the team, the first that is there wins; from `allocation` unless given.
#         items: {type: string}
#         default: []
#         from: allocation.team
#         when: by_team
package guardrail.policies.gpu_family_allowlist

import data.guardrail.lib

applies contains resource.address if {
	some resource in input.resources
	some group in resource.groups
	lib.accelerated(group)
}

deny contains decision if {
	some resource in input.resources
	some name, group in resource.groups
	some index, accelerator in group.accelerators
	is_object(accelerator) # one that is not known at all is told by the host
	common := object.get(_special, resource.unit, _default)
	family := object.get(accelerator, "family", "of unknown family")
	not family in common # the usual case, at once
	allowed := _allowed(resource, lib.params("gpu-family-allowlist", resource))
	count(allowed) > 0
	not _is_allowed(accelerator, allowed)
	one_of := concat(", ", allowed)
	decision := {
		"resource": resource.address,
		"path": lib.path(["groups", name, "accelerators", index, "family"]),
		"message": sprintf("accelerator %v is not allowed, only one of %s", [family, one_of]),
		"remediation": sprintf("Choose a machine with one of %s, or have another one allowed in guardrail.yaml.", [one_of]),
		"evidence": {"allowed": allowed},
	}
}

# The families that every list allows, whatever the team.
_special := {unit: _common(params) | some unit, params in input.params["gpu-family-allowlist"].units}

_default := _common(input.params["gpu-family-allowlist"]["default"])

_common(params) := {lower(family) |
	some family in params.allow
	every families in params.by_team {
		family in families
	}
}

_is_allowed(accelerator, allowed) if {
	is_string(accelerator.family)
	lower(accelerator.family) in allowed
}

# Undefined where the team is not known: the host tells that.
_allowed(resource, params) := [lower(family) | some family in families] if {
	every key in params.team_labels {
		lib.known(resource, ["labels", key])
	}
	families := object.get(params.by_team, _team(resource, params), params.allow)
}

_team(resource, params) := teams[0] if {
	teams := [team | some key in params.team_labels; team := resource.labels[key]]
	count(teams) > 0
} else := ""
