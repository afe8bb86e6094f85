"""Stores: each kind that can be declared has a construct, and what runs without a service waits for all of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from modules.store import KINDS
from tanada.contract.tokens import ALONE
from tanada.declarations.loader import load
from tanada.declared.store import Store
from tanada.stacks import fast
from tanada.stacks.app import synthesize

SYSTEM = """
system: kakei
tanada: "0.1"
accounts: {main: {id: 111111111111, region: ap-northeast-1}}
common: {images: [web], load_balancers: {}}
blueprint:
  tasks:
    all: {image: web, reach: REACH}
  jobs: {nightly: {image: web, schedule: "0 3 * * *", reach: REACH}}
  services: {web: {image: web, reach: [main, aurora]}}
  stores:
    sessions: {table: {partition_key: id}}
    uploads: {bucket: {cors: ["https://example.jp"]}}
    sessions-cache: {cache: {engine: valkey, version: "8.1", class: cache.t4g.micro, auth: true}}
    files: {file_system: {}}
    legacy: {existing: {host: db.example.com, port: 3306}}
    main: {database: {engine: postgres, version: "17.6", class: db.t4g.micro, storage: 20GiB, databases: {more: {}}}}
    aurora: {aurora: {engine: postgresql, version: "17.5", class: db.r8g.large, instances: 3}}
    mails: {queue: {}}
    news: {topic: {subscribers: [mails]}}
    products: {search: {version: "2.19"}}
    theirs: {queue: {existing: par-orders}}
""".replace("REACH", "[sessions, uploads, sessions-cache, files, legacy, main, aurora, mails, news, products, theirs]")


def test_every_kind_of_store_has_a_construct() -> None:
    assert set(KINDS) == set(Store.known_kinds()), "a line in modules/store.py"


def test_what_runs_without_a_service_waits_for_all_of_the_stores_that_it_reaches(tmp_path: Path) -> None:
    """A task that an apply runs would else write where old versions are not kept yet, or publish to nobody."""
    fast.activate()
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "test.yaml").write_text("account: main\n")
    (tmp_path / "system.yaml").write_text(SYSTEM)
    system = load(tmp_path)
    synthesize(system, tmp_path / "cdktf.out")
    emitted = json.loads((tmp_path / "cdktf.out" / "stacks" / "environment-test" / "cdk.tf.json").read_text())
    all_ = {f"{kind}.{name}": json.dumps(each) for kind, of in emitted["resource"].items() for name, each in of.items()}
    refers = {name: {*re.findall(r"\b(?:aws|terraform)_\w+\.[\w-]+", text)} & {*all_} for name, text in all_.items()}
    stores = system.environments["test"].stores
    assert {each.word for each in stores.values()} == {*Store.known_kinds()}, "one of each kind"
    made = {
        each
        for each in all_
        if each.split(".")[1].split("_")[0] in stores
        and not each.startswith(("aws_cloudwatch_metric_alarm.", "aws_vpc_security_group_ingress_rule."))
        and not each.endswith(f"_{ALONE}")
    }
    assert {each.split(".")[1].split("_")[0] for each in made} == {*stores} - {"legacy", "theirs"}
    for who in ("aws_ecs_task_definition.all_task_definition", "aws_scheduler_schedule.nightly_schedule"):
        waits, new = set[str](), {who}
        while new:
            waits |= new
            new = {each for name in new for each in refers[name]} - waits
        assert made - waits == set(), who
