"""What holds for any comment, whatever its reports say: within the limit, closed, inert, and without a secret."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanada.comment.document import Comment, comment, drift_issue
from tanada.comment.headline import headline, result
from tanada.comment.page import RunInfo
from tanada.plan import (
    Cost,
    Deploy,
    Difference,
    Drift,
    FailedCheck,
    Message,
    OutputChange,
    Reason,
    Report,
    ResourceChange,
    Summary,
    summary,
)
from tests.comment.picture import active, parser
from tests.comment.reports import DRIFT_TEMPLATE, PLANS, TEMPLATE, report

RUN_PAGE, LOG = "https://ci.example.com/runs/1", "https://ci.example.com/logs/1"
LIMITS = st.sampled_from([2_000, 3_000, 5_000, 10_000, 65_536, 1_000_000])
_PIECES = [
    "@everyone", "#1", "a/b#2", "!3", "~bug", "%m", "$`x`$", "&4", "GH-5", "SHOP-6", "4f2a91c0", "https://evil.example",
    "www.evil.example", "```", "````\n", "~~~", "</details>", "<details>", "<img src=x>", "<!--", "![x](y)", "[x](y)",
    "|", "\n/close", "\n# x", "\n- x", "\n\n", "`", "**", "\u202e", "\u200b", "\ud800", "\x00", "\t", "    ", " ", ": ",
    "a", "東京", "🔥", "-->", "]]>", "\\", "'", '"', "{{ x }}", "{% x %}", "x" * 300,
]  # fmt: skip
VALUES = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=6).map("".join)
MAYBE = st.none() | VALUES
DIFFERENCES = st.builds(
    Difference, path=VALUES, before=MAYBE, after=MAYBE, lines=st.lists(VALUES, max_size=3).map(tuple)
)  # fmt: skip
CHANGES = st.builds(
    ResourceChange,
    address=VALUES,
    type=VALUES,
    previous_address=MAYBE,
    deposed=MAYBE,
    replace_paths=st.lists(VALUES, max_size=2).map(tuple),
    reason=MAYBE | st.just("replace_because_cannot_update"),
    differences=st.lists(DIFFERENCES, max_size=3).map(tuple),
    danger=st.none() | st.just("database") | VALUES,
)
COSTS = st.builds(
    Cost,
    before=st.floats(0, 1e6),
    after=st.floats(0, 1e6),
    unknown=st.lists(st.tuples(VALUES, st.integers(1, 5)), max_size=2).map(tuple),
    dated=VALUES,
)
SUMMARIES = st.builds(
    Summary,
    terraform_version=VALUES,
    changes=st.lists(CHANGES, max_size=4).map(tuple),
    unchanged=st.integers(0, 3),
    outputs=st.lists(st.builds(OutputChange, name=VALUES, difference=st.none() | DIFFERENCES), max_size=2).map(tuple),
    drift=st.lists(
        st.builds(Drift, address=VALUES, differences=st.lists(DIFFERENCES, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
    deferred=st.lists(VALUES, max_size=2).map(tuple),
    checks=st.lists(
        st.builds(FailedCheck, address=VALUES, problems=st.lists(VALUES, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
    deploys=st.lists(
        st.builds(Deploy, service=VALUES, images=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    cost=st.none() | COSTS,
    fingerprint=VALUES,
)
REPORTS = st.lists(
    st.builds(
        Report,
        label=VALUES,
        stack=VALUES,
        account=VALUES,
        environment=MAYBE,
        common=MAYBE,
        dependents=st.lists(VALUES, max_size=3).map(tuple),
        messages=st.lists(st.builds(Message, summary=VALUES, detail=VALUES, address=MAYBE), max_size=2).map(tuple),
        summary=st.none() | SUMMARIES,
        reasons=st.lists(
            st.builds(Reason, file=VALUES, path=VALUES, before=MAYBE, after=MAYBE, comment=MAYBE), max_size=2
        ).map(tuple),
        configuration=st.lists(VALUES, max_size=3).map(tuple),
        terraform=VALUES,
        commit=MAYBE,
        created_at=VALUES,
        log_url=st.none() | st.just(LOG) | VALUES,
        everything_changed=MAYBE,
        maker=MAYBE,
    ),
    max_size=6,
)
RUNS = st.builds(
    RunInfo,
    system=VALUES,
    title=VALUES,
    commit=MAYBE,
    base=MAYBE,
    run_url=st.none() | st.just(RUN_PAGE) | VALUES,
    rest_url=st.none() | st.just(RUN_PAGE) | VALUES,
)
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(markdown: str, addresses: set[str]) -> None:
    """Inert, valid UTF-8, every fence and every details closed."""
    markdown.encode("utf-8")
    assert active(markdown, addresses) == []
    lines = markdown.splitlines()
    depth = 0
    for token in parser().parse(markdown):
        if token.type == "fence":
            assert token.map is not None
            assert lines[token.map[1] - 1].strip() == token.markup
        elif token.type == "html_block":
            for tag in re.findall(r"</?details", token.content):
                depth += 1 if tag == "<details" else -1
                assert depth in (0, 1)
        assert token.type not in ("code_block", "hr", "lheading_open")
    assert depth == 0


def addresses(reports: list[Report], run: RunInfo) -> set[str]:
    """Those that a forge's own variables hold: the one kind of value that may become a link, if it is an address."""
    found = {run.run_url, run.rest_url, *(each.log_url for each in reports)}
    return {each for each in found if each is not None}


