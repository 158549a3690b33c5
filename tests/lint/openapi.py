# SPDX-License-Identifier: Apache-2.0
"""openapi.py TREE [DESCRIPTION]: holds docs/openapi.json against the sources of the tree. Prints one
line per fault, and nothing when there is none.

The calls come from the tables in gateway/api/*.c and the routes in api_session.c and pages.c; the
members of bodies from the json_field tables; the words of enumerations from names.c and shapes.c."""
import json
import re
import sys
from pathlib import Path

from schema import WORDS, Validator

ACTION = re.compile(r'^\t\{"(GET|POST|PUT|DELETE|PATCH)", "([^"]+)", ([^,]+), (\w+), (\w+), (\d+)(?:, \w+)?\},', re.M)
ROUTE = re.compile(r'\{\.method = "(\w+)", \.path = "([^"*]+)"')
FIELD = re.compile(r'\{\.name = "(\w+)", \.kind = JSON_KIND_(\w+)')
METHODS = ("get", "post", "put", "delete", "patch")
# Enumerations of the description, and the tables of names that they must agree with.
NAMES = {"ChannelKind": "channel_names", "ContactState": "contact_state_names",
         "Cause": "contact_cause_names", "AgentState": "agent_state_names",
         "Author": "author_names", "MessageKind": "kind_names", "Delivery": "delivery_names"}
# Parts of bodies that routing_settings_read.c and routing_members.c read by lists of members.
SETTINGS = ("Ageing", "Requirement", "RoutingStep", "Overflow", "Absent", "Membership")
# Which files read the bodies of which schemas.
BODIES = {("api_contacts.c", "api_conversation.c"): ("Command", "Close", "WrapUp", "Park", "Transfer",
                                                     "Priority", "ContactNew", "MessageNew", "Take"),
          ("api_consult.c",): ("Command", "Consult", "Conference", "HandOver", "Callback", "Require", "MoveAll"),
          ("api_members.c",): ("MemberInput",),
          ("api_queues.c",): ("QueueInput", "SkillNew", "CodeNew"),
          ("api_users.c",): ("UserInput", "PasswordNew", "PresenceWanted"),
          ("api_channels.c",): ("ChannelNew", "ChannelSet", "LinkNew"),
          ("api_site.c",): ("TokenNew",),
          ("api_weights.c",): ("WeightInput",),
          ("api_session.c",): ("SignIn", "SetUp")}


def plain(path):
    return re.sub(r"\{[^}]*\}", "{}", path)


def calls_of(tree):
    """(method, path) -> (roles or None, status or None) as the sources have them."""
    calls = {}
    for file in sorted((tree / "gateway/api").glob("*.c")):
        for method, path, roles, _, render, status in ACTION.findall(file.read_text()):
            words = sorted(re.findall(r"ROLE_(\w+)", roles.lower().replace("role_", "ROLE_")))
            success = int(status) or (204 if render == "NULL" else 200)
            calls[method.lower(), "/" + path] = (words, success)
    for method, path in ROUTE.findall((tree / "gateway/api/api_session.c").read_text()):
        calls[method.lower(), path.removeprefix("/api/v1")] = (None, None)
    for method, path in ROUTE.findall((tree / "gateway/pages.c").read_text()):
        if path != "/":
            calls[method.lower(), path] = (None, None)
    return calls


def check_calls(tree, document, fault):
    calls = calls_of(tree)
    described = {(method, plain(path)): operation
                 for path, item in document["paths"].items()
                 for method, operation in item.items() if method in METHODS}
    if len(calls) < 40:
        fault("the tables of calls were not understood")
    for call in sorted(set(calls) - set(described)):
        fault(f"{call[0].upper()} {call[1]} is not described")
    for call in sorted(set(described) - set(calls)):
        fault(f"{call[0].upper()} {call[1]} is described, but there is no such call")
    for call in sorted(set(described) & set(calls)):
        roles, status = calls[call]
        operation = described[call]
        name = f"{call[0].upper()} {call[1]}"
        if roles is not None and sorted(operation["x-roles"]) != roles:
            fault(f"{name}: x-roles are {operation['x-roles']}, the table says {roles}")
        good = [int(code) for code in operation["responses"] if code[0] == "2"]
        if status is not None and good != [status]:
            fault(f"{name}: answers {good}, the table says {status}")


