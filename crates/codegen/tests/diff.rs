//! Tests the comparison of two documents: the class, Rust item, operation and location of each kind of change.

use onlyfansapi_codegen::{Class, Diff, Document, Output, Overlay, generate};

const OLD: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /fans:
    get:
      operationId: listFans
      tags: [Fans]
      parameters:
      - {in: query, name: limit, schema: {type: integer}}
      - {in: query, name: sort, schema: {type: string, enum: [asc, desc]}}
      responses: {200: {content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {type: object, properties: {id: {type: integer}, name: {type: string}, kind: {type: string, enum: [a, b]}}}}}}}}}}
  /fans/{id}:
    parameters: [{in: path, name: id, required: true, schema: {type: integer}}]
    put:
      operationId: updateFan
      tags: [Fans]
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
      responses: {204: {}}
    delete: {operationId: deleteFan, tags: [Fans], responses: {204: {}}}
";

fn generated(text: &str, names: Option<&Output>) -> (Document, Output) {
    let document = Document::parse("d.yaml", text).unwrap();
    let old = Document::parse("d.yaml", OLD).unwrap();
    let names = names.map(|output| output.names.follow_renames(&old, &document));
    let output = generate(document.clone(), None, names.as_ref()).unwrap();
    (document, output)
}

/// Returns `class item: description [operation pointer]` for each difference.
fn lines(new: &str) -> Vec<String> {
    let (old, before) = generated(OLD, None);
    let (new, after) = generated(new, Some(&before));
    let diff = Diff::between((&old, &before), (&new, &after));
    let lines = diff.differences.iter().map(|d| {
        let operation = d.operation.as_deref().unwrap_or("-");
        format!(
            "{} {}: {} [{operation} {}]",
            d.class, d.item, d.description, d.pointer
        )
    });
    lines.collect()
}

