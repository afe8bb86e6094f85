"""The code of generated modules, made anew: without what checks of types alone read, its members short, and each class
made when it is first asked for. `lazy.py` is what such code uses."""

from __future__ import annotations
import __future__

import ast
import marshal
import re
from collections.abc import Iterator

from tanada.stacks.fast.imports import CHECKS, HINTS, LAZY, MODULE

_STUB = "_typecheckingstub__"
"""What functions are called that nothing but checks reads: a sixth of the code."""
_PATH = "__path__ = extend_path(__path__, __name__)"
_PUBLISH = "publication.publish()"

_TYPEGUARD = re.compile(
    r"^import typeguard\nfrom importlib\.metadata import .*?\n(?=\nfrom |\nimport |\n__jsii|\nclass |\n@)",
    re.MULTILINE | re.DOTALL,
)

_NAME = r"(?P<name>\w+)"
_JSII = r"(?P<jsii>\w+)"
_MEMBERS = [
    (re.compile(pattern), instead)
    for pattern, instead in (
        (
            rf"@builtins\.property\n@jsii\.member\(jsii_name='{_JSII}'\)\n"
            rf"def {_NAME}\(self\):\n    return jsii\.get\(self, '(?P=jsii)'\)",
            "{name} = {lazy}.gotten('{jsii}')",
        ),
        (
            rf"@builtins\.property\ndef {_NAME}\(self\):\n    result = self\._values\.get\('(?P=name)'\)\n"
            rf"(?:    assert result is not None, [^\n]*\n)?    return result",
            "{name} = {lazy}.field('{name}')",
        ),
        (
            rf"@jsii\.member\(jsii_name='{_JSII}'\)\n"
            rf"def {_NAME}\(self\):\n    return jsii\.invoke\(self, '(?P=jsii)', \[\]\)",
            "{name} = {lazy}.called('{kind}.{name}', '{jsii}')",
        ),
        (
            r"def (?P<name>__eq__)\(self, rhs\):\n"
            r"    return isinstance\(rhs, self\.__class__\) and rhs\._values == self\._values",
            "__eq__ = {lazy}.equal",
        ),
        (r"def (?P<name>__ne__)\(self, rhs\):\n    return not rhs == self", "__ne__ = {lazy}.unequal"),
        (
            r"def (?P<name>__repr__)\(self\):\n    return '(?P<jsii>\w+)\(%s\)' % ', '\.join\("
            r"\(k \+ '=' \+ repr\(v\) for k, v in self\._values\.items\(\)\)\)",
            "__repr__ = {lazy}.said('{jsii}')",
        ),
    )
]
"""What jsii writes a thousand times: one function each, of what differs. All other members stay."""
_MOST = 3
"""Statements of the longest."""
_SETTER = re.compile(rf"@(?P<name>\w+)\.setter\ndef (?P=name)\(self, value\):\n    jsii\.set\(self, '{_JSII}', value\)")


def made(text: str, file: str, *, checked: bool) -> bytes:
    """The marshalled code of a generated module; unless types are checked it needs `LAZY` and `MODULE`."""
    tree = ast.parse(_rewritten(text))
    return _compiled(tree if checked else _lazy(_Lean().visit(tree), file), file)


def _compiled(tree: ast.Module, file: str) -> bytes:
    # Annotations are evaluated when someone asks for them, not at import: half of the time of an import.
    future = __future__.annotations.compiler_flag
    # Without docstrings and asserts: nobody reads them here.
    return marshal.dumps(compile(tree, file, "exec", flags=future, dont_inherit=True, optimize=2))


def _rewritten(text: str) -> str:
    """The checks of types made a question of ours, their hints remembered; what does not match stays as it is."""
    match = _TYPEGUARD.search(text)
    if match:
        # typeguard and its version are looked up by each module; jsii's own check does so when first used.
        blank = "\n" * (match[0].count("\n") - 1)
        text = text[: match.start()] + "from jsii._type_checking import check_type\n" + blank + text[match.end() :]
    text = text.replace("if __debug__:\n", f"if {CHECKS}:\n")
    # Evaluated anew at each call they are a seventh of all time.
    return text.replace("typing.get_type_hints(_typecheckingstub__", f"{HINTS}(_typecheckingstub__")


