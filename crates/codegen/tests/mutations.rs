//! Mutates documents by dropping, swapping, retyping and renaming parts. For every mutated document, the pipeline must
//! not panic or hang, must account for every operation, and must generate code without duplicate names or undefined
//! types.
//!
//! `PROPTEST_CASES` sets the number of documents: 40 by default, ten thousand in `cargo xtask ci --full`.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use onlyfansapi_codegen::{Document, OperationStatus, generate};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use crate::support::{consistent, corpus};

/// The time limit for one document.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Returns values that often appear in documents by mistake.
fn invalid_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1.5),
        json!(""),
        json!("x"),
        json!("string|null"),
        json!("{id"),
        json!("Имя"),
        json!("x".repeat(300)),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null]),
        json!(["string", "null"]),
        json!({"$ref": "#/components/schemas/RefUser"}),
        json!({"$ref": "#/paths"}),
        json!({"$ref": "#"}),
        json!({"$ref": "nowhere.yaml#/X"}),
        json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "integer"}}}}}),
        json!({"type": "array"}),
        json!({"type": "string", "enum": ["a", "A", "-a", "", null]}),
        json!({"oneOf": [{"type": "string"}, {"type": "object", "properties": {"x": {"type": "string"}}}]}),
        json!({"allOf": [{"$ref": "#/components/schemas/RefUser"}, {"properties": {"type": {"type": "integer"}}}]}),
    ]
}

/// Names with a special meaning in Rust, PHP or YAML.
const NAMES: [&str; 23] = [
    "",
    " ",
    "0",
    "240",
    "type",
    "self",
    "Self",
    "crate",
    "new",
    "fetch",
    "send",
    "default",
    "extra",
    "_",
    "__id",
    "-1",
    "+1",
    "a.b",
    "a[]",
    "{x}",
    "properties",
    "Option",
    "имя",
];

/// Returns the document to mutate for a case number. The numbers cycle through three kinds: single documents of the
/// corpus, combined groups of the corpus, and parts of the vendored document.
fn source(number: usize) -> &'static Value {
    static ALL: OnceLock<[Vec<Value>; 3]> = OnceLock::new();
    let kinds = ALL.get_or_init(|| {
        let single: Vec<Value> = corpus::documents()
            .iter()
            .map(|case| Document::read(&corpus::folder().join(case)).unwrap().root)
            .collect();
        let names = corpus::documents();
        let groups = names
            .chunk_by(|a, b| a.split('/').next() == b.split('/').next())
            .map(corpus::combined)
            .collect();
        let vendored = Document::read(std::path::Path::new("../../openapi.yaml")).unwrap().root;
        let paths: Vec<_> = vendored["paths"].as_object().unwrap().iter().collect();
        let pieces = paths
            .chunks(6)
            .map(|part| {
                let paths: Map<String, Value> = part
                    .iter()
                    .map(|(path, item)| ((*path).clone(), (*item).clone()))
                    .collect();
                json!({"openapi": "3.0.3", "info": {"title": "Part", "version": "1"}, "paths": paths})
            })
            .collect();
        [single, groups, pieces]
    });
    let kind = &kinds[number % 3];
    &kind[(number / 3) % kind.len()]
}

