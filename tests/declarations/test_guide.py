"""docs/declaration.md says what the models say: every field, every default, the tables of defaults and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tanada.declarations.limits import CERTIFICATES, TARGET_GROUPS
from tanada.declarations.loader import load
from tanada.declarations.origins import written
from tanada.declarations.placeholders import known
from tanada.declared.account import Account, Quotas
from tanada.declared.blueprint import Environment, Review
from tanada.declared.ci import Ci, RepositoryIds
from tanada.declared.common import CommonLayer
from tanada.declared.fields import Seconds, duration
from tanada.declared.hosted_zone import Zone
from tanada.declared.network import Network
from tanada.declared.service import Http, Logs, Service
from tanada.declared.store import Store
from tanada.declared.system import SystemFile
from tanada.declared.table import Table
from tests.golden import held

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "declaration.md"
TEXT = GUIDE.read_text(encoding="utf-8")
_TABLE = re.compile(r"^\| field \|.*(\n\|.*)*", re.MULTILINE)

TABLES: dict[str, type[BaseModel]] = {
    "system.yaml": SystemFile,
    "An account": Account,
    "The common layer": CommonLayer,
    "Its network": Network,
    "A zone": Zone,
    "Its `ci`": Ci,
    "Its `ids`": RepositoryIds,
    "Quotas": Quotas,
    "A service": Service,
    "Its `http`": Http,
    "Its `logs`": Logs,
    "A store": Store,
    "A table": Table,
    "An environment": Environment,
    "Review environments": Review,
}


def table(model: type[BaseModel]) -> Iterator[str]:
    """The model as the guide's table."""
    yield "| field | default | meaning |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
        seconds = any(isinstance(each, Seconds) for each in field.metadata)
        default = field.default
        if default is PydanticUndefined:
            shown = "needed"
        elif default is None:
            shown = "–"
        elif isinstance(default, BaseModel):
            shown = "see below"
        else:
            shown = f"`{duration(default) if seconds else written(default)}`"
        yield f"| `{name}` | {shown} | {' '.join(str(field.description).split())} |"


@pytest.mark.parametrize("heading", TABLES)
def test_each_table_is_the_models(heading: str) -> None:
    before, _, rest = GUIDE.read_text(encoding="utf-8").partition(f"### {heading}\n")
    section, _, after = rest.partition("\n#")
    assert section, f"docs/declaration.md has no ### {heading}"
    rows = "\n".join(table(TABLES[heading]))
    held(GUIDE, f"{before}### {heading}\n{_TABLE.sub(lambda _: rows, section, count=1)}\n#{after}")


def test_the_defaults_that_depend_on_the_environment_are_one_table() -> None:
    for default in Service.PROTECTED:
        assert f"| `{'.'.join(default.field)}` | `{default.value}` | {default.reason} |" in TEXT


def test_every_placeholder_is_explained() -> None:
    system = load(ROOT)
    for word in known({name: part for _, name, part in system.blueprint.parts()}):
        shape = word if "." not in word else f"<{'service' if word.endswith('.url') else 'store'}>.{word.split('.')[1]}"
        assert f"`{{{shape}}}`" in TEXT


def test_the_limits_are_the_codes() -> None:
    assert f"| target groups a load balancer | {TARGET_GROUPS} |" in TEXT
    assert f"| certificates a load balancer | {CERTIFICATES} |" in TEXT
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
    assert partner.stores == {}
    assert sorted(partner.services["web"].variables) == ["BACKEND_URL", "PARTNER_API"]
    assert partner.services["web"].reach == ("backend",)
