"""The task that makes further databases in an SQL server.

It runs in an apply, once the server and all secrets are there (`tanada/terraform/steps.py`), and again whenever the
list, its script or a password is another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResource
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ecs_task_definition import EcsTaskDefinition, EcsTaskDefinitionRuntimePlatform
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.here import Here
from modules.iam import Role, tasks_of
from modules.image import pulling
from modules.network import ANYWHERE
from modules.reachable import Door
from modules.runs import writing
from modules.secrets import places, reading
from modules.security_group import security_group
from modules.sidecar import Running
from modules.sql_client import PASSWORD_OF, client
from modules.task import container_definitions
from tanada.contract.tasks import DONE
from tanada.declared.container import Capabilities
from tanada.declared.engines import Engine
from tanada.declared.tasks import Task
from tanada.declared.ways import OPEN
from tanada.literal import literal

ID = "databases"
NOBODY = "65534:65534"
"""The user that has nothing, in both Debian's and Oracle's images."""


@dataclass(frozen=True)
class Serving:
    """Where databases are made."""

    engine: Engine
    host: str
    user: str
    """Its master."""
    first: str
    """Its first database."""
    door: Door
    secret: str
    """The name of its own secret."""
    days: int
    """How long its logs are kept, and the task's."""
    numbers: Mapping[str, str]
    """The numbers of all passwords that the task is given, by what they are known."""
    ready: Sequence[ITerraformDependable]
    """What has to be there before it can be asked."""


class Databases(Construct):
    """What makes them: a task with a group of its own, which the server's lets in."""

    def __init__(
        self,
        scope: Construct,
        here: Here,
        part: str,
        server: Serving,
        users: Mapping[str, str],
        secrets: Mapping[str, str],
    ) -> None:
        """`users` and the names of `secrets` are by database; `part` is the store."""
        super().__init__(scope, ID)
        self._here, self._called, self._server = here, here.called(part), server
        called = self._called
        group_id = security_group(
            self,
            "group",
            names=here.names,
            part=called,
            description=f"Makes the databases of {called}",
            vpc_id=here.shared.vpc_id,
        )
        rules = self._rules(group_id)
        log = self._log()
        definition = self._definition(log, rules, users, secrets)
        self.done = TerraformResource(self, DONE, terraform_resource_type="terraform_data")
        self.done.add_override(
            "input",
            {
                "cluster": here.shared.cluster_arn,
                "container": called,
                "databases": dict(sorted(users.items())),
                "definitions": {called: definition.arn},
                "log_group": log.name,
                "public": not here.nat,
                "security_groups": [group_id],
                "services": sorted(name for name, each in here.blueprint.services.items() if part in each.reached),
                "subnets": here.shared.task_subnet_ids,
                "task": part,
            },
        )

    def _rules(self, group_id: str) -> list[ITerraformDependable]:
        """To the server, and out for its image, secrets and log."""
        door = self._server.door
        to_make = f"To make the databases of {self._called}"
        return [
            VpcSecurityGroupEgressRule(
                self,
                "out_https",
                security_group_id=group_id,
                description="HTTPS: image, secrets, log",
                cidr_ipv4=ANYWHERE,
                ip_protocol="tcp",
                from_port=OPEN,
                to_port=OPEN,
            ),
            VpcSecurityGroupEgressRule(
                self,
                "out",
                security_group_id=group_id,
                description=to_make,
                referenced_security_group_id=door.group_id,
                ip_protocol="tcp",
                from_port=door.port,
                to_port=door.port,
            ),
            VpcSecurityGroupIngressRule(
                self,
                "in",
                security_group_id=door.group_id,
                description=to_make,
                referenced_security_group_id=group_id,
                ip_protocol="tcp",
                from_port=door.port,
                to_port=door.port,
            ),
        ]

    def _log(self) -> CloudwatchLogGroup:
        name = self._here.names.path(self._called)
        return CloudwatchLogGroup(self, "log", name=name, retention_in_days=self._server.days, tags={"Name": name})

    def _definition(
        self,
        log: CloudwatchLogGroup,
        rules: Sequence[ITerraformDependable],
        users: Mapping[str, str],
        secrets: Mapping[str, str],
    ) -> EcsTaskDefinition:
        here, called, server = self._here, self._called, self._server
        making = client(server.engine)
        texts = {
            making.password: f"{server.secret}:password",
            **{f"{PASSWORD_OF}{database}": f"{secret}:password" for database, secret in secrets.items()},
        }
        kept = places(texts, here)
        role = Role(
            self,
            "execution",
            name=here.names.limited(f"{called}-execution", 64),
            path=f"/{here.names.system}/",
            description=f"Starts the task that makes the databases of {called}",
            trust=tasks_of(here.account_id, here.region),
            boundary=here.boundary,
            statements=[*pulling([making.image], here), *writing(log.arn), *reading(kept.values())],
        )
        settings = Task(
            image=making.image,
            entrypoint=("bash", "-c"),
            command=(literal(making.script),),
            variables=making.told(server.host, server.door.port, server.user, server.first, users),
            user=NOBODY,
            capabilities=Capabilities(drop=("ALL",)),
        )
        running = Running(
            name=called, settings=settings.as_service(), image=making.image, secrets=kept, numbers=server.numbers
        )
        family = here.names.joined(called)
        return EcsTaskDefinition(
            self,
            "task_definition",
            family=family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu),
            memory=str(settings.memory),
            execution_role_arn=role.arn,
            runtime_platform=EcsTaskDefinitionRuntimePlatform(
                operating_system_family="LINUX", cpu_architecture=settings.arch.upper()
            ),
            container_definitions=container_definitions([running], grace=0, log_group=log.name, region=here.region),
            skip_destroy=here.instance.permanent,
            tags={"Name": family},
            depends_on=[*role.policies, *rules, *server.ready],
        )
