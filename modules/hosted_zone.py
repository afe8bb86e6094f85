"""Hosted zones: made, or taken over by their id."""

from __future__ import annotations

from cdktf import Postcondition, TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from constructs import Construct

from tanada.declared.hosted_zone import Zone


class HostedZone(Construct):
    """A public zone; its name servers are what the parent domain must delegate to."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: Zone,
        *,
        parent_id: str | None,
        keep: bool,
        provider: TerraformProvider | None = None,
        parents: TerraformProvider | None = None,
    ) -> None:
        """`parent_id` is the zone of ours that a new zone lies in: it delegates; else somebody has to, elsewhere.
        `provider` is another account's that has the zone, `parents` one that has that other zone."""
        super().__init__(scope, id)
        zone: Route53Zone | DataAwsRoute53Zone
        if settings.existing is None:
            zone = Route53Zone(
                self,
                "zone",
                name=settings.name,
                comment="Made by Terraform",
                # Another zone of this name would have other name servers: the parent's delegation would point at none.
                lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
            )
        else:
            # The provider puts a zone's name behind each record's: in another zone all would go well, and serve nobody.
            name = settings.name
            zone = DataAwsRoute53Zone(
                self,
                "zone",
                zone_id=settings.existing,
                provider=provider,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition=f'${{(self.name == "{name}" || self.name == "{name}.") && !self.private_zone}}',
                            error_message=f"The zone {settings.existing} is ${{self.name}}, or a private one, and not "
                            f"{name}: write the id of the public zone in system.yaml.",
                        )
                    ]
                ),
            )
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        if settings.existing is None and parent_id is not None:
            Route53Record(
                self,
                "delegation",
                zone_id=parent_id,
                name=settings.name,
                type="NS",
                ttl=300,
                records=self.name_servers,
                provider=parents,
            )
