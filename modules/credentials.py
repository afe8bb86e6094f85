"""The secret of a store, which holds how to sign in to it."""

from __future__ import annotations

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from constructs import Construct

from modules.here import Here
from modules.iam import Statement
from tanada.declared.secrets import ACTIONS, credentials_of
from tanada.regions import partition


class Credentials:
    """A secret without a value; under `keep` it can't be destroyed."""

    def __init__(self, scope: Construct, here: Here, called: str) -> None:
        """`called` is what the store is called in AWS."""
        self.name = credentials_of(here.names.system, here.names.environment, called)
        self.secret = SecretsmanagerSecret(
            scope,
            "credentials",
            name=self.name,
            description=f"How to sign in to {called}",
            # A name that waits to be deleted can't be taken again, and a store that is made anew has this one.
            recovery_window_in_days=0,
            tags={"Name": self.name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=here.instance.keep),
        )
        self.arn = f"arn:{partition(here.region)}:secretsmanager:{here.region}:{here.account_id}:secret:{self.name}"
        """Without the six characters at its end, which nobody knows before it is made."""

    @property
    def reading(self) -> Statement:
        """To read it."""
        return Statement(actions=(ACTIONS["secretsmanager"],), resources=(f"{self.arn}-??????",))
