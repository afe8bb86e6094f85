"""docs/declaration.md says what the models say: every field, every default, the tables of defaults and limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tanada.declarations.limits import TARGET_GROUPS
from tanada.declarations.loader import load
from tanada.declarations.origins import with_units, written
from tanada.declarations.placeholders import ALWAYS
from tanada.declared.account import Account, Quotas
from tanada.declared.alarms import Alarms
from tanada.declared.api_gateway import ApiGateway, Cors, Jwt
from tanada.declared.aurora import Capacity
from tanada.declared.backup import Backup
from tanada.declared.blueprint import Blueprint, Defaults, Environment, ImageTags, Review
from tanada.declared.bucket import Expire
from tanada.declared.cdn import Cdn
from tanada.declared.ci import Ci, RepositoryIds
from tanada.declared.cluster import Cluster
from tanada.declared.common import CommonLayer
from tanada.declared.container import Asked, Capabilities, HealthCheck, Limit
from tanada.declared.copies import Data
from tanada.declared.database import Storage
from tanada.declared.databases import Further
from tanada.declared.engines import SqlLogs
from tanada.declared.extensions import Extension
from tanada.declared.hosted_zone import Certificate, Zone, ZoneRoles
from tanada.declared.http import Http
from tanada.declared.image import Elsewhere
from tanada.declared.jobs import Job, StartedBy
from tanada.declared.load_balancer import LoadBalancer, MutualTls
from tanada.declared.logs import FireLens, Logs, Mail, ServiceLogs
from tanada.declared.mail import Dmarc
from tanada.declared.mail import Mail as AccountMail
from tanada.declared.metrics import Metrics
from tanada.declared.model import Default, Kind, Model, meanings
from tanada.declared.moved_pages import MovedPages
from tanada.declared.network import DnsFirewall, Network
from tanada.declared.operators import Operator
from tanada.declared.people import Look, Person
from tanada.declared.permissions import Permission
from tanada.declared.queue import DeadLetter
from tanada.declared.redirects import FixedResponse, Redirect
from tanada.declared.registry import Image
from tanada.declared.restored import Restored
from tanada.declared.rollout import Rollout
from tanada.declared.route53_health_check import FromOutside
from tanada.declared.sanitised import Sanitised
from tanada.declared.scale import At, Cooldown, Scale
from tanada.declared.schedule import Rate
from tanada.declared.secrets import Generated
from tanada.declared.service import Service
from tanada.declared.service_connect import ServiceConnect
from tanada.declared.sidecar import Sidecar
from tanada.declared.sign_in import Google, Oidc, People, SignIn
from tanada.declared.sites import Kept, Site
from tanada.declared.spot import Spot
from tanada.declared.store import Store
from tanada.declared.system import SystemFile
from tanada.declared.table import Index
from tanada.declared.tasks import Task
from tanada.declared.tcp import Tcp
from tanada.declared.waf import Blocked, Waf
from tanada.declared.ways import Way
from tests.golden import held

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "declaration.md"
TEXT = GUIDE.read_text(encoding="utf-8")
_TABLE = re.compile(r"^\| field \|.*(\n\|.*)*", re.MULTILINE)


def article(word: str) -> str:
    """`A table`, `An object_store`: the heading of a kind of store."""
    return f"{'An' if word[0] in 'aeiou' else 'A'} {word.replace('_', ' ')}"


def held_type(annotation: Any) -> type[Kind]:
    """The model in `Table | None`."""
    kinds: list[type[Kind]] = [each for each in get_args(annotation) if each is not type(None)]
    assert len(kinds) == 1
    return kinds[0]


STORES = {word: held_type(Store.model_fields[word].annotation) for word in Store.known_kinds()}
KINDS: dict[str, type[Kind]] = {"service": Service, "job": Job, "task": Task, **STORES}
TABLES: dict[str, type[BaseModel]] = {
    "system.yaml": SystemFile,
    "An account": Account,
    "The common layer": CommonLayer,
    "Its network": Network,
    "Its cluster": Cluster,
    "Its `alarms`": Alarms,
    "The `dns_firewall` of a network": DnsFirewall,
    "The `mail` of an account": AccountMail,
    "Its `dmarc`": Dmarc,
    "The `sign_in` of an account": People,
    "Its `google`": Google,
    "Its `oidc`": Oidc,
    "Its `waf`": Waf,
    "A group that blocks": Blocked,
    "A load balancer": LoadBalancer,
    "Its `mutual_tls`": MutualTls,
    "A zone": Zone,
    "Its `role`": ZoneRoles,
    "A certificate": Certificate,
    "An image": Image,
    "Its `ci`": Ci,
    "Its `ids`": RepositoryIds,
    "Quotas": Quotas,
    "A service": Service,
    "A sidecar": Sidecar,
    "Its `http`": Http,
    "The `sign_in` of `http`": SignIn,
    "Its `route53_health_check`": FromOutside,
    "Its `tcp`": Tcp,
    "Its `cdn`": Cdn,
    "Its `api_gateway`": ApiGateway,
    "Its `jwt`": Jwt,
    "Its `cors`": Cors,
    "Its `service_connect`": ServiceConnect,
    "One of its `redirects`": Redirect,
    "One of its `fixed_responses`": FixedResponse,
    "One of its `sites`": Site,
    "The `cache` of a site": Kept,
    "The `redirects` of a site": MovedPages,
    "One of a site's `operators`": Operator,
    "One of its `people`": Person,
    "What one of `people` looks at": Look,
    "One of its `extensions`": Extension,
    "The `health_check` of `http`": Asked,
    "Its `health_check`": HealthCheck,
    "Its `capabilities`": Capabilities,
    "A limit of `ulimits`": Limit,
    "Its `rollout`": Rollout,
    "A bucket's `expire`": Expire,
    "Its `scale`": Scale,
    "Its `cooldown`": Cooldown,
    "An hour of `schedule`": At,
    "Its `spot`": Spot,
    "Its `metrics`": Metrics,
    "A `schedule` by rate": Rate,
    "Its `started_by`": StartedBy,
    "Its `logs`": ServiceLogs,
    "The `mail` of logs": Mail,
    "The `firelens` of logs": FireLens,
    "The `logs` of a job or a task": Logs,
    "Its `image`": Elsewhere,
    "One of its `secrets`": Generated,
    "An item of `reach`": Way,
    "A permission": Permission,
    "A job": Job,
    "A task": Task,
    "A store": Store,
    **{article(word): kind for word, kind in STORES.items()},
    "An index of a table": Index,
    "Its `dead_letter`": DeadLetter,
    "Its `capacity`": Capacity,
    "Its `storage`": Storage,
    "One of its `databases`": Further,
    "The `data` of a database": Data,
    "One of the times in `restored`": Restored,
    "The `sanitised` of a database": Sanitised,
    "The `logs` of a database": SqlLogs,
    "Defaults": Defaults,
    "An environment": Environment,
    "Its `image_tags`": ImageTags,
    "Its `backup`": Backup,
    "Review environments": Review,
}


def table(model: type[BaseModel]) -> Iterator[str]:
    """The model as the guide's table."""
    yield "| field | default | meaning |"
    yield "| --- | --- | --- |"
    described = meanings(model)
    for name, field in model.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            shown = "needed"
        elif default is None:
            shown = "–"
        elif isinstance(default, Model) and (bare := default.bare()) is not None:
            shown = f"`{bare}`"
        elif isinstance(default, BaseModel):
            shown = "see below"
        else:
            shown = f"`{written(with_units(field.annotation, field.metadata, default))}`"
        yield f"| `{field.alias or name}` | {shown} | {' '.join(described[name].split())} |"


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and all that its fields hold."""
    yield model
    for field in model.model_fields.values():
        kinds = [field.annotation]
        while kinds:
            kind = kinds.pop()
            kinds += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from below(kind)


def test_every_model_has_its_table() -> None:
    models = {each for top in (SystemFile, Environment, Review) for each in below(top)} - {Blueprint}
    missing = sorted(model.__name__ for model in models - set(TABLES.values()) if model.model_fields)
    assert missing == [], "a heading in docs/declaration.md, and its line in TABLES"


@pytest.mark.parametrize("heading", TABLES)
def test_each_table_is_the_models(heading: str) -> None:
    headings = list(TABLES)
    text = GUIDE.read_text(encoding="utf-8")
    if f"### {heading}\n" not in text:  # of a new kind of store: before the next one
        following = f"### {headings[headings.index(heading) + 1]}\n"
        text = text.replace(following, f"### {heading}\n\n| field |\n\n{following}")
    before, _, rest = text.partition(f"### {heading}\n")
    section, _, after = rest.partition("\n#")
    rows = "\n".join(table(TABLES[heading]))
    held(GUIDE, f"{before}### {heading}\n{_TABLE.sub(lambda _: rows, section, count=1)}\n#{after}")


def held_rows(head: str, rows: Iterable[str]) -> None:
    """The table of the guide below that head has exactly these rows."""
    before, found, rest = GUIDE.read_text(encoding="utf-8").partition(f"{head}\n")
    rule, _, after = rest.partition("\n")
    assert found, f"docs/declaration.md has no table {head}"
    after = re.sub(r"\A(\|.*\n)*", lambda _: "".join(f"{row}\n" for row in rows), after)
    held(GUIDE, f"{before}{head}\n{rule}\n{after}")


def condition(default: Default) -> str:
    """Where a default holds for some of its kind alone."""
    having = f" with {' or '.join(f'`{field}`' for field in default.having)}" if default.having else ""
    return having + (f", without `{': '.join(default.unless)}`" if default.unless else "")


def test_the_defaults_that_depend_on_the_environment_are_one_table() -> None:
    held_rows(
        "| of | field | default | reason |",
        [
            f"| {article(word).lower()}{condition(default)} | `{'.'.join(default.field)}` | `{default.value}` "
            f"| {default.reason} |"
            for word, kind in KINDS.items()
            for default in kind.PROTECTED
        ],
    )


def test_every_placeholder_is_explained() -> None:
    always = [f"| `{{{word}}}` | {meaning} |" for word, meaning in ALWAYS.items()]
    reached = [
        f"| `{{<{word}>.{name}}}` | {meaning}; it must be in `reach` |"
        for word, kind in KINDS.items()
        for name, meaning in kind.WORDS.items()
    ]
    public = [
        f"| `{{<{word}>.{name}}}` | {meaning}; needs no `reach` |"
        for word, kind in KINDS.items()
        for name, meaning in kind.PUBLIC.items()
    ]
    held_rows("| placeholder | stands for |", [*always, *reached, *public])


def test_the_limits_are_the_codes() -> None:
    assert f"| target groups a load balancer | {TARGET_GROUPS} |" in TEXT
    for name, field in Quotas.model_fields.items():
        assert f"| {field.default:,} | `quotas.{name}` |" in TEXT


def test_the_example_message_is_what_check_prints() -> None:
    case = ROOT / "tests" / "declarations" / "broken" / "port-removed-that-others-need" / "expected.txt"
    assert case.read_text(encoding="utf-8").strip() in TEXT


def test_the_example_environment_is_well_in_the_default_system(tmp_path: Path) -> None:
    example = TEXT.split("```yaml\n# environments/partner.yaml\n", 1)[1].split("```", 1)[0]
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "partner.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "system.yaml").write_text((ROOT / "system.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    partner = load(tmp_path).environments["partner"]
    assert sorted(partner.stores) == ["mails", "receipts"]
    assert sorted(partner.services["web"].variables) == ["BACKEND_URL", "PARTNER_API"]
    assert partner.services["web"].reached == {"backend": None}