@SLOW
@given(REPORTS, RUNS, LIMITS)
def test_any_comment_fits_is_closed_and_does_nothing(reports: list[Report], run: RunInfo, limit: int) -> None:
    whole = comment(reports, run, TEMPLATE, limit)
    assert len(whole.body.encode("utf-8")) <= limit
    check(whole.body, addresses(reports, run))
    if whole.rest is not None:
        check(whole.rest, addresses(reports, run))


@SLOW
@given(REPORTS, RUNS, LIMITS)
def test_any_drift_issue_fits_is_closed_and_does_nothing(reports: list[Report], run: RunInfo, limit: int) -> None:
    body = drift_issue(reports, run, DRIFT_TEMPLATE, limit)
    if body is not None:
        assert len(body.encode("utf-8")) <= limit
        check(body, addresses(reports, run))


@SLOW
@given(REPORTS)
def test_any_headline_is_one_short_line(reports: list[Report]) -> None:
    sentence = headline(reports)
    assert sentence.isprintable()
    assert 0 < len(sentence) <= 140
    assert (result(reports) == "nothing") or sentence != "Nothing changes."


SECRETS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-@#`<|", min_size=12, max_size=30).map(lambda text: f"S3{text}")


@SLOW
@given(st.data(), SECRETS, LIMITS)
def test_no_sensitive_value_of_any_plan_is_ever_in_a_comment(data: st.DataObject, secret: str, limit: int) -> None:
    name = data.draw(st.sampled_from(sorted(PLANS.glob("*.json"))))
    plan: dict[str, Any] = json.loads(name.read_text(encoding="utf-8"))
    for entry in plan["resource_changes"]:
        for when in ("before", "after"):
            values = entry["change"].get(when)
            if isinstance(values, dict):
                marks = copy.deepcopy(entry["change"].get(f"{when}_sensitive") or {})
                hide(data, values, marks, f"{secret}{when}" if data.draw(st.booleans()) else secret)
                entry["change"][f"{when}_sensitive"] = marks
    whole: Comment = comment([report("environment-test", summary(plan))], RunInfo("web-product"), TEMPLATE, limit)
    assert secret not in whole.body + (whole.rest or "")


def hide(data: st.DataObject, values: dict[str, Any], marks: dict[str, Any], secret: str) -> None:
    """Put a secret into one attribute, whole or within, and mark it as Terraform does."""
    key = data.draw(st.sampled_from(sorted(values)))
    if isinstance(values[key], dict) and values[key] and data.draw(st.booleans()):
        inner = marks.get(key) if isinstance(marks.get(key), dict) else {}
        assert isinstance(inner, dict)
        hide(data, values[key], inner, secret)
        marks[key] = inner
        return
    shapes = [secret, [secret], {"a": secret}, json.dumps({"a": [secret]}), f"line\n{secret}\nline"]
    values[key] = data.draw(st.sampled_from(shapes))
    marks[key] = True
