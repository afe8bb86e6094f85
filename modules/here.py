"""Where a construct of an environment stands: what all of its parts share, in one argument."""

from __future__ import annotations

from dataclasses import dataclass, replace

from constructs import Construct

from tanada.contract.common import CommonContract
from tanada.declared.blueprint import Blueprint
from tanada.names import Names


@dataclass(frozen=True)
class Instance:
    """Name, domain and images of one environment: literals in a permanent one, references in a review environment."""

    name: str
    """`test`; in review `review-<workspace>`."""
    label: str
    """What people call it: `test`, `kokuyou`."""
    domain: str
    image_tags: str
    """All image tags, by image."""
    images: dict[str, str]
    """By image: its tag, as a reference that may stand inside JSON."""
    permanent: bool
    keep: bool
    """Whether its stores refuse to be destroyed."""

    @property
    def url(self) -> str:
        return f"https://{self.domain}"

    @staticmethod
    def image_given(image: str) -> str:
        """The condition that a tag for the image is known."""
        return f'${{lookup(var.image_tags, "{image}", "") != ""}}'


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
    """The hosted zone that its domain is in."""
    nat: bool
    """Whether the VPC has a NAT; without one tasks have public addresses."""
    account_id: str
    region: str
    namespace: str
    """Cloud Map's private domain."""
    boundary: str | None
    """The ARN of the policy beyond which no role can do anything; None where no CI applies."""

    def letting_go(self) -> Here:
        """The same for what may be destroyed."""
        return replace(self, instance=replace(self.instance, keep=False))

    def called(self, name: str) -> str:
        """What a part is called in AWS: what it was called first, for a new name there is a new resource."""
        part = next(part for _, each, part in self.blueprint.parts() if each == name)
        return part.renamed_from[0] if part.renamed_from else name
