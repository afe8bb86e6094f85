"""Derives Terraform schemas from the TypeScript of the AWS bindings.

What stands where (checked against a dump of the real schema, 34,483 attributes):
- flags: comments such as `// port - computed: true, optional: true, required: false`
- block or attribute: the interface's comment (`health_check block`); the generator's own `isBlock` is wrong for
  attributes that are given as blocks (`aws_security_group.ingress`)
- type and nesting: `synthesizeHclAttributes` and the `…ToHclTerraform` functions, else the getters
- at most one: an `OutputReference` instead of a `List`; at least one: a required block
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tanada.errors import OfflineError
from tanada.offline.blocks import Attribute, Block, Nested, Nesting, Type, has_dynamic

Kind = Literal["resource", "data", "provider"]

_KINDS: dict[str, Kind] = {
    "TerraformResource": "resource",
    "TerraformDataSource": "data",
    "TerraformProvider": "provider",
}
_ATTRIBUTE = re.compile(
    r"  // (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n"
    r"(.*?)(?=\n\n|\n  // =|\n}\n|\n  // \w+ - computed:|\Z)",
    re.S,
)
_CLASS = re.compile(r"^export class (\w+) extends cdktf\.(\w+) \{\n(.*?)^\}", re.S | re.M)
_INTERFACE = re.compile(r"^export interface (\w+) (?:extends [\w.]+ )?\{\n(.*?)^\}", re.S | re.M)
_TO_HCL = re.compile(r"^export function (\w+)ToHclTerraform\(.*?^\}", re.S | re.M)
_HCL_FIELD = re.compile(
    r'^\s+(\w+): \{\n\s+value: .*\n\s+isBlock: (\w+),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)"', re.M
)
_BLOCK_COMMENT = re.compile(r"^  \* (\w+) block$", re.M)
_MEMBER = re.compile(r'= new (?:cdktf\.)?(\w+)\(this, "\w+"(?:, (\w+))?\)')
_GETTER = re.compile(r"public get \w+\(\) \{\n\s*return (.*)\n")
_ELEMENT = re.compile(r"public get\(\w+: \w+\): (\w+)")
_TERRAFORM_NAME = re.compile(r'tfResourceType = "(\w+)"')
_CONFIG = re.compile(r"constructor\(scope: Construct, id: string, config: (\w+)")

_SIMPLE = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
_MEMBER_TYPES: dict[str, Type] = {
    "StringMap": ["map", "string"],
    "BooleanMap": ["map", "bool"],
    "NumberMap": ["map", "number"],
    "AnyMap": ["map", "string"],
    "StringMapList": ["list", ["map", "string"]],
}
_GETTER_TYPES: tuple[tuple[str, Type], ...] = (
    ("getStringMapAttribute", ["map", "string"]),
    ("getBooleanMapAttribute", ["map", "bool"]),
    ("getNumberMapAttribute", ["map", "number"]),
    ("getNumberListAttribute", ["list", "number"]),
    ("getListAttribute", ["list", "string"]),
    ("getStringAttribute", "string"),
    ("getNumberAttribute", "number"),
    ("getBooleanAttribute", "bool"),
)
_NESTINGS: dict[str, Nesting] = {"struct": "single", "list": "list", "set": "set", "map": "map"}


@dataclass(frozen=True)
class Derived:
    kind: Kind
    name: str
    block: Block


@dataclass(frozen=True)
class _HclField:
    is_block: bool
    collection: str
    """simple, list, set, map or struct"""
    storage: str
    """stringList, EcsClusterSettingList, …"""


@dataclass(frozen=True)
class _Member:
    name: str
    flags: Attribute
    body: str


def derive(typescript: str) -> Iterator[Derived]:
    """Every schema that stands in one module."""
    module = _Module(typescript)
    for name, (base, body) in module.classes.items():
        kind = _KINDS.get(base)
        terraform_name = _TERRAFORM_NAME.search(body)
        if kind is None or terraform_name is None:
            continue
        block = module.top_level(name)
        if kind == "provider":  # `alias` is Terraform's own word
            block = Block({key: value for key, value in block.attributes.items() if key != "alias"}, block.blocks)
        yield Derived(kind, terraform_name[1], block)


def object_type(block: Block) -> Type:
    """The type of a block's value, for blocks that Terraform knows as attributes."""
    fields: dict[str, Type] = {name: attribute.type for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        fields[name] = [nested.nesting, object_type(nested.block)]
    return ["object", fields]


class _Module:
    """One module's classes, comments and conversion functions, indexed by name."""

    def __init__(self, typescript: str) -> None:
        self.classes = {match[1]: (match[2], match[3]) for match in _CLASS.finditer(typescript)}
        self._block_names = {
            match[1]: frozenset(_BLOCK_COMMENT.findall(match[2])) for match in _INTERFACE.finditer(typescript)
        }
        self._to_hcl = {match[1].lower(): match[0] for match in _TO_HCL.finditer(typescript)}

    def top_level(self, class_name: str) -> Block:
        body = self.classes[class_name][1]
        config = _CONFIG.search(body)  # usually `<class>Config`, but that name may have been taken
        interface = config[1] if config else f"{class_name}Config"
        return self._block(body, body, self._block_names.get(interface, frozenset()))

    def _nested(self, class_name: str) -> Block:
        interface = class_name.removesuffix("OutputReference")
        return self._block(
            self.classes[class_name][1],
            self._to_hcl.get(interface.lower(), ""),
            self._block_names.get(interface, frozenset()),
        )

    def _block(self, body: str, hcl: str, block_names: frozenset[str]) -> Block:
        fields = _hcl_fields(hcl)
        attributes: dict[str, Attribute] = {}
        blocks: dict[str, Nested] = {}
        for member in _members(body):
            field = fields.get(member.name)
            nested = self._nested_block(member, field) if member.name in block_names else None
            if nested is not None:
                blocks[member.name] = nested
            else:
                attributes[member.name] = Attribute(
                    self._type(member, field),
                    required=member.flags.required,
                    optional=member.flags.optional,
                    computed=member.flags.computed,
                )
        return Block(attributes, blocks)

    def _nested_block(self, member: _Member, field: _HclField | None) -> Nested | None:
        constructed = _MEMBER.search(member.body)
        if constructed and constructed[1] in self.classes:
            nesting = _NESTINGS[field.collection] if field else "list"
            block = self._nested(self._element(constructed[1]))
            if nesting == "set" and has_dynamic(block):
                nesting = "list"  # Terraform allows no dynamic type inside a set
            at_most_one = self.classes[constructed[1]][0] == "ComplexObject" and nesting != "single"
            required = member.flags.required and nesting in ("list", "set")
            return Nested(nesting, block, min_items=int(required), max_items=int(at_most_one))
        if field and field.is_block and field.collection != "simple":
            return self._provider_block(field)
        return None

    def _provider_block(self, field: _HclField) -> Nested | None:
        """A block known by its conversion function only: so it is for the provider's own blocks."""
        hcl = self._to_hcl.get(field.storage.removesuffix("List").lower())
        if hcl is None:
            return None
        attributes = {
            name: Attribute(_storage_type(inner), optional=True)
            for name, inner in _hcl_fields(hcl).items()
            if not inner.is_block
        }
        return Nested(_NESTINGS[field.collection], Block(attributes, {}))

    def _type(self, member: _Member, field: _HclField | None) -> Type:
        constructed = _MEMBER.search(member.body)
        if constructed and constructed[1] in self.classes:
            return self._object_collection(constructed[1], constructed[2] == "true", field)
        if field and not field.is_block:
            return _storage_type(field)
        if constructed:
            return _member_type(constructed[1])
        getter = _GETTER.search(member.body)
        return _getter_type(getter[1]) if getter else "string"

    def _object_collection(self, class_name: str, wraps_set: bool, field: _HclField | None) -> Type:
        base = self.classes[class_name][0]
        inner = object_type(self._nested(self._element(class_name)))
        if base == "ComplexObject":
            if field is None or field.collection in ("", "struct"):
                return inner
            return [field.collection, inner]
        if base == "ComplexMap":
            return ["map", inner]
        return ["set" if wraps_set else "list", inner]

    def _element(self, class_name: str) -> str:
        """The class of one element of a list, set or map; a single object is its own."""
        base, body = self.classes[class_name]
        if base == "ComplexObject":
            return class_name
        element = _ELEMENT.search(body)
        return element[1] if element else class_name


def _members(body: str) -> Iterator[_Member]:
    for match in _ATTRIBUTE.finditer(body):
        flags = Attribute(
            "string", computed=match[2] == "true", optional=match[3] == "true", required=match[4] == "true"
        )
        yield _Member(match[1], flags, match[5])


def _hcl_fields(text: str) -> dict[str, _HclField]:
    return {match[1]: _HclField(match[2] == "true", match[3], match[4]) for match in _HCL_FIELD.finditer(text)}


def _storage_type(field: _HclField) -> Type:
    """`set` of `stringList` is a set of strings; of collections in collections the outer kind alone is known."""
    derived = _named_type(field.storage)
    if field.collection == "set" and isinstance(derived, list):
        return ["set", derived[1]]
    return derived


def _named_type(name: str) -> Type:
    for suffix, collection in (("List", "list"), ("Map", "map")):
        if name.endswith(suffix):
            return [collection, _named_type(name.removesuffix(suffix))]
    return _SIMPLE.get(name, "dynamic")


def _member_type(class_name: str) -> Type:
    if class_name not in _MEMBER_TYPES:
        raise OfflineError(f"The class {class_name} of the AWS bindings is unknown: is their version a new one?")
    return _MEMBER_TYPES[class_name]


def _getter_type(expression: str) -> Type:
    for name, derived in _GETTER_TYPES:
        if name in expression:
            if "cdktf.Fn.tolist" in expression and derived[0] == "list":
                return ["set", derived[1]]
            return derived
    return "string"