class _Lean(ast.NodeTransformer):
    """Leaves out what checks of types alone read: the checks, the functions that say the types, all annotations."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = list(_short(node))
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        if node.name.startswith(_STUB):
            return None
        node.returns = None
        for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            each.annotation = None
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node)]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == CHECKS:
            return node.orelse
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        # A type that is put together to be thrown away.
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "cast" and ast.unparse(function) == "typing.cast":
            return self.visit(node.args[1])  # type: ignore[no-any-return]
        return self.generic_visit(node)


def _short(kind: ast.ClassDef) -> Iterator[ast.stmt]:
    """The members of a class; a setter together with its getter."""
    texts = [_text(member) for member in kind.body]
    done = False
    for member, text, following in zip(kind.body, texts, [*texts[1:], ""], strict=True):
        if done:
            done = False
            continue
        for pattern, instead in _MEMBERS:
            if found := pattern.fullmatch(text):
                said = found.groupdict()
                new = instead.format(**said, kind=kind.name, lazy=LAZY)
                setter = _SETTER.fullmatch(following) if ".gotten(" in new else None
                if setter and setter.groupdict() == said:
                    new, done = new.replace(".gotten(", ".settable("), True
                yield _placed(ast.parse(new).body[0], member)
                break
        else:
            yield member


def _text(member: ast.stmt) -> str:
    """What is said of a member that may be like others; nothing of all else."""
    # Texts take time, and those that differ are long.
    return ast.unparse(member) if isinstance(member, ast.FunctionDef) and len(member.body) <= _MOST else ""


def _placed(new: ast.stmt, old: ast.stmt) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(new, old))


def _lazy(tree: ast.Module, file: str) -> ast.Module:
    """Each class as code of its own, executed when it is asked for; the module as it is where anything in it is not as
    jsii writes it."""
    parts: dict[str, list[ast.stmt]] = {}
    rest: list[ast.stmt] = []
    at = None
    for each in tree.body:
        text = "" if isinstance(each, ast.ClassDef) else ast.unparse(each)
        if isinstance(each, ast.ClassDef):
            if each.name in parts:
                return tree
            parts[each.name] = [each]
        elif found := re.fullmatch(r"(\w+)\.__jsii_proxy_class__ = lambda: \w+", text):
            if found[1] not in parts:
                return tree
            parts[found[1]].append(each)
        elif text == _PUBLISH:
            at = each
        elif text == _PATH or text.startswith("from pkgutil import "):
            continue  # the folder alone; that there is no other one takes a look at all of `sys.path`
        elif isinstance(each, ast.Import | ast.ImportFrom) or text.startswith(("__all__ = [", '"', "'")):
            rest.append(each)
        else:
            return tree
    if at is None or parts.keys() & _bound(parts):
        return tree
    asked = _Asked(parts)
    codes = ast.Dict([], [])
    for name, part in parts.items():
        body: list[ast.stmt] = [asked.visit(each) for each in part]
        code = _compiled(ast.Module(body, []), file)
        codes.keys.append(ast.Constant(name))
        codes.values.append(ast.Tuple([ast.Constant(_type(part[0])), ast.Constant(code)], ast.Load()))
    publish = ast.Call(ast.parse(f"{LAZY}.publish", mode="eval").body, [ast.Name(MODULE, ast.Load()), codes], [])
    return ast.Module([*rest, _placed(ast.Expr(publish), at)], [])


class _Asked(ast.NodeTransformer):
    """Names of classes, asked of the module."""

    def __init__(self, names: dict[str, list[ast.stmt]]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._names:
            return node
        module = ast.copy_location(ast.Name(MODULE, ast.Load()), node)
        return ast.copy_location(ast.Attribute(module, node.id, node.ctx), node)


def _bound(parts: dict[str, list[ast.stmt]]) -> set[str]:
    """All other names that the classes' code binds."""
    bound: set[str] = set()
    for part in parts.values():
        for node in ast.walk(ast.Module(part, [])):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            elif isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not part[0]:
                bound.add(node.name)
            elif isinstance(node, ast.alias):
                bound.add(node.asname or node.name)
    return bound


def _type(kind: ast.stmt) -> str:
    """What jsii calls a class; nothing for those that it doesn't know."""
    assert isinstance(kind, ast.ClassDef), "the first statement of each"
    calls = [each.keywords for each in kind.decorator_list if isinstance(each, ast.Call)]
    for keyword in (*kind.keywords, *(each for keywords in calls for each in keywords)):
        if keyword.arg == "jsii_type" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""
