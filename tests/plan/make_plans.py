"""Makes the plans that the tests read: `python tests/plan/make_plans.py`, with the pinned terraform on PATH."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

PLANS = Path(__file__).parent / "plans"


def data(value: Any, **more: Any) -> dict[str, Any]:
    return {"input": value, **more}


BEFORE: dict[str, Any] = {
    "resource": {
        "terraform_data": {
            "same": data("same"),
            "updated": data("old"),
            "replaced": data("x", triggers_replace=["old"]),
            "replaced_first": data("x", triggers_replace=["old"], lifecycle={"create_before_destroy": True}),
            "gone": data("gone"),
            "forgotten": data("forgotten"),
            "before": data("moved"),
            "before_updated": data("old"),
            "tainted": data("tainted"),
            "cells": data("x", for_each='${toset(["a", "b"])}'),
            "numbered": data("x", count=2),
        }
    },
    "output": {"address": {"value": "old"}, "dropped": {"value": "x"}, "kept": {"value": "x"}},
}
AFTER: dict[str, Any] = {
    "variable": {"secret": {"type": "string", "default": "hunter2", "sensitive": True}},
    "resource": {
        "terraform_data": {
            "same": data("same"),
            "updated": data("${var.secret}"),
            "replaced": data("x", triggers_replace=["new"]),
            "replaced_first": data("x", triggers_replace=["new"], lifecycle={"create_before_destroy": True}),
            "after": data("moved"),
            "after_updated": data("new"),
            "tainted": data("tainted"),
            "cells": data("x", for_each='${toset(["a"])}'),
            "numbered": data("x", count=1),
            "imported": data(None),
            "new": data("new"),
        }
    },
    "moved": [
        {"from": "terraform_data.before", "to": "terraform_data.after"},
        {"from": "terraform_data.before_updated", "to": "terraform_data.after_updated"},
    ],
    "removed": [{"from": "terraform_data.forgotten", "lifecycle": {"destroy": False}}],
    "import": [{"to": "terraform_data.imported", "id": "0f7f8f7e-0000-4000-8000-000000000000"}],
    "output": {
        "address": {"value": "new"},
        "kept": {"value": "x"},
        "token": {"value": "${var.secret}", "sensitive": True},
    },
}
OUTPUTS_ONLY = {**BEFORE, "output": {**BEFORE["output"], "address": {"value": "new"}}}
FAILING = {
    "resource": {
        "terraform_data": {
            "refused": data(
                "x",
                lifecycle={"precondition": [{"condition": '${terraform.workspace == "none"}', "error_message": "No."}]},
            )
        }
    }
}
VARIABLES: dict[str, Any] = {
    "password": {"type": "string", "default": "hunter2-mango", "sensitive": True},
    "pin": {"type": "number", "default": 98765431, "sensitive": True},
    "login": {"type": "object({user = string, word = string})", "sensitive": True},
    "plain": {"type": "string", "default": "plain"},
}
LOGIN = '-var=login={user="taro-kun",word="correct horse"}'
HIDING_BEFORE: dict[str, Any] = {
    "variable": VARIABLES,
    "resource": {
        "terraform_data": {
            "deep": data({"name": "x", "words": ["a", "b"], "login": {"word": "old-old"}}),
            "whole": data("${var.login}"),
            "leaked": data("none"),
            "unmarked": data("${var.password}"),
            "marked": data("hunter2-mango"),
            "document": data('{"user": "x", "inner": [1, 2]}'),
            "number": data(1),
            "ordered": data(["a", "b", "c"]),
            "emptied": data({"a": [], "b": 1}),
            "text": data("one\ntwo\nthree\nfour\nfive\nsix\nseven\n"),
            "long": data("x" * 3000),
        }
    },
    "output": {"leaked": {"value": "none"}, "object": {"value": {"a": 1, "b": {"c": 2}, "d": ["x"]}}},
}
HIDING: dict[str, Any] = {
    "variable": VARIABLES,
    "resource": {
        "terraform_data": {
            "deep": data({"name": "y", "words": ["a", "${var.password}"], "login": {"word": "${var.login.word}"}}),
            "whole": data("${{user = var.login.user, word = var.password}}"),
            "leaked": data("mysql://root:${nonsensitive(var.password)}@db/${nonsensitive(var.pin)}"),
            "unmarked": data("${nonsensitive(var.password)}x"),
            "marked": data("${var.password}"),
            "document": data('{"inner":[1,3],"user":"${nonsensitive(var.login.word)}"}'),
            "number": data("${var.pin}"),
            "ordered": data(["c", "b", "a"]),
            "emptied": data({"a": None, "b": 2}),
            "text": data("one\ntwo\nthree\nfour\n${nonsensitive(var.password)}\nsix\nseven\n"),
            "long": data("x" * 2999 + "y"),
            "keyed": data("x", for_each="${toset([nonsensitive(var.password)])}"),
            "new": data("new"),
            "waiting": data({"id": "${terraform_data.new.id}", "x": "${var.plain}"}),
        }
    },
    "check": {
        "health": {
            "assert": {
                "condition": "${var.plain == var.password}",
                "error_message": "It is ${nonsensitive(var.password)}, pin ${nonsensitive(var.pin)}.",
            }
        },
        "passing": {"assert": {"condition": '${var.plain == "plain"}', "error_message": "Never said."}},
    },
    "output": {
        "leaked": {"value": "${nonsensitive(var.login.word)}"},
        "object": {"value": {"a": 1, "b": {"c": "${terraform_data.new.id}"}, "d": ["x", "y"]}},
    },
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"}

        def terraform(*arguments: str, check: bool = True) -> str:
            command = ["terraform", *arguments]
            return subprocess.run(
                command, cwd=folder, env=environment, check=check, text=True, stdout=subprocess.PIPE
            ).stdout

        def plan(name: str, configuration: dict[str, Any], *arguments: str) -> None:
            (folder / "cdk.tf.json").write_text(json.dumps(configuration))
            terraform("plan", "-input=false", "-out=plan", *arguments, check=name != "errored")
            shown = json.loads(terraform("show", "-json", "plan"))
            # What isn't read; times and ids would change the files at each run.
            for key in ("prior_state", "planned_values", "timestamp", "relevant_attributes"):
                shown.pop(key, None)
            (PLANS / f"{name}.json").write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n")

        terraform("init")
        plan("create", BEFORE)
        terraform("apply", "plan")
        terraform("taint", "terraform_data.tainted")

        plan("everything", AFTER)
        terraform("untaint", "terraform_data.tainted")
        plan("outputs_only", OUTPUTS_ONLY)
        plan("nothing", BEFORE)
        plan("requested", BEFORE, "-replace=terraform_data.same")
        plan("destroy", BEFORE, "-destroy")
        plan("errored", FAILING)
        terraform("destroy", "-auto-approve")
        plan("hiding_create", HIDING_BEFORE, LOGIN)
        terraform("apply", "plan")
        plan("hiding", HIDING, LOGIN)


if __name__ == "__main__":
    PLANS.mkdir(exist_ok=True)
    main()
