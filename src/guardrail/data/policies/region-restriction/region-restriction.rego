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
#         propertyNames: {type: string, enum: [aws, gcp, azure, kubernetes]}
#         additionalProperties: {type: array, items: {type: string}}
#         default: {}
package guardrail.policies.region_restriction

import data.guardrail.lib

applies contains resource.address if {
	some provider, list in _default
	count(list.allowed) > 0
	some resource in input.resources
	resource.provider == provider
	not _special[resource.unit]
}

applies contains resource.address if {
	count(_special) > 0
	some resource in input.resources
	lists := _special[resource.unit]
	count(lists[resource.provider].allowed) > 0
}

deny contains decision if {
	special := _special # looked up once, and not for every resource
	common := _default
	some resource in input.resources
	lists := object.get(special, resource.unit, common)
	list := lists[resource.provider]
	region := resource.region
	usual := list.usual
	not region in usual
	allowed := list.allowed
	count(allowed) > 0
	not _in_region(region, allowed)
	decision := _decision(resource, ["region"], sprintf("region %v", [region]), allowed)
}

deny contains decision if {
	some resource in input.resources
	some name, group in resource.groups
	some index, zone in group.zones
	lists := object.get(_special, resource.unit, _default)
	list := lists[resource.provider]
	usual := list.usual
	not zone in usual
	allowed := list.allowed
	count(allowed) > 0
	not _in_region(zone, allowed)
	decision := _decision(resource, ["groups", name, "zones", index], _zone(zone), allowed)
}

_special := {unit: _lists(params.allow) | some unit, params in input.params["region-restriction"].units}

_default := _lists(input.params["region-restriction"]["default"].allow)

# What is allowed by provider, and how that is usually written: most resources are looked up and done.
_lists(allow) := {provider: {"allowed": allowed, "usual": usual} |
	some provider, listed in allow
	allowed := [_spelt(region) | some region in listed]
	usual := {concat("", [region, letter]) | some region in allowed; some letter in _letters}
}

# One spelling of a region: resources have it already, but for what manifests ask of their nodes.
_spelt(region) := lower(replace(region, " ", ""))

_zone(zone) := sprintf("zone %s", [zone]) if is_string(zone) else := "a zone"

# A zone may stand where the region should, and Azure numbers the zones of a region.
_in_region(zone, allowed) if {
	is_string(zone)
	some region in allowed
	startswith(zone, region)
	_is_zone(substring(zone, count(region), -1))
} else if {
	is_string(zone)
	regex.match(`^[0-9]+$`, zone)
}

# What follows the region: us-east-1(a), us-central1(-a), and the local zones us-east-1(-bos-1a), us-east-1(-wl1-bos-wlz-1).
_is_zone(rest) if rest in _letters else := regex.match(`^(-[a-z0-9]|-[a-z]{3}-[0-9][a-z]|-wl[0-9]-[a-z]{3}-wlz-[0-9])$`, rest)

_letters := {"", "a", "b", "c", "d", "e", "f", "-a", "-b", "-c", "-d", "-f"}

_decision(resource, keys, what, allowed) := {
	"resource": resource.address,
	"path": lib.path(keys),
	"message": sprintf("%s is not allowed for %s, only %s", [what, resource.provider, concat(", ", allowed)]),
	"remediation": sprintf("Move it to one of %s, or have its region allowed in guardrail.yaml.", [concat(", ", allowed)]),
	"evidence": {"allowed": allowed},
}
