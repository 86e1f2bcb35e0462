"""Writes a copy of the document without its defects, and prints one line for each defect that it repairs.

    repair.py openapi.yaml COPY.json > document_defects.txt

A defect is anything that schemathesis rejects, that no server could implement, or that contradicts the known behavior
of the service. The list is committed as document_defects.txt, so that the defects of a new document show up in a diff.
"""

import json
import sys

import yaml

# Type names that JSON Schema does not have.
TYPES = {
    "file[]|string": {"type": "string"},
    "file[]|string[]|int": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
}

# Types that the document infers from a single example: operation, location in the response, the actual schema (empty:
# any value), and the reason.
INFERRED = [
    ("*", "/_pagination/next_page", {"nullable": True}, "null on the last page"),
    ("*", "/_pagination/next_page_url", {"nullable": True}, "null on the last page"),
    ("*", "/_pagination/next_cursor", {"nullable": True}, "null on the last page"),
    ("*", "/links/next", {"nullable": True}, "null on the last page"),
    ("listSmartLinkPostbacks", "/data/*/latest_response", {"nullable": True}, "null before the first call"),
    ("listSmartLinkPostbacks", "/data/*/body", {"nullable": True}, "null for GET"),
    ("createSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("updateSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("showSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("listUserLists", "/data/*/id", {}, "a number, or a name for the lists that every account has"),
    ("sendMessage", "/data/price", {"type": "number"}, "the request takes a number"),
    ("getSpecificChatMessage", "/data/price", {"type": "number"}, "the request takes a number"),
    ("listChatMessages", "/data/*/price", {"type": "number"}, "the request takes a number"),
]


class Loader(yaml.SafeLoader):
    """Loads dates as strings, as in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def report(kind, defect):
    """Prints the line of a repaired defect."""
    print(f"{kind}: {defect}")


def schemas(node, path=""):
    """Yields a schema and all schemas below it, each with its path."""
    if not isinstance(node, dict):
        return
    yield node, path
    for name, value in (node.get("properties") or {}).items():
        yield from schemas(value, f"{path}/{name}")
    yield from schemas(node.get("items"), f"{path}/*")
    for keyword in ("oneOf", "anyOf", "allOf"):
        for branch in node.get(keyword, []):
            yield from schemas(branch, path)


def repair_request(operation, name):
    """Repairs unknown types, and parameter names that the service expects in another form."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        for schema, path in schemas(media.get("schema")):
            if schema.get("type") in TYPES:
                report("unknown type", f"{name} body{path}: {schema['type']}")
                schema.update(TYPES[schema.pop("type")])
            if schema.get("type") == "boolean" and any(isinstance(value, str) for value in schema.get("enum", [])):
                report("enum", f"{name} body{path}: boolean with string values {schema.pop('enum')}")
    query = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    for parameter in query:
        documented = parameter["name"]
        if any(other["name"].startswith(documented + ".") for other in query):
            operation["parameters"].remove(parameter)
            report("not a parameter", f"{name} {documented}: parent of the nested filters")
            continue
        first, *rest = documented.split(".")
        sent = first + "".join(f"[{part}]" for part in rest)
        sent += "[]" if parameter["schema"].get("type") == "array" else ""
        if sent != documented:
            parameter["name"] = sent
            report("query name", f"{name} {documented}: the service reads {sent}")


def repair_responses(operation, name):
    """Repairs impossible bodies, ambiguous variants, and wrongly inferred types."""
    for status, response in (operation.get("responses") or {}).items():
        if str(status) == "204" and response.pop("content", None):
            report("no body", f"{name}: a 204 response has no body")
        for media in response.get("content", {}).values():
            for schema, path in schemas(media.get("schema")):
                if "oneOf" in schema:
                    schema["anyOf"] = schema.pop("oneOf")
                    report("variants", f"{name} {status}{path}: a response can match several")
                for operations, at, actual, reason in INFERRED:
                    applies = operations in ("*", operation["operationId"]) and path == at
                    if applies and (not actual or any(schema.get(key) != value for key, value in actual.items())):
                        schema.update(actual) if actual else schema.clear()
                        report("inferred type", f"{name} {status}{path}: {reason}")


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        document = yaml.load(file, Loader=Loader)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                name = f"{method.upper()} {path}"
                repair_request(operation, name)
                repair_responses(operation, name)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)


if __name__ == "__main__":
    main()
