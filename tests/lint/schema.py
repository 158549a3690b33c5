# SPDX-License-Identifier: Apache-2.0
"""The part of JSON Schema (2020-12) that docs/openapi.json uses, and no more: an unknown word is a
fault. Strict: a member that the schema does not name is one too, so that the description lists
everything that is given."""
import re
from datetime import datetime

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
WORDS = {"$ref", "anyOf", "type", "description", "examples", "default", "format", "pattern", "enum",
         "minLength", "maxLength", "minimum", "maximum", "required", "properties",
         "additionalProperties", "items", "maxItems"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def is_type(value, name):
    if name in ("integer", "number"):
        kinds = (int,) if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def is_format(value, name):
    if name == "uuid":
        return UUID.match(value) is not None
    if name == "date-time":
        try:
            return datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None
        except ValueError:
            return False
    return name == "uri" and re.match(r"[a-z]+://[^\s]+\Z", value) is not None


class Validator:
    def __init__(self, document):
        self.document = document

    def resolve(self, pointer):
        """What a local reference points to; KeyError where it points to nothing."""
        if not pointer.startswith("#/"):
            raise KeyError(pointer)
        value = self.document
        for step in pointer[2:].split("/"):
            value = value[step.replace("~1", "/").replace("~0", "~")]
        return value

    def faults(self, value, schema, path="$"):
        """Sentences that say where the value breaks the schema."""
        strange = set(schema) - WORDS
        if strange:
            return [f"{path}: the schema has unknown words {sorted(strange)}"]
        if "$ref" in schema:
            return self.faults(value, self.resolve(schema["$ref"]), path)
        if "anyOf" in schema:
            found = [self.faults(value, each, path) for each in schema["anyOf"]]
            return [] if [] in found else min(found, key=len)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(is_type(value, kind) for kind in kinds):
            return [f"{path}: {value!r:.60} is not {' or '.join(kinds)}"]
        if "enum" in schema and value is not None and value not in schema["enum"]:
            return [f"{path}: {value!r:.60} is none of {schema['enum']}"]
        if isinstance(value, str):
            return self.text_faults(value, schema, path)
        if isinstance(value, dict):
            return self.object_faults(value, schema, path)
        if isinstance(value, list):
            too_many = len(value) > schema.get("maxItems", len(value))
            return [f"{path}: too many items"] * too_many + [
                fault for i, item in enumerate(value)
                for fault in self.faults(item, schema["items"], f"{path}[{i}]")]
        if value is not None and not isinstance(value, bool):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                return [f"{path}: {value} is out of bounds"]
        return []

    def text_faults(self, value, schema, path):
        size = len(value.encode())
        if not schema.get("minLength", 0) <= size <= schema.get("maxLength", size):
            return [f"{path}: {size} bytes"]
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return [f"{path}: {value!r:.60} does not match {schema['pattern']}"]
        if "format" in schema and not is_format(value, schema["format"]):
            return [f"{path}: {value!r:.60} is no {schema['format']}"]
        return []

    def object_faults(self, value, schema, path):
        named = schema.get("properties", {})
        other = schema.get("additionalProperties")
        found = [f"{path}: {name} is missing" for name in schema.get("required", [])
                 if name not in value]
        for name, member in value.items():
            if name in named:
                found += self.faults(member, named[name], f"{path}.{name}")
            elif other is not None:
                found += self.faults(member, other, f"{path}.{name}")
            elif named:
                found.append(f"{path}: {name} is not described")
        return found
