"""Checks of common.ci: one repository a system, on one forge, and one word on what is protected an AWS account."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import mistake
from tanada.declared.ci import OWN_ENVIRONMENTS, Ci
from tanada.text import quoted

_OF_THE_SYSTEM = ("github", "gitlab", "server", "ids", "branch", "tests")
"""What workflows are written from, once for all accounts."""


_OF_ALL = ("github.com", "ghe.com", "gitlab.com", "bitbucket.org")
"""Hosts at which many teams are: no server of one's own."""


def check_ci(system: Scopes) -> Iterator[Mistake]:
    """The mistakes that no account's common.ci shows by itself."""
    declared = {name: layer.ci for name, layer in system.layers.items() if layer.ci is not None}
    for name, ci in declared.items():
        yield from _repository(system, ("accounts", name, "common", "ci"), ci)
    yield from _one_for_all(system, declared)
    yield from _one_protection(system)
    yield from _own_environments(system, declared)


def _repository(system: Scopes, loc: Loc, ci: Ci) -> Iterator[Mistake]:
    if ci.github is None and ci.gitlab is None:
        sentence = "names no repository; expected github: owner/repository or gitlab: group/project"
        yield mistake(system.top, loc, sentence, at_key=True)
    if ci.github is not None and ci.gitlab is not None:
        sentence = "stands beside github; a system is applied from one repository, so take one of them out"
        yield mistake(system.top, (*loc, "gitlab"), sentence, at_key=True)
    if ci.gitlab is not None and ci.github is None and ci.ids is not None:
        sentence = "are numbers of GitHub's, and this is a project on GitLab; take them out"
        yield mistake(system.top, (*loc, "ids"), sentence, at_key=True)
    if ci.server is not None and (instead := _no_server(ci, ci.server)):
        yield mistake(system.top, (*loc, "server"), f"{quoted(ci.server)} {instead}")


def _no_server(ci: Ci, server: str) -> str | None:
    """Why a host isn't one of a forge of one's own."""
    host = next((host for host in _OF_ALL if server == host or server.endswith(f".{host}")), None)
    if host is None or (ci.gitlab is not None and server == "gitlab.com"):
        return None
    if ci.github is not None and host == "github.com":
        return "is no GitHub Enterprise Server; github.com is meant without server, so take it out"
    if ci.github is not None and host == "ghe.com":
        return "signs its tokens elsewhere than a GitHub Enterprise Server does, and Tanada knows no trust for it"
    return f"belongs to {host}; expected the host of a server of your own"


def _one_for_all(system: Scopes, declared: dict[str, Ci]) -> Iterator[Mistake]:
    """An account may have no CI, or a provider already; whatever else it says is the same for all."""
    first = next(iter(declared), None)
    for name, ci in declared.items():
        for field in _OF_THE_SYSTEM:
            if first is not None and getattr(ci, field) != getattr(declared[first], field):
                sentence = f"differs from account {first}'s; it belongs to the whole system: say it in common.ci alone"
                yield mistake(system.top, ("accounts", name, "common", "ci", field), sentence, at_key=True)


def _one_protection(system: Scopes) -> Iterator[Mistake]:
    """Entries of one AWS account are one account to IAM: whoever may apply the open one may change the protected one.

    Entries without CI count as well: the other's role reaches what they hold.
    """
    seen: dict[str, str] = {}
    for name, account in system.accounts.items():
        other = system.accounts[seen.setdefault(account.id, name)]
        if other.protected != account.protected:
            yield mistake(
                system.top,
                ("accounts", name, "protected"),
                f"is not what account {seen[account.id]} says, and both are {quoted(account.id)}: "
                "IAM knows no regions, so who may change the one may change the other; make it the same",
            )


def _own_environments(system: Scopes, declared: dict[str, Ci]) -> Iterator[Mistake]:
    """A protected account's environment on GitHub is called like it, and must not be one that needs no approval."""
    for name in declared:
        account = system.accounts.get(name)
        if account is not None and account.protected and name in OWN_ENVIRONMENTS.values():
            sentence = (
                f"{quoted(name)} is the environment on GitHub of jobs that nobody approves; "
                "call the protected account otherwise"
            )
            yield mistake(system.top, ("accounts", name), sentence, at_key=True)
