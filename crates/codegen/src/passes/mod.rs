//! The passes that prepare an OpenAPI document for the generator.
//!
//! Each pass is one file with one function over the document tree, and contains nothing that is specific to one API.
//! They run only in the order that [`PASSES`] defines; each pass's documentation describes the document before and
//! after it.

mod array_items;
mod branches;
mod components;
mod composition;
mod core_types;
mod data_keys;
mod descriptions;
mod enum_components;
mod enums;
mod envelope;
mod evidence;
mod examples;
mod field_names;
mod models;
mod money;
mod nullable;
mod operation_ids;
mod path_parameters;
mod plain_components;
mod query_parameters;
mod references;
mod request_bodies;
mod responses;
mod siblings;
mod sides;
mod structure;
mod timestamps;
mod type_words;
mod union;
pub(crate) mod words;

use serde_json::{Map, Value};

use crate::Report;

pub(crate) use self::core_types::CORE_TYPES;
pub(crate) use self::descriptions::markdown;
pub(crate) use self::enum_components::ENUM_NAME;
pub(crate) use self::enums::VALUES;
pub(crate) use self::field_names::{WIRE_NAMES, rust_field};
pub(crate) use self::models::{INFERRED, LOCATIONS, PINNED};
pub(crate) use self::nullable::NULL_IS_A_VALUE;
pub(crate) use self::query_parameters::STYLE;
pub(crate) use self::references::target;
pub(crate) use self::sides::SIDE;

/// Operation extension in which passes record facts for the code passes.
pub(crate) const FACTS: &str = "x-codegen";

/// A pass over the document tree.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// The name of the pass in the report.
    pub name: &'static str,
    run: fn(&mut Value, &mut Report),
}

/// All passes, in execution order.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "structure",
        run: structure::run,
    },
    Pass {
        name: "references",
        run: references::run,
    },
    Pass {
        name: "composition",
        run: composition::run,
    },
    Pass {
        name: "plain-components",
        run: plain_components::run,
    },
    Pass {
        name: "operation-ids",
        run: operation_ids::run,
    },
    Pass {
        name: "path-parameters",
        run: path_parameters::run,
    },
    Pass {
        name: "sides",
        run: sides::run,
    },
    Pass {
        name: "type-words",
        run: type_words::run,
    },
    Pass {
        name: "array-items",
        run: array_items::run,
    },
    Pass {
        name: "query-parameters",
        run: query_parameters::run,
    },
    Pass {
        name: "evidence",
        run: evidence::run,
    },
    Pass {
        name: "timestamps",
        run: timestamps::run,
    },
    Pass {
        name: "data-keys",
        run: data_keys::run,
    },
    Pass {
        name: "branches",
        run: branches::run,
    },
    Pass {
        name: "request-bodies",
        run: request_bodies::run,
    },
    Pass {
        name: "responses",
        run: responses::run,
    },
    Pass {
        name: "envelope",
        run: envelope::run,
    },
    Pass {
        name: "money",
        run: money::run,
    },
    Pass {
        name: "siblings",
        run: siblings::run,
    },
    Pass {
        name: "enums",
        run: enums::run,
    },
    Pass {
        name: "descriptions",
        run: descriptions::run,
    },
    Pass {
        name: "examples",
        run: examples::run,
    },
    Pass {
        name: "nullable",
        run: nullable::run,
    },
    // Run again, because branches and enumerations may have become plain schemas.
    Pass {
        name: "leftover-components",
        run: plain_components::run,
    },
    Pass {
        name: "components",
        run: components::run,
    },
    Pass {
        name: "models",
        run: models::run,
    },
    Pass {
        name: "core-types",
        run: core_types::run,
    },
    Pass {
        name: "enum-components",
        run: enum_components::run,
    },
    Pass {
        name: "field-names",
        run: field_names::run,
    },
];

/// Runs every pass over `root`.
pub(crate) fn run(root: &mut Value, report: &mut Report) {
    for pass in PASSES {
        report.start(pass.name);
        (pass.run)(root, report);
    }
}

/// Records a fact on an operation.
pub(crate) fn set_fact(operation: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let facts = operation
        .entry(FACTS)
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(facts) = facts.as_object_mut() {
        facts.insert(name.to_owned(), value.into());
    }
}

/// Runs one pass over a small document, for the tests of the passes. Returns the document and the report lines.
#[cfg(test)]
fn test_run(name: &str, yaml: &str) -> (Value, Vec<String>) {
    let mut root = crate::Document::parse("t.yaml", yaml).unwrap().root;
    let mut report = Report::new();
    let pass = PASSES.iter().find(|pass| pass.name == name).unwrap();
    report.start(pass.name);
    (pass.run)(&mut root, &mut report);
    (
        root,
        report.changes().iter().map(ToString::to_string).collect(),
    )
}
