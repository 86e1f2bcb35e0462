"""Writes a copy of the document without its faults, and a line for each fault that was mended.

    mend.py openapi.yaml COPY.json > faults.txt

A fault is what schemathesis refuses, what no server could answer rightly, or what the document says otherwise than the
service is known to do. The lines are committed as faults.txt, so that a new document's faults are seen.
"""

import json
import sys

import yaml

# No types of JSON Schema.
TYPES = {
    "file[]|string": {"type": "string"},
    "file[]|string[]|int": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
}

# What was guessed from one example: operation, place in the answer, what is so in truth (nothing: any value).
GUESSED = [
    ("*", "/_pagination/next_page", {"nullable": True}, "null on the last page"),
    ("*", "/_pagination/next_page_url", {"nullable": True}, "null on the last page"),
    ("*", "/_pagination/next_cursor", {"nullable": True}, "null on the last page"),
    ("*", "/links/next", {"nullable": True}, "null on the last page"),
    ("listSmartLinkPostbacks", "/data/*/latest_response", {"nullable": True}, "null before the first call"),
    ("listSmartLinkPostbacks", "/data/*/body", {"nullable": True}, "null for GET"),
    ("createSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("updateSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("showSmartLinkPostback", "/data/body", {"nullable": True}, "null for GET"),
    ("listUserLists", "/data/*/id", {}, "a number, or a word as for the lists that everybody has"),
    ("sendMessage", "/data/price", {"type": "number"}, "the request takes a number"),
    ("getSpecificChatMessage", "/data/price", {"type": "number"}, "the request takes a number"),
    ("listChatMessages", "/data/*/price", {"type": "number"}, "the request takes a number"),
]


class Loader(yaml.SafeLoader):
    """Dates stay text, as JSON has them."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def mend(kind, place):
    """Says what was mended."""
    print(f"{kind}: {place}")


def schemas(node, place=""):
    """Every schema below this one with its place, itself first."""
    if not isinstance(node, dict):
        return
    yield node, place
    for name, value in (node.get("properties") or {}).items():
        yield from schemas(value, f"{place}/{name}")
    yield from schemas(node.get("items"), f"{place}/*")
    for word in ("oneOf", "anyOf", "allOf"):
        for branch in node.get(word, []):
            yield from schemas(branch, place)


def mend_request(operation, name):
    """Types that are none, and names that the service reads in another form (section "unusual encodings")."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        for schema, place in schemas(media.get("schema")):
            if schema.get("type") in TYPES:
                mend("no type", f"{name} body{place}: {schema['type']}")
                schema.update(TYPES[schema.pop("type")])
            if schema.get("type") == "boolean" and any(isinstance(word, str) for word in schema.get("enum", [])):
                mend("no words", f"{name} body{place}: a truth value with texts {schema.pop('enum')}")
    query = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    for parameter in query:
        known = parameter["name"]
        if any(other["name"].startswith(known + ".") for other in query):
            operation["parameters"].remove(parameter)
            mend("no parameter", f"{name} {known}: stands for the filters beside it")
            continue
        first, *rest = known.split(".")
        sent = first + "".join(f"[{part}]" for part in rest)
        sent += "[]" if parameter["schema"].get("type") == "array" else ""
        if sent != known:
            parameter["name"] = sent
            mend("query name", f"{name} {known}: is read from {sent}")


def mend_answers(operation, name):
    """Bodies that cannot be, variants that an answer fits several of, and guesses."""
    for status, response in (operation.get("responses") or {}).items():
        if str(status) == "204" and response.pop("content", None):
            mend("no body", f"{name}: a 204 has none")
        for media in response.get("content", {}).values():
            for schema, place in schemas(media.get("schema")):
                if "oneOf" in schema:
                    schema["anyOf"] = schema.pop("oneOf")
                    mend("variants", f"{name} {status}{place}: an answer fits several")
                for operations, at, truth, why in GUESSED:
                    is_it = operations in ("*", operation["operationId"]) and place == at
                    if is_it and (not truth or any(schema.get(word) != value for word, value in truth.items())):
                        schema.update(truth) if truth else schema.clear()
                        mend("guess", f"{name} {status}{place}: {why}")


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        document = yaml.load(file, Loader=Loader)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                name = f"{method.upper()} {path}"
                mend_request(operation, name)
                mend_answers(operation, name)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)


if __name__ == "__main__":
    main()
