"""Validates YAML files with a JSON schema: validate_configurations.py SCHEMA FILE...

Prints one line per document, FILE: valid or FILE: MESSAGE, and for Markdown files one per block ```yaml, FILE:LINE: ...
Fails if the schema or one of its defaults is not valid.
"""

import json
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2, as editors read it. PyYAML reads 1.1, in which 1e6 is a string and yes is a boolean."""


Loader.yaml_implicit_resolvers = {}
for kind, pattern in {
    "null": r"(~|null|Null|NULL|)",
    "bool": r"(true|True|TRUE|false|False|FALSE)",
    "int": r"[-+]?[0-9]+",
    "float": r"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))",
}.items():
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + kind, re.compile(pattern + r"\Z"), None)


def check_defaults(schema):
    if not isinstance(schema, dict):
        return
    if "default" in schema:
        jsonschema.Draft7Validator(schema).validate(schema["default"])
    for inner in schema.get("properties", {}).values():
        check_defaults(inner)


def documents(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not path.endswith(".md"):
        yield path, text
        return
    for block in re.finditer(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield f"{path}:{text.count(chr(10), 0, block.start()) + 1}", block.group(1)


with open(sys.argv[1], encoding="utf-8") as schema_file:
    schema = json.load(schema_file)
jsonschema.Draft7Validator.check_schema(schema)
check_defaults(schema)
validator = jsonschema.Draft7Validator(schema)
for path in sys.argv[2:]:
    for name, text in documents(path):
        error = jsonschema.exceptions.best_match(validator.iter_errors(yaml.load(text, Loader)))
        print(f"{name}: valid" if error is None else f"{name}: {error.json_path}: {error.message[:200]}")
