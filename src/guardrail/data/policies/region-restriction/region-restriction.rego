# METADATA
# title: Region that is not allowed
# description: >-
#   Resources of a provider that has a list stand in a region on it, and so do the zones of their groups. A provider
#   without a list is not restricted; what has no region, is not either.
# scope: package
# custom:
#   id: region-restriction
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     Move the resource to an allowed region: the region of its provider block or its own. New regions are agreed on
#     with whoever keeps the list in guardrail.yaml.
#   applies_to: {all: true}
#   params:
#     type: object
#     required: [allow]
#     properties:
#       allow:
#         type: object
#         description: Regions that are allowed, by provider (aws, gcp, azure, kubernetes).
#         additionalProperties: {type: array, items: {type: string}}
#         default: {}
package guardrail.policies.region_restriction

import data.guardrail.lib

applies contains resource.address if {
	some resource in input.resources
	count(_allowed(resource)) > 0
}

deny contains decision if {
	some resource in input.resources
	allowed := _allowed(resource)
	count(allowed) > 0
	is_string(resource.region)
	not _in_region(resource.region, allowed)
	decision := _decision(resource, ["region"], sprintf("region %s", [resource.region]), allowed)
}

deny contains decision if {
	some resource in input.resources
	allowed := _allowed(resource)
	count(allowed) > 0
	some name, group in lib.groups(resource)
	some index, zone in group.zones
	not _in_region(zone, allowed)
	decision := _decision(resource, ["groups", name, "zones", index], _zone(zone), allowed)
}

_allowed(resource) := object.get(lib.params("region-restriction", resource).allow, resource.provider, [])

_zone(zone) := sprintf("zone %s", [zone]) if is_string(zone) else := "a zone"

# A zone may stand where the region should: "us-central1-a" is in us-central1.
_in_region(zone, allowed) if {
	is_string(zone)
	some region in allowed
	lower(zone) == lower(region)
}

_in_region(zone, allowed) if {
	is_string(zone)
	some region in allowed
	startswith(lower(zone), lower(region))
	regex.match(`^([a-z]|-[a-z0-9-]+)$`, substring(lower(zone), count(region), -1))
}

# Azure numbers the zones of a region.
_in_region(zone, _) if {
	is_string(zone)
	regex.match(`^[0-9]+$`, zone)
}

_decision(resource, keys, what, allowed) := {
	"resource": resource.address,
	"path": lib.path(keys),
	"message": sprintf("%s is not allowed for %s, only %s", [what, resource.provider, concat(", ", allowed)]),
	"remediation": sprintf("Move it to one of %s, or ask for a waiver.", [concat(", ", allowed)]),
	"evidence": {"allowed": allowed},
}
