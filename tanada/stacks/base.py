"""What every stack has: addresses without hashes, backend, provider, tags, and a guard on its workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import jsii
from cdktf import (
    Precondition,
    S3Backend,
    S3BackendAssumeRoleConfig,
    TerraformElement,
    TerraformOutput,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags
from constructs import Construct, Node

from modules.reach import OUT
from tanada.declarations import tags as team_tags
from tanada.declarations.inventory import Stack
from tanada.declared.blueprint import Blueprint, groups
from tanada.names import WORKSPACE, longest_workspace
from tanada.provider import VERSION as PROVIDER_VERSION
from tanada.sentences import REVIEW_WORKSPACE, labelled_workspace, no_workspaces, taken_workspace

TERRAFORM_VERSION = "1.11.4"
"""The one that `.terraform-version` names; a test holds the two together."""

_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_LAYER = re.compile(r"\(.*\)")
_NAMED = (*(f"({group})" for group in groups()), "(reach)", "(seeds)")
"""The layers in which the first word is a part's name."""


def in_default(entry: Stack) -> list[Precondition]:
    """The workspaces of every stack but review: none beside `default`."""
    return [
        Precondition(condition='${terraform.workspace == "default"}', error_message=no_workspaces(entry.name)),
    ]


def in_workspaces(domain: str, taken: Sequence[str], labels: Sequence[str] = ()) -> list[Precondition]:
    """Those of review, below whose domain some labels are taken; `labels` are those of its services' hosts."""
    conditions = [
        Precondition(
            condition=f'${{can(regex("^{WORKSPACE}$", terraform.workspace)) && terraform.workspace != "default"}}',
            error_message=REVIEW_WORKSPACE,
        )
    ]
    if labels:
        ends, longest = "|".join(labels), longest_workspace(labels)
        free = f'!can(regex("-({ends})$", terraform.workspace)) && length(terraform.workspace) <= {longest}'
        conditions.append(Precondition(condition=f"${{{free}}}", error_message=labelled_workspace(labels, longest)))
    if taken:
        labels = ", ".join(f'"{label}"' for label in taken)
        conditions.append(
            Precondition(
                condition=f"${{!contains([{labels}], terraform.workspace)}}", error_message=taken_workspace(domain)
            )
        )
    return conditions


