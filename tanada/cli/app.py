"""The verbs of the command line, each loaded when it is called.

To add a verb: write `tanada/cli/<verb>.py` with a function of the verb's name (typer reads its arguments and its
docstring), and add its name to VERBS. What is slow to import (boto3) belongs inside the function.
"""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from tanada import __version__, compiled
from tanada.errors import TanadaError
from tanada.text import meant, one_of, quoted

if TYPE_CHECKING:
    from typer._click.formatting import HelpFormatter

VERBS = (
    "init",
    "check",
    "show",
    "compare",
    "graph",
    "guide",
    "schema",
    "synth",
    "validate",
    "diff",
    "matrix",
    "image-tag",
    "plan",
    "vet",
    "take",
    "comment",
    "approved",
    "apply",
    "rollback",
    "drift",
    "destroy",
    "run",
    "terraform",
    "bootstrap",
    "secrets",
    "restore",
    "people",
    "ci",
    "vendor",
)
"""In the order of the help."""


_SETTINGS = {"help_option_names": ["--help", "-h"]}


_PLACEHOLDERS = {
    "account": "ACCOUNT",
    "forge": "github|gitlab",
    "image": "IMAGE",
    "jobs": "NUMBER",
    "kind": "CI",
    "name": "NAME",
    "shards": "NUMBER",
    "stack": "STACK",
    "stacks": "STACK",
    "title": "TEXT",
}
"""What stands for a value in help and in usage where its verb doesn't say: typer would name Python's types."""
_OURS = (
    (re.compile(r"Value error, '(?P<value>.*)' is not one of (?P<known>.+?)\.?$"), None),
    (re.compile(r"Input should be greater than or equal to (?P<least>\d+)"), "expected a number, {least} or more"),
    (re.compile(r"Input should be a valid integer.*"), "expected a whole number"),
)
"""Sentences of pydantic, through which typer reads values, and ours."""


def in_our_words(message: str) -> str:
    """What is wrong with a value, as the rest of Tanada says it."""
    for theirs, ours in _OURS:
        if found := theirs.search(message):
            if ours is not None:
                return f"{ours.format(**found.groupdict())}."
            known = re.findall(r"'([^']*)'", found["known"])
            near = meant(found["value"], known) or f"; {one_of(known)}"
            return f"{quoted(found['value'])} is none{near}"
    return message


class _Quick:
    """Without `--help` its option's value is None, for which typer loads pydantic (60 ms) to make None of it.

    The same of `--install-completion` and `--show-completion`.
    """

    def get_help_option(self, ctx: typer.Context) -> TyperOption | None:
        """The option as typer makes it, with the value that it stands for."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.default = False
        return option

    def get_params(self, ctx: typer.Context) -> list[TyperArgument | TyperOption]:
        """All parameters, flags without a value among them."""
        params: list[TyperArgument | TyperOption] = super().get_params(ctx)  # type: ignore[misc]
        for each in params:
            if isinstance(each, TyperOption) and each.is_flag and each.default is None:
                each.default = False
        return params

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """As typer does; what is wrong in our words."""
        try:
            parsed: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except BrokenPipeError:  # of `--help`
            raise ReaderGoneError from None
        except typer.BadParameter as error:
            from tanada.cli.output import folded

            error.message = in_our_words(error.message)
            whole = f"Error: {error.format_message()}"
            error.message = folded(whole)[len(whole) - len(error.message) :]
            raise
        return parsed


class ReaderGoneError(Exception):
    """Nobody reads what is printed any more (`tanada show test | head`); typer would end with 1, as Terraform's
    failures do."""


_STACK = {"--stack", "--stacks", "--environment", "--env", "--name"}
"""What others write before the stack's name."""


class Verb(_Quick, TyperCommand):  # type: ignore[misc]
    """One verb."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """The words that are left; refuses an option where a value should stand, and says where stacks are named."""
        from typer._click.exceptions import NoSuchOption

        try:
            parsed: list[str] = super().parse_args(ctx, args)
        except NoSuchOption as error:
            stacks = {each.name for each in self.params} & {"stack", "stacks"}
            if stacks and error.option_name in _STACK:
                raise TanadaError(f"Stacks stand without an option: tanada {self.name} NAME.") from None
            if "stacks" in stacks and error.option_name in ("--all", "-a"):
                raise TanadaError(f"Where no stack is named, it is all: tanada {self.name}.") from None
            raise
        for each in self.params:
            value = ctx.params.get(each.name or "")
            for text in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(each, TyperOption) and isinstance(text, str) and text.startswith("--"):
                    raise TanadaError(f"{each.opts[0]} needs a value, and {text} stands behind it.")
        return parsed

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """What the verb's function returns; raises ReaderGoneError."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGoneError from None


class Verbs(_Quick, TyperGroup):  # type: ignore[misc]
    """The group whose commands are files."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002 - typer's
        """All verbs."""
        return list(VERBS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | None:  # type: ignore[override]  # noqa: ARG002 - typer's
        """The verb's command, from its own file."""
        return command(cmd_name) if cmd_name in VERBS else None

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """The words that are left; of an option that stands before its command, where it belongs."""
        from typer._click.exceptions import NoSuchOption

        try:
            return super().parse_args(ctx, args)
        except NoSuchOption as error:
            verb = next((each for each in args if each in VERBS), None)
            if verb is None:
                raise
            raise TanadaError(f"Options stand behind their command: tanada {verb} {error.option_name} …") from None

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """The verb that the first word names; of one that isn't, which was probably meant."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = meant(args[0], VERBS) or "; `tanada --help` lists them"
            raise TanadaError(f"There is no command {quoted(args[0])}{near}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: typer.Context, formatter: HelpFormatter) -> None:  # type: ignore[override]  # noqa: ARG002 - typer's
        """The list of verbs, each with its sentence: read from its file, for importing them all takes longer."""
        with formatter.section("Commands"):
            formatter.write_dl([(verb, sentence(verb)) for verb in VERBS])


def word(verb: str) -> str:
    """A verb as Python writes it: what its file and its function are called."""
    return verb.replace("-", "_")


def sentence(verb: str) -> str:
    """The first paragraph of a verb's docstring."""
    tree = ast.parse((Path(__file__).parent / f"{word(verb)}.py").read_text(encoding="utf-8"))
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == word(verb))
    return " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())


def command(verb: str) -> TyperCommand:
    """One verb as typer runs it."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    compiled.install()
    function = getattr(import_module(f"tanada.cli.{word(verb)}"), word(verb))
    single.command(verb, cls=Verb, context_settings=_SETTINGS)(function)
    verb_command = typer.main.get_command(single)
    assert isinstance(verb_command, TyperCommand)
    for each in verb_command.params:
        if isinstance(each, TyperArgument | TyperOption) and each.metavar is None:
            each.metavar = _PLACEHOLDERS.get(each.name or "")
        if isinstance(each, TyperArgument):
            # Behind its word typer puts Python's type.
            each.display_type_rich = lambda ctx: ""  # type: ignore[method-assign]  # noqa: ARG005 - typer's
    return verb_command


# Without rich: usage errors and help are plain text, and start-up does not load it.
app = typer.Typer(
    cls=Verbs,
    context_settings=_SETTINGS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tanada {__version__}")
        raise typer.Exit


@app.callback()
def tanada(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Terraform for teams on AWS ECS, from one declaration. Works in the system's folder and all below it."""
