"""Where a construct of an environment stands: what all of its parts share, in one argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cdktf import TerraformProvider
from constructs import Construct

from tanada.contract.common import CommonContract, LoadBalancer
from tanada.contract.sign_in import SignIn
from tanada.declarations.inputs import Balancer
from tanada.declarations.publishing import Publishes
from tanada.declared import sites
from tanada.declared.blueprint import Blueprint
from tanada.declared.hosts import DOMAIN, hosts_of
from tanada.declared.mail import Mail
from tanada.declared.waf import Waf
from tanada.names import Names

if TYPE_CHECKING:
    from modules.alarms import Made


@dataclass(frozen=True)
class Instance:
    """Name, domain and images of one environment: literals in a permanent one, references in a review environment."""

    name: str
    """`test`; in review `review-<workspace>`."""
    label: str
    """What people call it: `test`, `kokuyou`."""
    domain: str
    """Empty where nothing of its account is public."""
    around: tuple[str, str]
    """What stands before and behind the label of a host below it."""
    images: dict[str, str]
    """By image: its tag, as a reference that may stand inside JSON."""
    permanent: bool
    keep: bool
    """Whether its stores refuse to be destroyed."""

    @property
    def certain_domain(self) -> str:
        """Its domain where that is known before it is made: a host may be written as part of it."""
        return self.domain if self.permanent else ""

    @property
    def url(self) -> str:
        return f"https://{self.domain}" if self.domain else ""

    def host(self, host: str) -> str:
        """The whole name of a host (`hosts.host_of`)."""
        if "." in host:
            return host
        return f"{self.around[0]}{host}{self.around[1]}" if host != DOMAIN else self.domain

    @staticmethod
    def image_given(image: str) -> str:
        """The condition that a tag for the image is known."""
        return f'${{lookup(var.image_tags, "{image}", "") != ""}}'


def local_of(known: str) -> str:
    """The local that holds the same number, for texts whose quotes would not survive: `db_version`, and of a database
    in it `db-metabase_version`, as no first name has another hyphen by then."""
    return f"{known}_version".replace("-", "_").replace(".", "-")


def store_version(known: str) -> str:
    """The number that a password carries wherever it is written; it is known by the store's first name, of a database
    in it with that behind a dot (`Store.passwords`)."""
    return f'${{lookup(var.store_versions, "{known}", 1)}}'


@dataclass(frozen=True)
class Here:
    """All that the constructs of one environment are given beside their own settings."""

    stack: Construct
    names: Names
    instance: Instance
    blueprint: Blueprint
    shared: CommonContract
    """What the common layer gives, as references."""
    zone: str | None
    """The hosted zone that its domain is in; None where it lies in none."""
    zones: Mapping[str, str]
    """Host → hosted zone, of hosts beside the domain that lie in one."""
    elsewhere: Mapping[str, TerraformProvider]
    """By zone that another account has, the provider that works there."""
    load_balancers: Mapping[str, Balancer]
    """Those that its services stand behind, by name."""
    sign_in: SignIn | None
    """What the common layer gives where people sign in; None where nobody does."""
    edge_certificates: Mapping[str, str]
    """By site, and by service behind CloudFront, the ARN of its certificate in us-east-1, as a reference."""
    vpc_origins: Mapping[str, str]
    """By load balancer that CloudFront comes to, the id of its way in, as a reference."""
    firewall: str | None
    """The ARN of the web ACL before CloudFront, as a reference; None where there is none."""
    waf: Waf | None
    """The rules of AWS's that one of its own has, too, where there is one; None where the account has none."""
    mail: Mail | None
    """What mail is sent from; None where nobody sends any."""
    first_priority: int | None
    """Where the numbers of its rules begin; None where each takes the next free one."""
    nat: bool
    """Whether tasks stand in private subnets; else they have public addresses."""
    records_exec: bool
    """Whether sessions inside containers go to the log of the cluster that is made."""
    cluster: str
    """What its cluster is called, which may be another's."""
    sources: Mapping[str, str]
    """By store that begins as a copy of another environment's, what that one is called in AWS."""
    private_subnet_ids: tuple[str, ...]
    """The private subnets of the VPC one by one, one a zone."""
    account_id: str
    region: str
    namespace: str
    """Cloud Map's private domain."""
    alarm_topic: str | None
    """The ARN of the topic that alarms go to; None where nobody is told."""
    alarm_topic_us_east_1: str | None
    """That of alarms that stand in us-east-1."""
    boundary: str | None
    """The ARN of the policy beyond which no role can do anything; None where no CI applies."""
    certificates: Mapping[str, str] = field(default_factory=dict)
    """By service behind API Gateway, the ARN of its certificate in the region, known or as a reference."""
    publishers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By site, the ARNs of the roles of tasks that write to it."""
    publishes: Sequence[Publishes] = ()
    """What writes to sites, of other environments too."""
    public_subnet_ids: tuple[str, ...] = ()
    """The public subnets one by one, where load balancers of its own stand in them."""
    address_type: str = ""
    """What addresses these have."""
    unrecorded: dict[str, str] = field(default_factory=dict)
    """Hosts so far that lie in no zone, and the load balancer's name that whoever keeps their DNS leads each to."""
    alarms: list[Made] = field(default_factory=list)
    """Those that are made so far, for whoever shows them all."""

    @property
    def words(self) -> dict[str, str]:
        """What each placeholder stands for that needs no way to what it names."""
        instance = self.instance
        return {
            "environment": instance.name,
            "domain": instance.domain,
            "url": instance.url,
            "region": self.region,
            "account": self.account_id,
            "system": self.names.system,
            **{
                f"{name}.public_url": f"https://{instance.host(hosts[0])}"
                for name, service in self.blueprint.services.items()
                if (hosts := hosts_of(service, instance.certain_domain))
            },
            **{
                f"{name}.public_url": f"https://{instance.host(sites.hosts_of(site, instance.certain_domain)[0])}"
                for name, site in self.blueprint.sites.items()
            },
            **{word: value for each in self.publishes for word, value in each.words.items()},
        }

    def load_balancer(self, name: str) -> LoadBalancer:
        """What the common layer gives of one."""
        return self.shared.load_balancers[self.load_balancers[name].called]

    @property
    def worn(self) -> Mapping[str, str]:
        """By load balancer the word for its security group."""
        return {name: each.wears for name, each in self.load_balancers.items()}

    def letting_go(self) -> Here:
        """The same for what may be destroyed."""
        return replace(self, instance=replace(self.instance, keep=False))

    def called(self, name: str) -> str:
        """What a part is called in AWS: what it was called first, for a new name there is a new resource."""
        part = next(part for _, each, part in self.blueprint.parts() if each == name)
        return part.renamed_from[0] if part.renamed_from else name
