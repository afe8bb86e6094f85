"""What stands in no account: Terraform's own types, for which Terraform itself answers, offline too."""

from __future__ import annotations

from tanada.resources.cost import Free
from tanada.resources.entry import NotRead, replaceable

RESOURCES = (replaceable("terraform_data", NotRead(), Free("nothing in AWS")),)
