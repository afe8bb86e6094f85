"""What stands in no account: Terraform's own types, and those of HashiCorp's small providers.

Their own providers answer for them, offline too, and say what replaces them.
"""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import NotRead, replaceable

_FREE = Free("nothing in AWS")


RESOURCES = (
    replaceable("null_resource", NotRead(), _FREE),
    replaceable("random_id", NotRead(), _FREE),
    replaceable("random_password", NotRead(), _FREE),
    replaceable("random_string", NotRead(), _FREE),
    replaceable("terraform_data", NotRead(), _FREE),
)
