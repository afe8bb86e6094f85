"""Where the images of an account lie: in its own registry, or in that of another account of the system."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.declared.account import Account
from tanada.declared.image import Repository
from tanada.declared.registry import Image


def owner(accounts: Mapping[str, Account], account: str, image: str) -> str:
    """The account in whose registry an account's image lies."""
    return accounts[account].common.images[image].account or account


def settings(accounts: Mapping[str, Account], account: str, image: str) -> Image:
    """What its owner says of it."""
    return accounts[owner(accounts, account, image)].common.images[image]


def repository(system: str, accounts: Mapping[str, Account], account: str, image: str) -> Repository:
    """The repository of an account's image."""
    entry = accounts[owner(accounts, account, image)]
    return Repository(entry.id, entry.region, settings(accounts, account, image).called(system, image))


def elsewhere(system: str, accounts: Mapping[str, Account], account: str) -> dict[str, Repository]:
    """Those of an account's images that lie in another account's registry, by image."""
    images = accounts[account].common.images
    return {
        each: repository(system, accounts, account, each)
        for each in images
        if owner(accounts, account, each) != account
    }


def pulled_by(accounts: Mapping[str, Account], account: str) -> dict[str, tuple[str, ...]]:
    """By image of an account, the numbers of the other AWS accounts that pull it. The same AWS account in another
    region needs nobody's word: its roles' own permissions hold in every region."""
    own = accounts[account]
    found: dict[str, set[str]] = {}
    for name, other in accounts.items():
        for image, each in other.common.images.items():
            if name != account and each.account == account and other.id != own.id:
                found.setdefault(image, set()).add(other.id)
    return {image: tuple(sorted(found[image])) for image in sorted(found)}