def check_api_text(tree, fault):
    """docs/api.md names each call too: `POST /a/{id}/b`, or with several methods or endings."""
    told = set()
    for line in (tree / "docs/api.md").read_text().splitlines():
        if not re.match(r"\| `(GET|POST|PUT|DELETE)\b", line):
            continue
        cell = re.split(r"(?<!\\)\|", line)[1]
        path, methods = "", []
        for part in re.findall(r"`([^`]+)`", cell):
            methods = re.findall(r"\b(GET|POST|PUT|DELETE)\b", part) or methods
            at = re.search(r"/[^\s?,]*", part)
            if at and at.group().startswith("/") and (re.search("GET|POST|PUT|DELETE", part) or
                                                      at.group().count("/") > 1 or not path):
                path = at.group()
            elif at: # an ending for the same folder
                path = path.rsplit("/", 1)[0] + at.group()
            told |= {(method.lower(), plain(path)) for method in methods}
    for method, path in sorted(set(calls_of(tree)) - told):
        if path in ("/livez", "/readyz", "/metrics"):
            continue
        fault(f"docs/api.md does not tell of {method.upper()} {path}")
    for method, path in sorted(told - set(calls_of(tree))):
        fault(f"docs/api.md tells of {method.upper()} {path}, which there is not")


def properties_of(document, name):
    found = set()
    for word, schema in document["components"]["schemas"][name].get("properties", {}).items():
        found |= {word} | set(schema.get("properties", {}))
    return found


def check_bodies(tree, document, fault):
    known = {file for files in BODIES for file in files}
    for file in sorted((tree / "gateway/api").glob("*.c")):
        if file.name not in known and FIELD.search(file.read_text()):
            fault(f"{file.name} reads bodies: say in openapi.py of which schemas")
    for files, schemas in BODIES.items():
        text = "".join((tree / "gateway/api" / file).read_text() for file in files)
        read = {name for name, _ in FIELD.findall(text)}
        told = set().union(*(properties_of(document, name) for name in schemas))
        for name in sorted(read - told):
            fault(f"the member {name} that {files[0]} reads is in none of {', '.join(schemas)}")
        for name in sorted(told - read):
            fault(f"{', '.join(schemas)}: {files[0]} does not read {name}")


def check_settings(tree, document, fault):
    """The parts of a queue's routing settings, whose members are read outside of the json_field tables."""
    schemas = document["components"]["schemas"]
    text = "".join((tree / "gateway" / file).read_text() for file in ("routing_settings_read.c", "routing_members.c"))
    lists = [set(re.findall(r'"(\w+)"', body)) for body in re.findall(r"members\[[^=]*= \{(.*?)\};", text, re.S)]
    for name in SETTINGS:
        if set(schemas[name]["properties"]) not in lists:
            fault(f"{name}: no list of members in routing_settings_read.c or routing_members.c has these names")
    text = (tree / "gateway/routing_settings_write.c").read_text()
    body = re.search(r"routing_settings_members\[\] = \{(.*?)\};", text, re.S)
    for word in re.findall(r'"(\w+)"', body.group(1)) if body else ["routing_settings_members"]:
        for name in ("Queue", "QueueInput"):
            if word not in schemas[name]["properties"]:
                fault(f"{name} has no {word}, which routing_settings_members has")
    text = (tree / "gateway/routing_settings.c").read_text()
    orders = re.search(r"routing_order_names\[\w+\] = \{(.*?)\};", text, re.S)
    words = re.findall(r'"([^"]+)"', orders.group(1)) if orders else []
    if schemas["Queue"]["properties"]["order"]["enum"] != words:
        fault(f"Queue: the orders are {words}")


