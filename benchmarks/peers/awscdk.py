"""AWS CDK for JavaScript and Python: programs of the equivalent resources of CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.cloudformation import outputs, resources
from benchmarks.peers.source import SAMPLE, Struct, javascript, pascal, python


def javascript_program(stack: Mapping[str, Any]) -> str:
    """AWS CDK for JavaScript, modules by their paths."""
    made = list(resources(stack))
    modules = sorted({module for _, (module, _, _), _ in made} - {"core"})
    lines = ['"use strict";', 'const core = require("aws-cdk-lib/core");']
    lines += [f'const {module} = require("aws-cdk-lib/aws-{module}");' for module in modules]
    lines += ["", "function environment(app, n) {"]
    lines.append(f"  const stack = new core.Stack(app, {javascript(f'environment-{SAMPLE}')});")
    lines += [f'  new core.CfnParameter(stack, "{pascal(name)}", {{ default: "latest" }});' for name in stack["locals"]]
    for name, (module, kind, settings), needs in made:
        words = f'stack, "{pascal(name)}", {javascript(Struct("", settings))}'
        lines.append(f"  const {name} = new {module}.{kind}({words});")
        lines += [f"  {name}.addResourceDependency({each});" for each in needs]
    for name, value in outputs(stack):
        lines.append(
            f'  new core.CfnOutput(stack, "Output{pascal(name)}", {javascript(Struct("", {"value": value}))});'
        )
    lines += [
        "}",
        "",
        "const app = new core.App({ outdir: process.argv[3] });",
        'for (let i = 1; i <= +process.argv[2]; i++) environment(app, "e" + String(i).padStart(4, "0"));',
        "app.synth();",
    ]
    return "\n".join(lines) + "\n"


def python_program(stack: Mapping[str, Any]) -> str:
    """AWS CDK for Python."""
    made = list(resources(stack))
    modules = sorted({module for _, (module, _, _), _ in made} - {"core"})
    lines = ["import sys", "", "import aws_cdk as core"]
    lines += [f"from aws_cdk import aws_{module} as {module}" for module in modules]
    lines += ["", "", "def environment(app, n):", f"    stack = core.Stack(app, {python(f'environment-{SAMPLE}')})"]
    lines += [f'    core.CfnParameter(stack, "{pascal(name)}", default="latest")' for name in stack["locals"]]
    for name, (module, kind, settings), needs in made:
        words = ", ".join(["stack", f'"{pascal(name)}"', *(f"{key}={python(each)}" for key, each in settings.items())])
        lines.append(f"    {name} = {module}.{kind}({words})")
        lines += [f"    {name}.add_resource_dependency({each})" for each in needs]
    for name, value in outputs(stack):
        lines.append(f'    core.CfnOutput(stack, "Output{pascal(name)}", value={python(value)})')
    lines += [
        "",
        "",
        "app = core.App(outdir=sys.argv[2])",
        "for i in range(1, int(sys.argv[1]) + 1):",
        '    environment(app, f"e{i:04}")',
        "app.synth()",
    ]
    return "\n".join(lines) + "\n"