class BaseStack(TerraformStack):
    """One Terraform root module of the inventory.

    A construct's address is the words of its path joined by `_`, without CDKTF's hash; an id in parentheses is a layer
    that readers see and addresses don't, so that code can be regrouped without moving a resource.
    """

    def __init__(
        self,
        scope: Construct,
        entry: Stack,
        system: str,
        *,
        environment: str,
        workspaces: Sequence[Precondition],
        tags: Mapping[str, str],
        domain: str = "",
    ) -> None:
        """`environment` is the tag's value, and `domain` where it answers, both maybe expressions; `workspaces` say in
        which it may live, `tags` are a team's own."""
        self._addresses: dict[tuple[str, str], str] = {}
        self.mistakes: list[str] = []
        super().__init__(scope, entry.name)
        self.entry = entry
        self._backend()
        self._provider(
            system, environment, team_tags.filled(tags, entry, system=system, environment=environment, domain=domain)
        )
        self._guard_workspace(workspaces)

    @jsii.member(jsii_name="allocateLogicalId")
    def _allocate_logical_id(self, tf_element: Node | TerraformElement) -> str:
        """The address of an element below the stack; CDKTF asks once for each."""
        if not isinstance(tf_element, TerraformElement):
            return super()._allocate_logical_id(tf_element)
        path = tf_element.node.path
        words = _words(path.split("/")[1:])
        address = "_".join(words)
        kind = type(tf_element)
        first = self._addresses.setdefault((f"{kind.__module__}.{kind.__qualname__}", address), path)
        # Collected, not raised: an exception would come back through Node as another one.
        if first != path:
            self.mistakes.append(f"{path} and {first} have the same address {address}: give one of them another id")
        for word in words:
            if not _WORD.fullmatch(word):
                self.mistakes.append(
                    f"{path}: {word!r} can't be part of an address: expected a letter, then letters, digits, _ or -"
                )
        return address

    def _backend(self) -> None:
        entry = self.entry
        S3Backend(
            self,
            bucket=entry.bucket,
            key=entry.state_key,
            region=entry.region,
            # No `encrypt`: it means SSE-S3, whatever key the bucket has; S3 encrypts by the bucket's own default.
            workspace_key_prefix=entry.state_key.removesuffix(".tfstate") if entry.kind == "review" else None,
            assume_role=S3BackendAssumeRoleConfig(role_arn=entry.role) if entry.role else None,
        )
        # CDKTF 0.21 knows only the old lock table; Terraform locks with an object beside the state since 1.10.
        self.add_override("terraform.backend.s3.use_lockfile", True)
        self.add_override("terraform.required_version", f"= {TERRAFORM_VERSION}")

    def _provider(self, system: str, environment: str, tags: Mapping[str, str]) -> None:
        entry = self.entry
        AwsProvider(
            self,
            "aws",
            region=entry.region,
            # The guard against operating one account while thinking it is another.
            allowed_account_ids=[entry.account_id],
            assume_role=[AwsProviderAssumeRole(role_arn=entry.role)] if entry.role else None,
            # Never the commit: it would change every resource at every commit.
            default_tags=[
                AwsProviderDefaultTags(
                    tags={"System": system, "Environment": environment, "ManagedBy": "Terraform", **tags}
                )
            ],
            # Many stacks apply at once, and AWS throttles an account, not a stack.
            max_retries=25,
            retry_mode="adaptive",
        )
        self.add_override("terraform.required_providers.aws.source", "hashicorp/aws")
        self.add_override("terraform.required_providers.aws.version", PROVIDER_VERSION)

    def _guard_workspace(self, conditions: Sequence[Precondition]) -> None:
        # On a resource: an output's precondition would fail `validate` too, which runs in `default`.
        TerraformResource(
            self,
            "workspace",
            terraform_resource_type="terraform_data",
            lifecycle=TerraformResourceLifecycle(precondition=list(conditions)),
        )

    def rename(self, blueprint: Blueprint, earlier: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> None:
        """Say where resources stood before, so that they move and stay: those of renamed parts (`renamed_from`), and
        those that had another path in an earlier Tanada (`earlier`: type, path and that one).

        A part's constructs stand below its name, those of its own security group below `(reach)`; each earlier name is
        one step of a chain (terraform.io, "Refactoring": moves are followed from one block to the next). Two may not
        end in one place, so all that one ever had are one chain, whichever of them a state holds.
        """
        histories = {
            # One that has its earlier name again comes from those in between.
            name: (*(each for each in part.renamed_from if each != name), name)
            for _, name, part in blueprint.parts()
            if part.renamed_from
        }
        paths = {path: before for _, path, before in earlier}
        # Each element of the stack is a question to Node, so they are looked at only where any may have moved.
        known = self._resources() if histories else [(kind, path) for kind, path, _ in earlier]
        moves = [
            {"from": f"{kind}.{old}", "to": f"{kind}.{new}"}
            for kind, path in known
            for old, new in pairwise(_ever(path, paths, histories))
        ]
        if moves:
            self.add_override("moved", moves)

    def _resources(self) -> list[tuple[str, tuple[str, ...]]]:
        """The type of each of its resources, and its path below the stack."""
        return [
            (element.terraform_resource_type, tuple(element.node.path.split("/")[1:]))
            for element in self.node.find_all()
            if isinstance(element, TerraformResource)
        ]

    def publish(self, values: dict[str, object]) -> None:
        """Make outputs of these names and values."""
        outputs = Construct(self, "(outputs)")
        for name, value in values.items():
            TerraformOutput(outputs, name, value=value)


def _words(path: Sequence[str]) -> list[str]:
    """Of a path below the stack: without the layers that addresses don't count."""
    return [word for word in path if not _LAYER.fullmatch(word)]


def _ever(
    path: tuple[str, ...], earlier: Mapping[tuple[str, ...], tuple[str, ...]], histories: Mapping[str, Sequence[str]]
) -> list[str]:
    """All addresses of a resource, from those at its earlier path to the one that it has."""
    paths = [*([earlier[path]] if path in earlier else ()), path]
    return [address for each in paths for address in _addresses(each, histories)]


def _addresses(path: Sequence[str], histories: Mapping[str, Sequence[str]]) -> list[str]:
    """The addresses that a resource had, the oldest first, and the one that it has; one alone where it never moved."""
    layer, id = path[0], path[1] if len(path) > 1 else ""
    # In `(reach)` a part's own rules carry its name in theirs; those between two parts carry their first names.
    name, more = (id[: -len(OUT)], OUT) if layer == "(reach)" and id.endswith(OUT) else (id, "")
    names = histories.get(name, (name,)) if layer in _NAMED else (name,)
    return ["_".join(_words([layer, f"{each}{more}", *path[2:]])) for each in names]
