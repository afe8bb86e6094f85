"""An environment's dashboard in CloudWatch."""

from __future__ import annotations

from tanada.declared.model import Model


class Dashboard(Model):
    """One page of an environment's alarms and of what its services and stores do; to write `{}` is to have it."""
