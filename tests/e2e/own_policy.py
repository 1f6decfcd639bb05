"""A policy as users write them."""

from __future__ import annotations

NO_ADDRESSES = """\
# METADATA
# title: No address of its own
# description: No address of its own.
# scope: package
# custom:
#   id: no-addresses
#   revision: 1
#   severity: high
#   remediation: Take a private one.
#   applies_to: {type: [aws_eip]}
package own.no_addresses

import data.guardrail.lib

deny contains decision if {
	some resource in lib.of_type("aws_eip")
	decision := {"resource": resource.address, "path": lib.path(["type"]), "message": "is an address"}
}
"""
