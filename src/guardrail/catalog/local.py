"""Types that exist in Terraform's state and on the machine that runs it, in no cloud: they cost nothing."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kind import Kind
from guardrail.catalog.rows import free

_REGISTRY: Final = "https://registry.terraform.io/providers/hashicorp/"
_NOWHERE: Final = Kind(type="", category="other", source="", names=(), worldwide=True)

KINDS: Final[tuple[Kind, ...]] = (
    *free(
        _NOWHERE,
        f"{_REGISTRY}random/latest/docs",
        "random_id random_string random_password random_pet random_integer random_shuffle random_uuid random_bytes",
    ),
    *free(_NOWHERE, f"{_REGISTRY}null/latest/docs", "null_resource"),
    *free(_NOWHERE, "https://developer.hashicorp.com/terraform/language/resources/terraform-data", "terraform_data"),
    *free(_NOWHERE, f"{_REGISTRY}time/latest/docs", "time_sleep time_static time_rotating time_offset"),
    *free(_NOWHERE, f"{_REGISTRY}local/latest/docs", "local_file local_sensitive_file"),
    *free(
        _NOWHERE,
        f"{_REGISTRY}tls/latest/docs",
        "tls_private_key tls_self_signed_cert tls_cert_request tls_locally_signed_cert",
    ),
)
