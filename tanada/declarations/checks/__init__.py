"""Cross-checks: what can be wrong though each value is well by itself; one file a concern."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tanada.declarations.checks.accounts import check_accounts
from tanada.declarations.checks.ci import check_ci
from tanada.declarations.checks.domains import check_domains
from tanada.declarations.checks.services import check_services
from tanada.declarations.checks.texts import check_texts
from tanada.declarations.limits import check_limits
from tanada.declarations.mistakes import Mistake
from tanada.declarations.parts import Parts

Check = Callable[[Parts], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = (check_accounts, check_ci, check_domains, check_services, check_texts, check_limits)
"""Each yields the mistakes that it finds, at the place at fault; whatever is broken already is left out."""
