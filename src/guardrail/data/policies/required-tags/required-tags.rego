# METADATA
# title: Cost-allocation tags are missing
# description: >-
#   Every taggable cloud resource and every workload carries the tags (or labels) that its cost is allocated by, with
#   values that are allowed. Tags count where they take effect: provider defaults and pod templates included.
# scope: package
# custom:
#   id: required-tags
#   revision: 1
#   severity: high
#   level: deny
#   remediation: >-
#     Add the tag to the resource, or to default_tags of its provider. Whoever keeps the list of tags in guardrail.yaml
#     says which values are allowed.
#   applies_to: {taggable: true}
#   params:
#     type: object
#     required: [keys]
#     properties:
#       keys:
#         type: array
#         description: Tags that must be there.
#         uniqueItems: true
#         items: {type: string}
#         default: []
#       patterns:
#         type: object
#         description: RE2 patterns that the whole value of a tag matches, by tag.
#         additionalProperties: {type: string, format: regex}
#         default: {}
#       allowed_values:
#         type: object
#         description: The values that a tag may have, by tag.
#         additionalProperties: {type: array, items: {type: string}}
#         default: {}
#       case_insensitive:
#         type: boolean
#         description: Whether the case of tags and of allowed values does not matter.
#         default: false
package guardrail.policies.required_tags

import data.guardrail.lib

deny contains decision if {
	some resource in input.resources
	resource.taggable == true
	params := lib.params("required-tags", resource)
	some key in params.keys
	not _carried(resource, key, params)
	decision := {
		"resource": resource.address,
		"path": lib.path(["labels", lib.label_key(resource, key, params.case_insensitive)]),
		"message": _message(resource, key, params),
		"remediation": sprintf("%s the tag %s%s.", [_verb(resource, key, params), key, _wanted(key, params)]),
	}
}

_carried(resource, key, params) if {
	value := lib.label(resource, key, params.case_insensitive)
	is_string(value)
	value != ""
	_allowed(value, key, params)
	_matching(value, key, params)
}

_allowed(_, key, params) if count(object.get(params.allowed_values, key, [])) == 0

_allowed(value, key, params) if {
	some allowed in params.allowed_values[key]
	_same(value, allowed, params.case_insensitive)
}

_same(value, allowed, _) if value == allowed

_same(value, allowed, fold) if {
	fold
	lower(value) == lower(allowed)
}

_matching(_, key, params) if not params.patterns[key]

_matching(value, key, params) if regex.match(sprintf(`\A(?:%s)\z`, [params.patterns[key]]), value)

_message(resource, key, params) := sprintf("tag %s has the value %s, which is not allowed", [key, value]) if {
	value := lib.label(resource, key, params.case_insensitive)
	is_string(value)
	value != ""
} else := sprintf("lacks the tag %s", [key])

_verb(resource, key, params) := "Correct" if {
	lib.label(resource, key, params.case_insensitive) != ""
} else := "Add"

_wanted(key, params) := sprintf(": one of %s", [concat(", ", params.allowed_values[key])]) if {
	count(params.allowed_values[key]) > 0
} else := sprintf(": a value that matches %s", [params.patterns[key]]) if {
	params.patterns[key]
} else := ""
