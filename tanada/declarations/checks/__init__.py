"""Cross-checks: what can be wrong though each value is well by itself; one file a concern."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tanada.declarations.checks.accounts import check_accounts
from tanada.declarations.checks.allow import check_allow
from tanada.declarations.checks.api_gateway import check_api_gateway
from tanada.declarations.checks.backup import check_backup
from tanada.declarations.checks.before import check_before
from tanada.declarations.checks.caches import check_caches
from tanada.declarations.checks.cdn import check_cdn
from tanada.declarations.checks.ci import check_ci
from tanada.declarations.checks.containers import check_containers
from tanada.declarations.checks.copies import check_copies
from tanada.declarations.checks.databases import check_databases
from tanada.declarations.checks.domains import check_domains
from tanada.declarations.checks.health_checks import check_health_checks
from tanada.declarations.checks.hosted_zones import check_hosted_zones
from tanada.declarations.checks.hosts import check_hosts
from tanada.declarations.checks.image_tags import check_image_tags
from tanada.declarations.checks.images import check_images
from tanada.declarations.checks.imports import check_imports
from tanada.declarations.checks.jobs import check_jobs
from tanada.declarations.checks.logs import check_logs
from tanada.declarations.checks.mail import check_mail
from tanada.declarations.checks.names import check_names
from tanada.declarations.checks.patches import check_patches
from tanada.declarations.checks.people import check_people
from tanada.declarations.checks.permissions import check_permissions
from tanada.declarations.checks.publishers import check_publishers
from tanada.declarations.checks.queues import check_queues
from tanada.declarations.checks.reach import check_reach
from tanada.declarations.checks.redirects import check_redirects
from tanada.declarations.checks.rollouts import check_rollouts
from tanada.declarations.checks.sanitised import check_sanitised
from tanada.declarations.checks.searches import check_searches
from tanada.declarations.checks.secrets import check_secrets
from tanada.declarations.checks.service_connect import check_service_connect
from tanada.declarations.checks.services import check_services
from tanada.declarations.checks.sign_in import check_sign_in
from tanada.declarations.checks.sites import check_sites
from tanada.declarations.checks.sizes import check_sizes
from tanada.declarations.checks.tables import check_tables
from tanada.declarations.checks.tags import check_tags
from tanada.declarations.checks.tcp import check_tcp
from tanada.declarations.checks.texts import check_texts
from tanada.declarations.checks.trust import check_trust
from tanada.declarations.checks.volumes import check_volumes
from tanada.declarations.limits import check_limits
from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scopes

Check = Callable[[Scopes], Iterator[Mistake]]

CHECKS: tuple[Check, ...] = (
    check_accounts,
    check_hosted_zones,
    check_ci,
    check_tags,
    check_domains,
    check_hosts,
    check_allow,
    check_sign_in,
    check_health_checks,
    check_mail,
    check_redirects,
    check_sites,
    check_publishers,
    check_cdn,
    check_api_gateway,
    check_image_tags,
    check_names,
    check_databases,
    check_copies,
    check_sanitised,
    check_tables,
    check_queues,
    check_caches,
    check_searches,
    check_backup,
    check_services,
    check_service_connect,
    check_tcp,
    check_rollouts,
    check_before,
    check_jobs,
    check_containers,
    check_logs,
    check_volumes,
    check_images,
    check_secrets,
    check_people,
    check_trust,
    check_permissions,
    check_reach,
    check_texts,
    check_sizes,
    check_patches,
    check_imports,
    check_limits,
)
"""Each yields the mistakes that it finds, at the place at fault; whatever is broken already is left out."""