/// A mutation. Locations are numbers, taken modulo the number of locations in the document.
#[derive(Clone, Debug)]
enum Mutation {
    Drop(usize),
    Replace(usize, usize),
    Swap(usize, usize),
    /// Copies the value at one location to another, which may be inside the first.
    Copy(usize, usize),
    Rename(usize, usize),
    /// Wraps a value in a list.
    WrapInList(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let location = 0..100_000usize;
    prop_oneof![
        location.clone().prop_map(Mutation::Drop),
        (location.clone(), 0..100usize).prop_map(|(at, value)| Mutation::Replace(at, value)),
        (location.clone(), location.clone()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        (location.clone(), location.clone()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        (location.clone(), 0..100usize).prop_map(|(at, name)| Mutation::Rename(at, name)),
        location.prop_map(Mutation::WrapInList),
    ]
}

/// Returns the pointers to all values in the paths and components of a document.
fn locations(root: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let at = format!("{at}/{}", escaped(key));
                    walk(member, &at, found);
                    found.push(at);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let at = format!("{at}/{i}");
                    walk(item, &at, found);
                    found.push(at);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for part in ["paths", "components"] {
        if let Some(value) = root.get(part) {
            walk(value, &format!("/{part}"), &mut found);
        }
    }
    found
}

fn apply(root: &mut Value, mutation: &Mutation) {
    let locations = locations(root);
    if locations.is_empty() {
        return;
    }
    let location = |number: usize| locations[number % locations.len()].clone();
    let value = |root: &Value, at: &str| root.pointer(at).cloned().unwrap_or_default();
    let set = |root: &mut Value, at: &str, value: Value| {
        if let Some(target) = root.pointer_mut(at) {
            *target = value;
        }
    };
    match mutation {
        Mutation::Drop(at) | Mutation::Rename(at, _) => {
            let at = location(*at);
            let (parent, last) = at.rsplit_once('/').unwrap();
            let key = last.replace("~1", "/").replace("~0", "~");
            match root.pointer_mut(parent) {
                Some(Value::Object(members)) => {
                    let old = members.shift_remove(&key);
                    if let (Mutation::Rename(_, name), Some(old)) = (mutation, old) {
                        members.insert(NAMES[name % NAMES.len()].to_owned(), old);
                    }
                }
                Some(Value::Array(items)) => {
                    items.remove(key.parse().unwrap());
                }
                _ => {}
            }
        }
        Mutation::Replace(at, value) => {
            let values = invalid_values();
            set(root, &location(*at), values[value % values.len()].clone());
        }
        Mutation::Swap(a, b) => {
            let (a, b) = (location(*a), location(*b));
            let (x, y) = (value(root, &a), value(root, &b));
            set(root, &a, y);
            set(root, &b, x);
        }
        Mutation::Copy(from, to) => {
            let copied = value(root, &location(*from));
            set(root, &location(*to), copied);
        }
        Mutation::WrapInList(at) => {
            let at = location(*at);
            let listed = json!([value(root, &at)]);
            set(root, &at, listed);
        }
    }
}

#[test]
fn mutated_documents_are_generated_or_rejected() {
    // The number of the source document, and the mutations to apply.
    let cases = (0..10_000usize, proptest::collection::vec(mutation(), 1..12));
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    let default = Config::default();
    let config = Config {
        cases: if is_set { default.cases } else { 40 },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..default
    };
    // Deterministic by default, and random if the number of cases is set.
    let mut runner = if is_set {
        TestRunner::new(config)
    } else {
        let rng = TestRng::deterministic_rng(config.rng_algorithm);
        TestRunner::new_with_rng(config, rng)
    };
    runner
        .run(&cases, |(number, mutations)| {
            let mut root = source(number).clone();
            for mutation in &mutations {
                apply(&mut root, mutation);
            }
            let text = serde_json::to_string(&root).unwrap();
            let Ok(document) = Document::parse("mutated.json", &text) else {
                // The mutations exceeded the maximum nesting depth.
                return Ok(());
            };
            let start = Instant::now();
            let output = generate(document, None, None);
            prop_assert!(
                start.elapsed() < TIME_LIMIT,
                "{:?}: {text}",
                start.elapsed()
            );
            let output = match output {
                Ok(output) => output,
                Err(error) => {
                    let is_rejected = error.message.starts_with("must be an object")
                        || error.message.starts_with("has no member");
                    prop_assert!(is_rejected, "{error}: {text}");
                    return Ok(());
                }
            };
            for covered in &output.coverage.operations {
                let is_accounted_for = match &covered.status {
                    OperationStatus::Generated { .. } => true,
                    OperationStatus::LeftOut { reason } => {
                        reason.contains("in the path") || reason.contains("is not an HTTP method")
                    }
                    _ => false,
                };
                prop_assert!(is_accounted_for, "{covered:?}: {text}");
            }
            for change in output.report.changes() {
                prop_assert!(change.step != "generator", "{change}: {text}");
            }
            let errors = consistent::errors(&output.source);
            prop_assert!(errors.is_empty(), "{errors:#?}: {text}");
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn code_generated_from_the_corpus_is_consistent() {
    for case in corpus::documents() {
        let document = Document::read(&corpus::folder().join(&case)).unwrap();
        let output = generate(document, None, None).unwrap();
        let errors = consistent::errors(&output.source);
        assert!(errors.is_empty(), "{case}: {errors:#?}");
    }
}

#[test]
fn the_consistency_check_finds_errors() {
    for (source, error) in [
        (
            "pub mod types { pub struct A; pub struct A; }",
            "`A` is defined twice in types::",
        ),
        (
            "pub mod types { pub struct A { pub b: B } }",
            "`B` is not defined in types::::A",
        ),
        (
            "pub mod types { pub struct A { pub b: i64, pub b: i64 } }",
            "field `b` is defined twice in types::::A",
        ),
        (
            "pub mod types { pub mod m { pub struct A { pub b: Vec<B> } } pub struct B; }",
            "`B` is not defined in types::m::A",
        ),
        (
            "impl Client { fn a() {} fn a() {} }",
            "method `a` is defined twice in Client",
        ),
        (
            "pub mod builder { pub mod t { pub struct X; impl X { fn a(x: types::Y) {} } } }",
            "`types::Y` is not defined",
        ),
    ] {
        assert_eq!(consistent::errors(source), [error], "{source}");
    }
    let good = "pub mod types { pub mod m { use super::B; pub struct A { pub b: Option<B> } } pub struct B; }";
    assert!(consistent::errors(good).is_empty());
}
