"""Where secrets are kept: ARNs as text, names as each store takes them, and a policy that has room for them."""

from __future__ import annotations

import pytest

from tanada.declared.secrets import ROOM, faults, grouped, place, written_out

OF = ("aws", "ap-northeast-1", "111111111111")
SSM = "arn:aws:ssm:ap-northeast-1:111111111111:parameter"
SECRET = "arn:aws:secretsmanager:ap-northeast-1:111111111111:secret"


@pytest.mark.parametrize(
    ("text", "value_from", "resource"),
    [
        ("/kakei/key", f"{SSM}/kakei/key", f"{SSM}/kakei/key"),
        ("kakei/key", f"{SECRET}:kakei/key", f"{SECRET}:kakei/key-??????"),
        ("kakei/env:ID", f"{SECRET}:kakei/env:ID::", f"{SECRET}:kakei/env-??????"),
        (f"{SECRET}:key-a1B2c3", f"{SECRET}:key-a1B2c3", f"{SECRET}:key-a1B2c3"),
        (f"{SECRET}:key-a1B2c3:ID", f"{SECRET}:key-a1B2c3:ID::", f"{SECRET}:key-a1B2c3"),
        (f"{SECRET}:key-a1B2c3:ID::", f"{SECRET}:key-a1B2c3:ID::", f"{SECRET}:key-a1B2c3"),
        (f"{SECRET}:key", f"{SECRET}:key", f"{SECRET}:key-??????"),
        (f"{SSM}/kakei/key", f"{SSM}/kakei/key", f"{SSM}/kakei/key"),
        (f"{SSM}/key-abcdef", f"{SSM}/key-abcdef", f"{SSM}/key-abcdef"),
        ("a/${local.environment}/key", f"{SECRET}:a/${{local.environment}}/key", None),
    ],
)
def test_a_place_is_a_whole_arn_and_what_a_policy_names(text: str, value_from: str, resource: str | None) -> None:
    found = place(text, *OF)
    assert (found.value_from, found.resource) == (value_from, resource or f"{value_from}-??????")
    assert list(faults(text, *OF)) == [] or "${" in text


@pytest.mark.parametrize(
    "name", ["a", "rds!cluster-1a96bebc-86c1-4982-9f9f-7d6a651d2464", "x-abcdefg", "x-abc_ef", "a" * 512]
)
def test_names_that_secrets_manager_takes(name: str) -> None:
    assert list(faults(name, *OF)) == []


@pytest.mark.parametrize(
    "name", ["x-abcdef", "kakei/app-secret", "x-ABC123", "a" * 513, "a:b:c", "a:", ":key", "a!b!c"]
)
def test_names_that_find_no_secret(name: str) -> None:
    assert len(list(faults(name, *OF))) == 1


@pytest.mark.parametrize("name", ["/a", "/a.b/c_d-e", "/kakei/aws/key", "/" + "/".join("abcdefghijklmno")])
def test_names_that_parameter_store_takes(name: str) -> None:
    assert list(faults(name, *OF)) == []


@pytest.mark.parametrize(
    "name",
    ["/", "/a/", "//a", "/aws/a", "/AWSome", "/ssm-a", "/a@b", "/" + "/".join("abcdefghijklmnop"), "/" + "a" * 970],
)
def test_names_of_no_parameter(name: str) -> None:
    assert len(list(faults(name, *OF))) == 1


def test_what_takes_a_name_is_given_one() -> None:
    assert place("kakei/ghcr", *OF).named == "kakei/ghcr"
    assert place(f"{SECRET}:ghcr-a1B2c3", *OF).named == f"{SECRET}:ghcr-a1B2c3"


def of(*names: str) -> list[str]:
    return [place(name, *OF).resource for name in names]


def test_few_secrets_are_named_one_by_one_and_each_once() -> None:
    assert grouped(of("/kakei/b", "/kakei/a", "/kakei/a")) == (f"{SSM}/kakei/a", f"{SSM}/kakei/b")


def test_many_are_named_by_the_folder_that_holds_most_of_them() -> None:
    many = [f"/kakei/test/{'k' * 60}{index}" for index in range(80)]
    assert grouped(of(*many, "/kakei/other", "kakei/test/one")) == (
        f"{SECRET}:kakei/test/one-??????",
        f"{SSM}/kakei/other",
        f"{SSM}/kakei/test/*",
    )


def test_folders_are_gathered_into_theirs_and_no_further_than_a_folder() -> None:
    many = [f"/kakei/{index}{'k' * 90}/{name}" for index in range(60) for name in "abc"]
    assert grouped(of(*many)) == (f"{SSM}/kakei/*",)
    loose = grouped(of(*(f"/{'k' * 90}{index}" for index in range(80))))
    assert len(loose) == 80
    assert sum(map(written_out, loose)) > ROOM, "nothing holds all of an account's secrets: the check refuses"