#[test]
fn classifies_every_kind_of_change() {
    assert_eq!(lines(OLD), [""; 0]);
    let response =
        "/paths/~1fans/get/responses/200/content/application~1json/schema/properties/data/items";
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "operationId: deleteFan,",
            "operationId: dropFan,",
            &[
                "breaking Client::drop_fan: `delete_fan` -> `drop_fan`: renamed [dropFan /paths/~1fans~1{id}/delete]",
            ],
        ),
        (
            "operationId: listFans",
            "operationId: allPeople",
            &[
                "breaking Client::all_people: `list_fans` -> `all_people`: renamed [allPeople /paths/~1fans/get]",
                "breaking Client::all_people().sort: fans::ListFansSort -> fans::AllPeopleSort [allPeople /paths/~1fans/get]",
                "breaking types::fans::ListFansSort: was removed [listFans /paths/~1fans/get]",
                "additive types::fans::AllPeopleSort: was added [allPeople /paths/~1fans/get]",
            ],
        ),
        (
            "    delete: {operationId: deleteFan, tags: [Fans], responses: {204: {}}}\n",
            "",
            &[
                "breaking Client::delete_fan: `DELETE /fans/{id}` was removed [deleteFan /paths/~1fans~1{id}/delete]",
            ],
        ),
        (
            "    delete:",
            "    patch: {operationId: patchFan, tags: [Fans], responses: {204: {}}}\n    delete:",
            &[
                "additive Client::patch_fan: `PATCH /fans/{id}` was added [patchFan /paths/~1fans~1{id}/patch]",
            ],
        ),
        (
            "operationId: deleteFan,",
            "operationId: deleteFan, deprecated: true,",
            &[
                "additive Client::delete_fan: not deprecated -> deprecated [deleteFan /paths/~1fans~1{id}/delete]",
            ],
        ),
        (
            "name: limit, schema: {type: integer}",
            "name: limit, schema: {type: string}",
            &["breaking Client::list_fans().limit: i64 -> String [listFans /paths/~1fans/get]"],
        ),
        (
            "name: limit, schema",
            "name: limit, required: true, schema",
            &[
                "breaking Client::list_fans().limit: optional -> required [listFans /paths/~1fans/get]",
            ],
        ),
        (
            "      - {in: query, name: limit, schema: {type: integer}}\n",
            "",
            &[
                "breaking Client::list_fans().limit: query limit was removed [listFans /paths/~1fans/get]",
            ],
        ),
        (
            "      parameters:\n",
            "      parameters:\n      - {in: query, name: page, schema: {type: integer}}\n",
            &[
                "additive Client::list_fans().page: query page was added: i64 [listFans /paths/~1fans/get]",
            ],
        ),
        (
            "properties: {name: {type: string}}}}}}",
            "required: [key], properties: {name: {type: string}, key: {type: string}}}}}}",
            &[
                "breaking Client::update_fan().key: body key was added (required): String [updateFan /paths/~1fans~1{id}/put]",
                "breaking types::fans::UpdateFanBody::key: String was added (required) [updateFan /paths/~1fans~1{id}/put]",
            ],
        ),
        (
            "{id: {type: integer}, name: {type: string}",
            "{id: {type: integer}, name: {type: boolean}",
            &[&format!(
                "breaking types::fans::Fan::name: Option<String> -> Option<Value> [listFans {response}/properties/name]"
            )],
        ),
        (
            "{id: {type: integer}, ",
            "{id: {type: integer}, age: {type: integer}, ",
            &[&format!(
                "additive types::fans::Fan::age: Option<i64> was added [listFans {response}/properties/age]"
            )],
        ),
        (
            "{id: {type: integer}, ",
            "{",
            &[&format!(
                "breaking types::fans::Fan::id: Option<i64> was removed [listFans {response}/properties/id]"
            )],
        ),
        (
            "enum: [asc, desc]",
            "enum: [asc, recent]",
            &[
                "breaking types::fans::ListFansSort::Desc: `desc` was removed [listFans /paths/~1fans/get]",
                "additive types::fans::ListFansSort::Recent: `recent` was added [listFans /paths/~1fans/get]",
            ],
        ),
        (
            "responses: {200:",
            "responses: {404: {}, 200:",
            &[
                "cosmetic Client::list_fans: status 404 was added to the document [listFans /paths/~1fans/get]",
            ],
        ),
        (
            "operationId: listFans",
            "summary: Different text.\n      operationId: listFans",
            &[],
        ),
    ];
    for (from, to, expected) in cases {
        assert!(OLD.contains(from), "{from}");
        assert_eq!(
            lines(&OLD.replacen(from, to, 1)),
            *expected,
            "{from} -> {to}"
        );
    }
}

#[test]
fn the_most_severe_class_determines_the_version_bump() {
    assert_eq!(Class::Breaking.version_bump(), "minor");
    assert_eq!(Class::Additive.version_bump(), "patch");
    assert_eq!(Class::Cosmetic.version_bump(), "none");
    let (old, before) = generated(OLD, None);
    let new = OLD.replace("deleteFan", "dropFan").replace("{404: {}", "{");
    let (new, after) = generated(&new, Some(&before));
    let diff = Diff::between((&old, &before), (&new, &after));
    assert_eq!(diff.class(), Some(Class::Breaking));
}

#[test]
fn reports_ineffective_overlay_actions() {
    let document = Document::parse("d.yaml", OLD).unwrap();
    let overlay = Overlay::parse(
        "o.yaml",
        "overlay: 1.0.0
actions:
- {target: \"$.paths['/gone']\", remove: true}
- {target: \"$.paths['/fans'].get\", update: {operationId: listFans}}
- {target: \"$.paths['/fans'].get\", update: {x-note: 1}}
",
    )
    .unwrap();
    let (applicable, ineffective) = overlay.applicable_to(&document);
    let ineffective: Vec<_> = ineffective.iter().map(ToString::to_string).collect();
    assert_eq!(
        ineffective,
        [
            "/actions/0: `$.paths['/gone']` no longer matches anything",
            "/actions/1: `$.paths['/fans'].get` is no longer needed: the document already contains the change",
        ]
    );
    // The redundant action is harmless and stays in the overlay.
    assert!(generate(document, Some(&applicable), None).is_ok());
}
