"""Patches: arguments of resources that Tanada makes and that no field says, as the provider calls them."""

from __future__ import annotations

from typing import Annotated, Any

from tanada.declared.fields import Text

CONTAINERS = ".containers."
"""Between a task definition's address and the name of one of its containers."""
TASKS = "aws_ecs_task_definition"


def _expected(text: str) -> str:
    """What is wrong with an address."""
    if "[" in text:
        return "an address without an index: all that it makes are patched alike"
    if text.startswith(("data.", "output.", "var.", "local.", "module.")):
        return "the address of a resource such as aws_lb.public: what is only read, or said, has no patch"
    if CONTAINERS in text:
        return f"{TASKS}.<name>{CONTAINERS}<container>, such as {TASKS}.web_task_definition{CONTAINERS}nginx"
    return "the address of an AWS resource as a plan shows it, such as aws_lb_target_group.web_target_group"


Address = Annotated[
    str,
    Text(
        rf"^(aws_[a-z0-9_]+\.[A-Za-z][A-Za-z0-9_-]*|{TASKS}\.[A-Za-z][A-Za-z0-9_-]*\.containers\.[A-Za-z0-9_-]+)$",
        _expected,
    ),
]
"""As plans show it; of a task definition's container with `.containers.<name>` behind it."""
Patches = dict[Address, dict[str, Any]]
"""By address the arguments: texts, which the provider's schema gives their meaning, in lists and mappings."""


def of_container(address: str) -> tuple[str, str | None]:
    """An address of a resource, and the container of it that is meant; None where all of it is."""
    resource, within, container = address.partition(CONTAINERS)
    return resource, container if within else None
