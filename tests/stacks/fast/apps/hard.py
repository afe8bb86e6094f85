"""Stacks with all that could come out otherwise: aspects, overrides, references between stacks, Python subclasses."""

from __future__ import annotations

import sys
from pathlib import Path

from tanada.stacks import fast


def write(folder: str) -> None:
    import jsii
    from cdktf import (
        App,
        Aspects,
        Fn,
        IAspect,
        TerraformElement,
        TerraformIterator,
        TerraformOutput,
        TerraformResourceLifecycle,
        TerraformStack,
        Token,
    )
    from cdktf_cdktf_provider_aws import sqs_queue
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
    from cdktf_cdktf_provider_aws.subnet import Subnet
    from cdktf_cdktf_provider_aws.vpc import Vpc
    from constructs import Construct, IConstruct, Node

    @jsii.implements(IAspect)
    class Tags:
        """Reads, writes and makes constructs while Node visits."""

        def visit(self, node: IConstruct) -> None:
            if isinstance(node, Vpc):
                node.tags = {"Name": node.node.path, "Arn": node.arn}
                node.add_override("timeouts.create", "5m")
                if node.node.try_find_child("extra") is None:
                    TerraformOutput(node, "extra", value=node.id)

    class Named(Vpc):
        """A subclass whose Python Node calls back."""

        @jsii.member(jsii_name="synthesizeAttributes")
        def _synthesize_attributes(self) -> dict[str, object]:
            return {**super()._synthesize_attributes(), "instance_tenancy": "dedicated"}

    class Plain(Subnet):
        """A subclass without overrides."""

    class Shouting(TerraformStack):
        @jsii.member(jsii_name="allocateLogicalId")
        def _allocate_logical_id(self, tf_element: Node | TerraformElement) -> str:
            return f"x_{super()._allocate_logical_id(tf_element)}".upper()

    Path(folder).mkdir(parents=True, exist_ok=True)
    app = App(stack_traces=False, outdir=folder)
    first = TerraformStack(app, "first")
    AwsProvider(first, "aws", region="eu-west-1")
    vpc = Vpc(
        first, "vpc", cidr_block="10.0.0.0/16", enable_dns_support=True, tags={"b": "2", "a": "é\u2028\ud83d\ude00"}
    )
    Aspects.of(first).add(Tags())
    group = Construct(first, "group")
    subnets = [Plain(group, f"s{index}", vpc_id=vpc.id, cidr_block=f"10.0.{index}.0/24") for index in range(3)]
    subnets[1].override_logical_id("chosen")
    subnets[2].add_override("tags.Dotted", subnets[1].arn)
    TerraformOutput(first, "joined", value=Fn.join(",", [each.arn for each in subnets]))
    TerraformOutput(first, "text", value=f"{vpc.arn}/{vpc.arn}/{Token.as_string(vpc.ipv6_netmask_length)}")
    TerraformOutput(first, "input", value=vpc.cidr_block_input)
    TerraformOutput(first, "fqn", value=vpc.fqn)
    sqs_queue.SqsQueue(
        first,
        "queue",
        for_each=TerraformIterator.from_list(["a", "b"]),
        delay_seconds=3,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True, ignore_changes=["tags"]),
        depends_on=[vpc],
    )
    second = TerraformStack(app, "second")
    AwsProvider(second, "aws", region="eu-west-1")
    SecurityGroup(
        second,
        "group",
        vpc_id=vpc.id,
        description=f"of {vpc.arn}",
        ingress=[SecurityGroupIngress(from_port=1, to_port=2, protocol="tcp", cidr_blocks=[vpc.cidr_block])],
    )
    # From here on Node calls back while it makes constructs.
    third = Shouting(app, "third")
    AwsProvider(third, "aws", region="eu-west-1")
    named = Named(third, "named", cidr_block="10.0.0.0/16")
    Subnet(third, "subnet", vpc_id=named.id, cidr_block="10.0.1.0/24")
    app.synth()


if __name__ == "__main__":
    fast.run(lambda: write(sys.argv[1]))
