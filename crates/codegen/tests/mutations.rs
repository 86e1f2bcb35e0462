//! Documents with parts dropped, swapped, retyped and renamed: whatever comes, the pipeline neither panics
//! nor hangs, accounts for every operation, and writes code in which every name is given once and every type
//! is defined.
//!
//! `PROPTEST_CASES` sets how many are tried: seconds by default, ten thousand in `cargo xtask ci --full`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "support/consistent.rs"]
mod consistent;
#[path = "support/corpus.rs"]
mod support;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use onlyfansapi_codegen::{Document, Outcome, generate};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Map, Value, json};

/// No document may take longer.
const LONGEST: Duration = Duration::from_secs(10);

/// What documents are made of by mistake.
fn oddities() -> Vec<Value> {
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

/// Names that Rust, PHP or YAML have their own ideas of.
const NAMES: [&str; 22] = [
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

/// The documents that are changed: each of the corpus, each group of the corpus as one, and pieces of the
/// vendored one; a number picks from the three kinds in turn.
fn source(number: usize) -> &'static Value {
    static ALL: OnceLock<[Vec<Value>; 3]> = OnceLock::new();
    let kinds = ALL.get_or_init(|| {
        let single: Vec<Value> = support::documents()
            .iter()
            .map(|case| Document::read(&support::folder().join(case)).unwrap().root)
            .collect();
        let names = support::documents();
        let groups = names
            .chunk_by(|a, b| a.split('/').next() == b.split('/').next())
            .map(support::combined)
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

/// One change: where, by a number that is taken modulo the number of places, and what.
#[derive(Clone, Debug)]
enum Change {
    Drop(usize),
    Replace(usize, usize),
    Swap(usize, usize),
    /// Puts one place into another, itself included.
    Copy(usize, usize),
    Rename(usize, usize),
    InList(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0..100_000usize;
    prop_oneof![
        place.clone().prop_map(Change::Drop),
        (place.clone(), 0..100usize).prop_map(|(at, what)| Change::Replace(at, what)),
        (place.clone(), place.clone()).prop_map(|(a, b)| Change::Swap(a, b)),
        (place.clone(), place.clone()).prop_map(|(from, to)| Change::Copy(from, to)),
        (place.clone(), 0..100usize).prop_map(|(at, name)| Change::Rename(at, name)),
        place.prop_map(Change::InList),
    ]
}

/// Every place below the paths and components of a document.
fn places(root: &Value) -> Vec<String> {
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

fn apply(root: &mut Value, change: &Change) {
    let places = places(root);
    if places.is_empty() {
        return;
    }
    let place = |number: usize| places[number % places.len()].clone();
    let value = |root: &Value, at: &str| root.pointer(at).cloned().unwrap_or_default();
    let set = |root: &mut Value, at: &str, value: Value| {
        if let Some(place) = root.pointer_mut(at) {
            *place = value;
        }
    };
    match change {
        Change::Drop(at) | Change::Rename(at, _) => {
            let at = place(*at);
            let (parent, last) = at.rsplit_once('/').unwrap();
            let key = last.replace("~1", "/").replace("~0", "~");
            match root.pointer_mut(parent) {
                Some(Value::Object(members)) => {
                    let old = members.shift_remove(&key);
                    if let (Change::Rename(_, name), Some(old)) = (change, old) {
                        members.insert(NAMES[name % NAMES.len()].to_owned(), old);
                    }
                }
                Some(Value::Array(items)) => {
                    items.remove(key.parse().unwrap());
                }
                _ => {}
            }
        }
        Change::Replace(at, what) => {
            let oddities = oddities();
            set(root, &place(*at), oddities[what % oddities.len()].clone());
        }
        Change::Swap(a, b) => {
            let (a, b) = (place(*a), place(*b));
            let (x, y) = (value(root, &a), value(root, &b));
            set(root, &a, y);
            set(root, &b, x);
        }
        Change::Copy(from, to) => {
            let copied = value(root, &place(*from));
            set(root, &place(*to), copied);
        }
        Change::InList(at) => {
            let at = place(*at);
            let listed = json!([value(root, &at)]);
            set(root, &at, listed);
        }
    }
}

#[test]
fn a_changed_document_is_generated_or_refused_and_never_more() {
    // The number of the source, and what is done to it.
    let cases = (0..10_000usize, proptest::collection::vec(change(), 1..12));
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    let default = Config::default();
    let config = Config {
        // About half a minute.
        cases: if is_set { default.cases } else { 400 },
        failure_persistence: None,
        max_shrink_iters: 200,
        ..default
    };
    // The gate tries the same documents each time; who asks for a number gets others each time.
    let mut runner = if is_set {
        TestRunner::new(config)
    } else {
        let rng = TestRng::deterministic_rng(config.rng_algorithm);
        TestRunner::new_with_rng(config, rng)
    };
    runner
        .run(&cases, |(number, changes)| {
            let mut root = source(number).clone();
            for change in &changes {
                apply(&mut root, change);
            }
            let text = serde_json::to_string(&root).unwrap();
            let Ok(document) = Document::parse("changed.json", &text) else {
                // Nested deeper than any document.
                return Ok(());
            };
            let start = Instant::now();
            let output = generate(document, None, None);
            prop_assert!(start.elapsed() < LONGEST, "{:?}: {text}", start.elapsed());
            let output = match output {
                Ok(output) => output,
                Err(error) => {
                    let refused = error.message.starts_with("must be an object")
                        || error.message.starts_with("has no member");
                    prop_assert!(refused, "{error}: {text}");
                    return Ok(());
                }
            };
            for covered in &output.coverage.operations {
                let is_settled = match &covered.outcome {
                    Outcome::Generated { .. } => true,
                    Outcome::LeftOut { reason } => {
                        reason.contains("in the path") || reason.contains("no method of HTTP")
                    }
                    _ => false,
                };
                prop_assert!(is_settled, "{covered:?}: {text}");
            }
            for change in output.report.changes() {
                prop_assert!(change.step != "generator", "{change}: {text}");
            }
            let faults = consistent::faults(&output.source);
            prop_assert!(faults.is_empty(), "{faults:#?}: {text}");
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_whole_corpus_is_consistent() {
    for case in support::documents() {
        let document = Document::read(&support::folder().join(&case)).unwrap();
        let output = generate(document, None, None).unwrap();
        let faults = consistent::faults(&output.source);
        assert!(faults.is_empty(), "{case}: {faults:#?}");
    }
}

#[test]
fn the_check_sees_what_the_compiler_would() {
    for (source, fault) in [
        (
            "pub mod types { pub struct A; pub struct A; }",
            "`A` twice in types::",
        ),
        (
            "pub mod types { pub struct A { pub b: B } }",
            "`B` is nowhere defined, in types::::A",
        ),
        (
            "pub mod types { pub struct A { pub b: i64, pub b: i64 } }",
            "field `b` twice in types::::A",
        ),
        (
            "pub mod types { pub mod m { pub struct A { pub b: Vec<B> } } pub struct B; }",
            "`B` is nowhere defined, in types::m::A",
        ),
        (
            "impl Client { fn a() {} fn a() {} }",
            "method `a` twice in Client",
        ),
        (
            "pub mod builder { pub mod t { pub struct X; impl X { fn a(x: types::Y) {} } } }",
            "`types::Y` is nowhere defined",
        ),
    ] {
        assert_eq!(consistent::faults(source), [fault], "{source}");
    }
    let good = "pub mod types { pub mod m { use super::B; pub struct A { pub b: Option<B> } } pub struct B; }";
    assert!(consistent::faults(good).is_empty());
}
