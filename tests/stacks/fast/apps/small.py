"""One stack with two resources and what it lays over them, for what is not about constructs."""

from __future__ import annotations

import sys
from pathlib import Path

from tanada.stacks import fast


def write(folder: str) -> None:
    from cdktf import App, LocalExecProvisioner, TerraformStack
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.subnet import Subnet
    from cdktf_cdktf_provider_aws.vpc import Vpc

    Path(folder).mkdir(parents=True, exist_ok=True)
    app = App(stack_traces=False, outdir=folder)
    stack = TerraformStack(app, "small")
    AwsProvider(stack, "aws", region="eu-west-1")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    # Names of variables are no words of Terraform's, and stay as they are.
    said = LocalExecProvisioner(type="local-exec", command="true", working_dir="/", environment={"someName": "x"})
    Subnet(stack, "subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24", provisioners=[said])
    stack.add_override("terraform.required_version", ">= 1.0")
    stack.add_override("resource.aws_subnet.subnet.tags.Vpc", vpc.arn)
    stack.add_override("resource.aws_vpc.vpc.cidr_block", None)
    app.synth()


if __name__ == "__main__":
    fast.run(lambda: write(sys.argv[1]))
