"""IAM policy documents as the real data source renders them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.errors import OfflineError
from tanada.offline import policy

EMPTY: dict[str, Any] = {
    "sid": None,
    "effect": None,
    "actions": None,
    "not_actions": None,
    "resources": None,
    "not_resources": None,
    "principals": [],
    "not_principals": [],
    "condition": [],
}


def _statements(*statements: dict[str, Any], **more: Any) -> Any:
    document = policy.render({"statement": [EMPTY | statement for statement in statements], **more})
    assert json.loads(document.pretty) == json.loads(document.minified)
    return json.loads(document.minified)


def _principal(kind: str, *identifiers: str) -> dict[str, Any]:
    return {"type": kind, "identifiers": list(identifiers)}


def test_a_document_has_the_words_in_the_order_of_the_provider() -> None:
    config = {
        "statement": [
            EMPTY
            | {
                "sid": "Read",
                "actions": ["s3:GetObject"],
                "resources": ["arn:aws:s3:::b/*"],
                "principals": [_principal("AWS", "arn:aws:iam::111111111111:root")],
                "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
            }
        ]
    }
    assert policy.render(config).pretty == (
        "{\n"
        '  "Version": "2012-10-17",\n'
        '  "Statement": [\n'
        "    {\n"
        '      "Sid": "Read",\n'
        '      "Effect": "Allow",\n'
        '      "Action": "s3:GetObject",\n'
        '      "Resource": "arn:aws:s3:::b/*",\n'
        '      "Principal": {\n'
        '        "AWS": "arn:aws:iam::111111111111:root"\n'
        "      },\n"
        '      "Condition": {\n'
        '        "Bool": {\n'
        '          "aws:SecureTransport": "true"\n'
        "        }\n"
        "      }\n"
        "    }\n"
        "  ]\n"
        "}"
    )


def test_several_actions_come_in_reverse_order() -> None:
    found = _statements({"actions": ["a:B", "a:C", "a:A"], "resources": ["*"]})
    assert found["Statement"] == [{"Effect": "Allow", "Action": ["a:C", "a:B", "a:A"], "Resource": "*"}]


def test_statements_keep_their_order() -> None:
    found = _statements({"sid": "B", "actions": ["b:B"]}, {"sid": "A", "actions": ["a:A"]})
    assert [statement["Sid"] for statement in found["Statement"]] == ["B", "A"]


def test_everybody_is_a_star() -> None:
    assert _statements({"principals": [_principal("*", "*")]})["Statement"][0]["Principal"] == "*"
    assert _statements({"principals": [_principal("AWS", "*")]})["Statement"][0]["Principal"] == {"AWS": "*"}


def test_principals_of_one_type_are_joined() -> None:
    found = _statements(
        {"principals": [_principal("AWS", "1"), _principal("AWS", "2", "3"), _principal("Service", "s")]}
    )
    assert found["Statement"][0]["Principal"] == {"AWS": ["1", "3", "2"], "Service": "s"}


def test_conditions_are_maps_with_values_in_the_order_given() -> None:
    conditions = [
        {"test": "StringLike", "variable": "v", "values": ["b", "a"]},
        {"test": "StringLike", "variable": "u", "values": ["x"]},
        {"test": "StringLike", "variable": "v", "values": ["c"]},
    ]
    found = _statements({"condition": conditions})
    assert found["Statement"][0]["Condition"] == {"StringLike": {"u": "x", "v": ["b", "a", "c"]}}


def test_policy_variables_are_written_with_an_ampersand() -> None:
    assert _statements({"resources": ["h/&{aws:username}"]})["Statement"][0]["Resource"] == "h/${aws:username}"
    with pytest.raises(OfflineError, match="2008-10-17"):
        _statements({"resources": ["&{aws:username}"]}, version="2008-10-17")


def test_letters_are_escaped_as_go_escapes_them() -> None:
    assert '"a\\u0026\\u003c\\u003e"' in policy.render({"statement": [EMPTY | {"actions": ["a&<>"]}]}).minified


def test_source_documents_come_first_and_are_replaced_by_sid() -> None:
    source = json.dumps(
        {"Version": "2008-10-17", "Id": "s", "Statement": {"Sid": "A", "Effect": "Deny", "Action": "x:Y"}}
    )
    found = _statements({"actions": ["b:B"]}, {"sid": "A", "actions": ["a:A"]}, source_policy_documents=[source])
    assert found["Version"] == "2012-10-17"
    assert found["Id"] == "s"
    assert [statement.get("Action") for statement in found["Statement"]] == ["a:A", "b:B"]


def test_override_documents_replace_by_sid_or_are_added() -> None:
    override = json.dumps(
        {"Statement": [{"Sid": "A", "Effect": "Deny", "Action": "z:Z"}, {"Effect": "Deny", "Action": "n:N"}]}
    )
    found = _statements({"sid": "A", "actions": ["a:A"]}, override_policy_documents=[override], policy_id="p")
    assert [statement["Action"] for statement in found["Statement"]] == ["z:Z", "n:N"]
    assert found["Id"] == "p"


def test_the_same_sid_twice_is_refused() -> None:
    with pytest.raises(OfflineError, match=r"duplicate Sid \(A\)"):
        _statements({"sid": "A"}, {"sid": "A"})
    source = json.dumps({"Statement": [{"Sid": "A", "Effect": "Deny"}]})
    with pytest.raises(OfflineError, match=r"duplicate Sid \(A\) in source_policy_documents"):
        _statements(source_policy_documents=[source, source])


def test_a_source_that_is_no_json_is_refused() -> None:
    with pytest.raises(OfflineError, match="merging source document"):
        _statements(source_policy_documents=["{"])