def check_names(tree, document, fault):
    text = (tree / "routing/model/names.c").read_text()
    schemas = document["components"]["schemas"]
    for schema, table in NAMES.items():
        body = re.search(table + r"\[\w*\] = \{(.*?)\};", text, re.S)
        words = re.findall(r'"([^"]+)"', body.group(1)) if body else []
        expected = words if schema == "Delivery" else [word for word in words if word != "none"]
        if not words or schemas[schema]["enum"] != expected:
            fault(f"{schema}: {schemas[schema]['enum']}, but {table} has {expected}")
    reasons = re.search(r"reasons\[SHAPE_REASONS \+ 1\] = \{(.*?)\};", (tree / "gateway/shapes.c").read_text(), re.S)
    words = re.findall(r'\{"([^"]+)"', reasons.group(1)) if reasons else []
    if schemas["Reason"]["enum"] != words:
        fault(f"Reason: {schemas['Reason']['enum']}, but shapes.c has {words}")


def check_form(document, fault):
    """References lead somewhere and are all used; examples keep their schemas; names are unique."""
    validator = Validator(document)
    used, ids = set(), []

    def walk(value, path):
        if isinstance(value, list):
            for i, item in enumerate(value):
                walk(item, f"{path}/{i}")
        if not isinstance(value, dict):
            return
        if isinstance(value.get("$ref"), str):
            used.add(value["$ref"])
            try:
                validator.resolve(value["$ref"])
            except KeyError:
                fault(f"{path}: {value['$ref']} leads nowhere")
        if "operationId" in value:
            ids.append(value["operationId"])
        if isinstance(value.get("schema"), dict) and "example" in value:
            for sentence in validator.faults(value["example"], value["schema"]):
                fault(f"{path}: the example breaks its schema: {sentence}")
        for name, member in value.items():
            walk(member, f"{path}/{name}")

    walk(document, "#")
    for kind in ("schemas", "responses", "parameters"):
        for name, part in document["components"][kind].items():
            if f"#/components/{kind}/{name}" not in used:
                fault(f"#/components/{kind}/{name} is not used")
            if kind == "schemas" and set(part) - WORDS:
                fault(f"{name}: unknown words {sorted(set(part) - WORDS)}")
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        fault(f"operationId {name} stands twice")
    for path, item in document["paths"].items():
        given = {part["$ref"].rsplit("/", 1)[1] for part in item.get("parameters", [])}
        if given != set(re.findall(r"\{(\w+)\}", path)):
            fault(f"{path}: its parameters are {sorted(given)}")
        for method, operation in ((m, o) for m, o in item.items() if m in METHODS):
            if set(operation.get("tags", [])) - {tag["name"] for tag in document["tags"]}:
                fault(f"{method} {path}: unknown tag")
            if operation.get("security") != [] and "401" not in operation["responses"]:
                fault(f"{method} {path}: 401 is missing")


def main():
    tree = Path(sys.argv[1])
    faults = []
    path = Path(sys.argv[2]) if len(sys.argv) > 2 else tree / "docs/openapi.json"

    def refuse_twice(pairs):
        names = [name for name, _ in pairs]
        faults.extend(f"the member {name} stands twice" for name in set(names) if names.count(name) > 1)
        return dict(pairs)

    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=refuse_twice)
    except ValueError as error:
        print(f"{path.name} is no JSON: {error}")
        return
    if document.get("openapi") != "3.1.0":
        faults.append("not OpenAPI 3.1.0")
    for check in (check_calls, check_bodies, check_settings, check_names):
        check(tree, document, faults.append)
    check_form(document, faults.append)
    check_api_text(tree, faults.append)
    print(*faults, sep="\n", end="\n" if faults else "")


main()
