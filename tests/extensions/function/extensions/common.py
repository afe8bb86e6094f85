"""What tools of others look up: the VPC, in Parameter Store."""

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter

from tanada.extensions import Common


def extend(it: Common) -> None:
    """One parameter an account."""
    name = f"/{it.names.system}/{it.account}/vpc"
    SsmParameter(it.scope, "vpc", name=name, type="String", value=it.shared.vpc_id, tags={"Name": name})
