"""JSON Schemas of the three kinds of files, made from the models: completion and checks in editors.

Draft 7, which the YAML language server knows best; there a `$ref` takes no neighbours.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterator
from typing import Any

from tanada.declared.blueprint import Environment, Review, groups
from tanada.declared.fields import SECONDS, duration
from tanada.declared.model import Model
from tanada.declared.system import SystemFile

Schema = dict[str, Any]


def files() -> dict[str, str]:
    """The text of each file in `schemas/`, by its name."""
    schemas = {"system": system(), "environment": instance(Environment), "review": instance(Review)}
    return {
        f"{name}.json": json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in schemas.items()
    }


def system() -> Schema:
    """Of system.yaml; what an account changes of the common layer may be null."""
    schema = _schema(SystemFile)
    definitions = schema["$defs"]
    (account,) = _references(schema["properties"]["accounts"])
    fields = definitions[account]["properties"]
    (common,) = _references(schema["properties"]["common"])
    for each in (fields, definitions[common]["properties"]):
        each["tags"] = _nullable_values(each["tags"])
    layered = _referred(definitions, fields["common"])
    fields["common"] = _changed_reference(fields["common"], layered)
    for name in layered:
        definitions[f"{name}Change"] = _changes(definitions[name], layered)
    _defaults(definitions)
    return schema


def _defaults(definitions: Schema) -> None:
    """Of the blueprint's: they say of a part what they like, and what they say the part itself need not."""
    blueprint = definitions["Blueprint"]
    fields = blueprint["properties"]
    partly = _referred(definitions, fields["defaults"])
    for name in partly:
        definitions.setdefault(f"{name}Change", _changes(definitions[name], partly))
    whole = {"services": fields["services"]}
    for name in ("defaults", *whole):
        fields[name] = _changed_reference(fields[name], partly)
    blueprint |= {"if": {"not": {"required": ["defaults"]}}, "then": {"properties": whole}}


def instance(model: type[Model]) -> Schema:
    """Of an environment's or review's file: the blueprint's shape with nothing required and null allowed."""
    schema = _schema(model)
    for name, definition in schema["$defs"].items():
        schema["$defs"][name] = _nullable_inside(definition)
    properties = schema["properties"]
    for name in (*groups(), "tags", "defaults"):
        properties[name] = _nullable_values(properties[name])
    return schema


def _schema(model: type[Model]) -> Schema:
    schema: Schema = _tidy(model.model_json_schema())
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


_BY_NAME = ("properties", "patternProperties", "$defs")


def _tidy(schema: Any) -> Any:
    """Without generated titles; `$ref` alone; no null where only its absence is meant."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy: Schema = {
        key: {name: _tidy(each) for name, each in value.items()} if key in _BY_NAME else _tidy(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
    options = [option for option in tidy.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        tidy.pop("anyOf")
        tidy = {**options[0], **tidy}
    if tidy.get("pattern") == SECONDS and "default" in tidy:
        tidy["default"] = duration(tidy["default"])
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    if "$ref" in tidy and len(tidy) > 1:
        tidy["allOf"] = [{"$ref": tidy.pop("$ref")}]
    return tidy


def _nullable(schema: Schema) -> Schema:
    outside = ("description", "default")
    kept = {key: value for key, value in schema.items() if key in outside}
    return {"anyOf": [{key: value for key, value in schema.items() if key not in outside}, {"type": "null"}], **kept}


def _nullable_values(schema: Schema) -> Schema:
    """A mapping of names, each of which may be taken away, as the mapping itself."""
    if "patternProperties" not in schema:
        return _nullable(schema)
    values = {pattern: _nullable(value) for pattern, value in schema["patternProperties"].items()}
    return _nullable({**schema, "patternProperties": values})


def _nullable_inside(definition: Schema) -> Schema:
    partial = {
        key: value for key, value in copy.deepcopy(definition).items() if key not in ("anyOf", "oneOf", "required")
    }
    partial["properties"] = {name: _nullable_values(each) for name, each in partial.get("properties", {}).items()}
    return partial


def _referred(definitions: Schema, field: Schema) -> list[str]:
    """All definitions that a field refers to, at any depth: what an account may write in part."""
    names = [*_references(field)]
    for each in names:
        names += [other for other in _references(definitions[each]["properties"]) if other not in names]
    return names


def _references(schema: Any) -> Iterator[str]:
    """The definitions that a schema refers to; not those of a list's items, for a list is replaced as a whole."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix("#/$defs/")
        for key, value in schema.items():
            if key != "items":
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _changes(definition: Schema, layered: Collection[str]) -> Schema:
    changed = _nullable_inside(definition)
    changed["properties"] = {name: _changed_reference(each, layered) for name, each in changed["properties"].items()}
    return changed


def _changed_reference(schema: Any, layered: Collection[str]) -> Any:
    """The same schema with references to the definitions in which null is allowed; a list's items are whole."""
    if isinstance(schema, list):
        return [_changed_reference(each, layered) for each in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: each if key == "items" else _changed_reference(each, layered) for key, each in schema.items()}
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    return {**changed, "$ref": f"#/$defs/{name}Change"} if name in layered else changed
