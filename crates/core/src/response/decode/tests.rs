//! A table of all known mismatches, and property tests: any JSON of the right outer type decodes to a value, and
//! everything that is missing from the value is reported as drift.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Drift, empty, lenient};

/// A struct like the generated ones: every field is an `Option`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Fan {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f64>,
    #[serde(rename = "isActive", skip_serializing_if = "Option::is_none")]
    is_active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    friends: Option<Vec<Fan>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<Box<Fan>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anything: Option<Value>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Paid,
    Free,
}

/// Returns the total number of mismatches, including those that are counted but not listed.
fn count(drift: &[Drift]) -> usize {
    drift.iter().map(|drift| drift.occurrences).sum()
}

fn lines(drift: &[Drift]) -> Vec<String> {
    drift.iter().map(ToString::to_string).collect()
}

#[test]
fn repairs_every_known_mismatch() {
    let none = json!({});
    for (sent, value, drift) in [
        // No mismatch.
        (
            json!({"id": 5, "name": "n", "price": 1, "kind": "paid", "unknown": [1]}),
            json!({"id": 5, "name": "n", "price": 1.0, "kind": "paid"}),
            vec![],
        ),
        (
            json!({"id": null, "name": null, "tags": null, "best": null, "sizes": null}),
            none.clone(),
            vec![],
        ),
        // Strings.
        (
            json!({"name": 5}),
            json!({"name": "5"}),
            vec!["/name: expected a string, found an integer; converted"],
        ),
        (
            json!({"name": 1.5}),
            json!({"name": "1.5"}),
            vec!["/name: expected a string, found a number; converted"],
        ),
        (
            json!({"name": true}),
            json!({"name": "true"}),
            vec!["/name: expected a string, found a boolean; converted"],
        ),
        (
            json!({"name": {"a": 1}}),
            none.clone(),
            vec!["/name: expected a string, found an object; left out"],
        ),
        (
            json!({"name": []}),
            none.clone(),
            vec!["/name: expected a string, found an array; left out"],
        ),
        // Integers.
        (
            json!({"id": "5"}),
            json!({"id": 5}),
            vec!["/id: expected an integer, found a string; converted"],
        ),
        (
            json!({"id": "05"}),
            none.clone(),
            vec!["/id: expected an integer, found a string; left out"],
        ),
        (
            json!({"id": ""}),
            none.clone(),
            vec!["/id: expected an integer, found a string; left out"],
        ),
        (
            json!({"id": 10.0}),
            json!({"id": 10}),
            vec!["/id: expected an integer, found a number; converted"],
        ),
        (
            json!({"id": 10.5}),
            none.clone(),
            vec!["/id: expected an integer, found a number; left out"],
        ),
        (
            json!({"id": 18_446_744_073_709_551_615_u64}),
            none.clone(),
            vec!["/id: expected an integer, found an integer; left out"],
        ),
        (
            json!({"id": false}),
            none.clone(),
            vec!["/id: expected an integer, found a boolean; left out"],
        ),
        // Numbers.
        (
            json!({"price": "3.5"}),
            json!({"price": 3.5}),
            vec!["/price: expected a number, found a string; converted"],
        ),
        (
            json!({"price": "$3.5"}),
            none.clone(),
            vec!["/price: expected a number, found a string; left out"],
        ),
        (
            json!({"price": "nan"}),
            none.clone(),
            vec!["/price: expected a number, found a string; left out"],
        ),
        // Booleans.
        (
            json!({"isActive": 1}),
            json!({"isActive": true}),
            vec!["/isActive: expected a boolean, found an integer; converted"],
        ),
        (
            json!({"isActive": "0"}),
            json!({"isActive": false}),
            vec!["/isActive: expected a boolean, found a string; converted"],
        ),
        (
            json!({"isActive": "no"}),
            none.clone(),
            vec!["/isActive: expected a boolean, found a string; left out"],
        ),
        // Objects, maps and arrays, which PHP confuses.
        (json!({"best": []}), json!({"best": {}}), vec![]),
        (
            json!({"best": [1, "x"]}),
            none.clone(),
            vec!["/best: expected an object, found an array; left out"],
        ),
        (
            json!({"best": "x"}),
            none.clone(),
            vec!["/best: expected an object, found a string; left out"],
        ),
        (json!({"sizes": []}), json!({"sizes": {}}), vec![]),
        (
            json!({"sizes": [7, 8]}),
            json!({"sizes": {"0": 7, "1": 8}}),
            vec!["/sizes: expected an object, found an array; converted"],
        ),
        (
            json!({"tags": {"0": "a", "2": "c"}}),
            json!({"tags": ["a", "c"]}),
            vec!["/tags: expected an array, found an object; converted"],
        ),
        (
            json!({"tags": {"x": "a"}}),
            none.clone(),
            vec!["/tags: expected an array, found an object; left out"],
        ),
        (
            json!({"tags": "a"}),
            none.clone(),
            vec!["/tags: expected an array, found a string; left out"],
        ),
        // Null in an array or map: the other items are kept, and pointers use the original indexes.
        (
            json!({"tags": ["a", null, "b", {}]}),
            json!({"tags": ["a", "b"]}),
            vec![
                "/tags/1: expected a string, found null; left out",
                "/tags/3: expected a string, found an object; left out",
            ],
        ),
        (
            json!({"sizes": {"a": 1, "b": null}}),
            json!({"sizes": {"a": 1}}),
            vec!["/sizes/b: expected an integer, found null; left out"],
        ),
        (
            json!({"sizes": {"a": "x"}}),
            json!({"sizes": {}}),
            vec!["/sizes/a: expected an integer, found a string; left out"],
        ),
        // An unknown enum value.
        (
            json!({"kind": "gold"}),
            none.clone(),
            vec!["/kind: expected a known value, found a string; left out"],
        ),
        // Nested locations, and a non-object among objects.
        (
            json!({"friends": [{"id": "1"}, 5, {"id": "x", "best": {"price": {}}}, {"id": 4}]}),
            json!({"friends": [{"id": 1}, {"best": {}}, {"id": 4}]}),
            vec![
                "/friends/0/id: expected an integer, found a string; converted",
                "/friends/1: expected an object, found an integer; left out",
                "/friends/2/best/price: expected a number, found an object; left out",
                "/friends/2/id: expected an integer, found a string; left out",
            ],
        ),
        (
            json!({"a~b/c": 1, "best": {"name": {}}}),
            json!({"best": {}}),
            vec!["/best/name: expected a string, found an object; left out"],
        ),
    ] {
        let (fan, found) = lenient::<Fan>(sent.to_string().as_bytes(), "")
            .unwrap_or_else(|failure| panic!("{sent}: {failure:?}"));
        assert_eq!(serde_json::to_value(&fan).unwrap(), value, "{sent}");
        // The order of members depends on a feature of serde_json.
        let mut found = lines(&found);
        found.sort_unstable();
        assert_eq!(found, drift, "{sent}");
    }
}

#[test]
fn a_missing_required_field_drops_only_the_affected_item() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Strict {
        id: i64,
    }
    let sent = br#"[{"id": 1}, {}, {"id": null}, {"id": "x"}, {"id": 2}]"#;
    let (items, drift) = lenient::<Vec<Strict>>(sent, "/data").unwrap();
    assert_eq!(items, [Strict { id: 1 }, Strict { id: 2 }]);
    let mut pointers: Vec<_> = drift.iter().map(|d| d.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        ["/data/1", "/data/2", "/data/2/id", "/data/3", "/data/3/id"]
    );
    assert!(lenient::<Strict>(b"{}", "").is_err());
    assert!(lenient::<i64>(b"\"x\"", "").is_err());
}

#[test]
fn repairs_the_same_mismatches_in_2000_items() {
    let items: Vec<_> = (0..2_000)
        .map(|i| json!({"id": i.to_string(), "price": {}, "name": i}))
        .collect();
    let sent = Value::from(items).to_string();
    let (fans, drift) = lenient::<Vec<Fan>>(sent.as_bytes(), "").unwrap();
    assert_eq!(
        (fans.len(), fans[1_999].id, fans[1_999].name.as_deref()),
        (2_000, Some(1_999), Some("1999"))
    );
    assert_eq!(count(&drift), 6_000);
    // The order of the members depends on a feature of serde_json, so sort by location.
    let mut counted: Vec<_> = drift[1_000..]
        .iter()
        .map(|drift| {
            assert!((1_666..=1_667).contains(&drift.occurrences), "{drift}");
            (drift.pointer.as_str(), drift.is_converted)
        })
        .collect();
    counted.sort_unstable();
    assert_eq!(
        counted,
        [("/*/id", true), ("/*/name", true), ("/*/price", false)]
    );
}

#[test]
fn returns_an_empty_value_if_the_type_has_one() {
    assert_eq!(empty::<Fan>(), Some(Fan::default()));
    assert_eq!(empty::<Vec<i64>>(), Some(vec![]));
    assert_eq!(empty::<HashMap<String, i64>>(), Some(HashMap::new()));
    assert_eq!(empty::<Value>(), Some(Value::Null));
    assert_eq!(empty::<()>(), Some(()));
    assert_eq!(empty::<i64>(), None);
    assert_eq!(empty::<String>(), None);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1000i64..1000).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e6f64..1e6).prop_map(Value::from),
        "[0-9]{1,4}|[a-z]{0,4}|paid|free|true|1".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = prop_oneof![
            Just("id"),
            Just("name"),
            Just("price"),
            Just("isActive"),
            Just("kind"),
            Just("tags"),
            Just("friends"),
            Just("best"),
            Just("sizes"),
            Just("anything"),
            Just("0"),
            Just("1"),
            Just("x"),
            Just("a/b~c"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Checks that every known member of `sent` has an equal value in `typed` or is listed in `drift`.
fn check_nothing_lost(
    sent: &Value,
    typed: &Value,
    at: &str,
    drift: &[Drift],
) -> Result<(), String> {
    if drift.iter().any(|d| d.pointer == at) {
        return Ok(());
    }
    match (sent, typed) {
        (Value::Object(members), Value::Object(kept)) => {
            members.iter().try_for_each(|(name, member)| {
                let known = [
                    "id", "name", "price", "isActive", "kind", "tags", "friends", "best", "sizes",
                    "anything",
                ];
                let is_free = at.ends_with("/sizes") || at.contains("/anything");
                if !is_free && !known.contains(&name.as_str())
                    || member.is_null() && !kept.contains_key(name)
                {
                    return Ok(());
                }
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                check_nothing_lost(member, kept.get(name).unwrap_or(&Value::Null), &at, drift)
            })
        }
        (Value::Array(items), Value::Array(kept)) => {
            let is_left_out = |i: usize| {
                drift
                    .iter()
                    .any(|d| d.pointer == format!("{at}/{i}") && !d.is_converted)
            };
            let mut kept = kept.iter();
            (0..items.len())
                .filter(|i| !is_left_out(*i))
                .try_for_each(|i| {
                    let kept = kept
                        .next()
                        .ok_or_else(|| format!("{at}/{i}: an item is missing"))?;
                    check_nothing_lost(&items[i], kept, &format!("{at}/{i}"), drift)
                })
        }
        (Value::Array(items), Value::Object(members)) if items.is_empty() && members.is_empty() => {
            Ok(())
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Ok(()),
        (a, b) if a == b => Ok(()),
        (a, b) => Err(format!("{at}: {a} became {b}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn decodes_any_object_without_losing_data(sent in any_json().prop_filter("an object", Value::is_object)) {
        let (fan, drift) = lenient::<Fan>(sent.to_string().as_bytes(), "").unwrap();
        let typed = serde_json::to_value(&fan).unwrap();
        check_nothing_lost(&sent, &typed, "", &drift).map_err(TestCaseError::fail)?;
        for entry in &drift {
            prop_assert!(sent.pointer(&entry.pointer).is_some(), "{} does not exist in {}", entry.pointer, sent);
        }
        // The repaired value decodes without drift.
        let (again, none) = lenient::<Fan>(typed.to_string().as_bytes(), "").unwrap();
        prop_assert_eq!((again, none.len()), (fan, 0));
    }

    #[test]
    fn decodes_any_array_and_accounts_for_every_item(sent in prop::collection::vec(any_json(), 0..8)) {
        let (fans, drift) = lenient::<Vec<Fan>>(Value::from(sent.clone()).to_string().as_bytes(), "/data").unwrap();
        prop_assert_eq!(fans.len() + drift.iter().filter(|d| d.pointer.matches('/').count() == 2 && !d.is_converted).count(), sent.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 16, ..ProptestConfig::default() })]

    /// The lists are long enough to be decoded part by part.
    #[test]
    fn decodes_any_long_array_without_losing_data(sent in prop::collection::vec(any_json(), 100..250)) {
        let json = Value::from(sent.clone()).to_string();
        let (fans, drift) = lenient::<Vec<Fan>>(json.as_bytes(), "").unwrap();
        let is_listed = drift.iter().all(|d| d.occurrences == 1 && !d.pointer.contains('*'));
        if is_listed && drift.len() < 1_000 {
            let typed = serde_json::to_value(&fans).unwrap();
            check_nothing_lost(&Value::from(sent), &typed, "", &drift).map_err(TestCaseError::fail)?;
        } else {
            prop_assert!(fans.len() <= sent.len());
        }
    }
}

/// Returns the number of cases: 512, or the value of `PROPTEST_CASES`, which proptest also reads.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(512)
}

#[test]
fn repairs_3000_map_entries_under_their_own_keys() {
    let sent: Value = Value::Object(
        (0..3_000)
            .map(|i| (format!("k{i}"), json!(i.to_string())))
            .collect(),
    );
    let (map, drift) = lenient::<BTreeMap<String, i64>>(sent.to_string().as_bytes(), "").unwrap();
    assert_eq!(
        (map.len(), map["k2999"], count(&drift)),
        (3_000, 2_999, 3_000)
    );
}

#[test]
fn keeps_the_last_duplicate_member_and_reports_drift() {
    let (fan, drift) = lenient::<Fan>(br#"{"id":1,"best":{"name":"a","name":"b"}}"#, "").unwrap();
    assert_eq!(fan.best.unwrap().name.as_deref(), Some("b"));
    assert_eq!(
        lines(&drift),
        ["/best: expected unique members, found a duplicate member; converted"]
    );
}

#[test]
fn a_damaged_field_costs_only_that_field() {
    for (damaged, found) in [
        (&br#""\ud83d""#[..], "a string that is not valid Unicode"),
        (b"\"\xFF\"", "a string that is not valid Unicode"),
        (b"1e999", "a number out of range"),
        (
            b"-123456789012345678901234567890e300",
            "a number out of range",
        ),
    ] {
        for (place, field) in [
            (&br#""name""#[..], "/list/0/name"),
            (br#""price""#, "/list/0/price"),
            (br#""id""#, "/list/0/id"),
            (br#""anything""#, "/list/0/anything"),
            (br#""best":{"name""#, "/list/0/best/name"),
        ] {
            let end: &[u8] = if field.contains("best") { b"}" } else { b"" };
            let sent = [
                br#"{"list":[{"kind":"paid","#,
                place,
                b":",
                damaged,
                end,
                br#","isActive":true,"unknown":"\ud83d"},{"id":2}]}"#,
            ]
            .concat();
            let (fans, drift) = lenient::<BTreeMap<String, Vec<Fan>>>(&sent, "").unwrap();
            let expected = [
                Fan {
                    kind: Some(Kind::Paid),
                    is_active: Some(true),
                    best: field.contains("best").then(Box::default),
                    ..Fan::default()
                },
                Fan {
                    id: Some(2),
                    ..Fan::default()
                },
            ];
            let sent = sent.escape_ascii();
            if drift[0].is_converted {
                // A string field accepts a number of any size.
                assert_eq!(
                    (field.ends_with("name"), found),
                    (true, "a number out of range")
                );
            } else {
                assert_eq!(fans["list"], expected, "{sent}");
            }
            let drift: Vec<_> = drift
                .iter()
                .map(|d| (d.pointer.as_str(), d.found))
                .collect();
            assert_eq!(drift, [(field, found)], "{sent}");
        }
    }
}

#[test]
fn a_damaged_name_costs_only_that_member() {
    let (map, drift) =
        lenient::<BTreeMap<String, i64>>(b"{\"a\":1,\"\xFF\":2,\"\\ud800\":3,\"b\":4}", "/data")
            .unwrap();
    assert_eq!(
        map.into_iter().collect::<Vec<_>>(),
        [("a".to_owned(), 1), ("b".to_owned(), 4)]
    );
    let pointers: Vec<_> = drift.iter().map(|d| d.pointer.as_str()).collect();
    assert_eq!(pointers, ["/data/\u{fffd}", "/data/\u{fffd}"]);
}

#[test]
fn syntax_errors_have_a_position() {
    for (sent, position) in [
        (&b"{\"id\": nul}"[..], (1, 8)),
        (b"{\n\"id\": 5,}", (2, 9)),
        (b"{\"id\": \"5\"", (1, 11)),
        (b"{\"id\": \"5\"} x", (1, 13)),
        (b"<html>", (1, 1)),
        (b"[1, 2", (1, 6)),
    ] {
        let failure = lenient::<Fan>(sent, "").unwrap_err();
        assert_eq!(failure.syntax, Some(position), "{}", sent.escape_ascii());
    }
    let deep = "[".repeat(100_000);
    assert!(
        lenient::<Value>(deep.as_bytes(), "")
            .unwrap_err()
            .syntax
            .is_some()
    );
}

/// A type that rejects values for a custom reason, which the decoder cannot know.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(try_from = "i64")]
struct Even(i64);

impl TryFrom<i64> for Even {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        if number % 2 == 0 {
            Ok(Self(number))
        } else {
            Err(format!("{number} is odd"))
        }
    }
}

#[test]
fn leaves_out_each_value_that_its_type_rejects() {
    #[derive(Debug, Deserialize)]
    struct Page {
        before: Vec<i64>,
        numbers: Vec<Even>,
        by_name: BTreeMap<String, Even>,
        last: Even,
    }
    let numbers: Vec<i64> = (0..3_000).collect();
    let by_name: BTreeMap<String, i64> = numbers.iter().map(|n| (format!("n{n}"), *n)).collect();
    let sent = json!({"before": numbers, "numbers": numbers, "by_name": by_name, "last": 4});
    let (page, drift) = lenient::<Page>(sent.to_string().as_bytes(), "").unwrap();
    let even: Vec<Even> = (0..1_500).map(|n| Even(2 * n)).collect();
    assert_eq!(
        (page.before, page.numbers, page.last),
        (numbers, even, Even(4))
    );
    assert_eq!(
        (page.by_name.len(), page.by_name["n2998"]),
        (1_500, Even(2_998))
    );
    assert_eq!(count(&drift), 3_000);
    let failure = lenient::<Page>(
        br#"{"before": [], "numbers": [], "by_name": {}, "last": 1}"#,
        "",
    );
    assert_eq!(
        failure.unwrap_err().message("/data"),
        "`/data/last` does not match the requested type: expected a different value"
    );
}

#[test]
fn repairs_every_part_of_a_long_list() {
    // Each mismatch first occurs in a different part of the list, and one part is inside a nested list.
    let item = |i: usize| match i {
        500 => json!({"id": "500"}),
        3_000 => json!(null),
        6_000 => json!({"price": "1.5", "tags": {"1": "a"}}),
        9_000 => json!({"friends": (0..900).map(|n| json!({"name": n})).collect::<Vec<_>>()}),
        9_500 => json!({"kind": 7, "sizes": [1, "x"]}),
        _ => json!({"id": i, "name": "a name", "best": {"price": 0.5}}),
    };
    let sent: Vec<Value> = (0..10_000).map(item).collect();
    let (fans, drift) =
        lenient::<Vec<Fan>>(Value::from(sent.clone()).to_string().as_bytes(), "/data").unwrap();
    assert_eq!(fans.len(), 9_999);
    let kept = sent.iter().enumerate().filter(|(i, _)| *i != 3_000);
    for ((i, sent), fan) in kept.zip(&fans) {
        let at = format!("/data/{i}");
        let typed = serde_json::to_value(fan).unwrap();
        if i != 9_000 {
            check_nothing_lost(sent, &typed, &at, &drift).unwrap();
        }
    }
    assert_eq!(
        fans[8_999].friends.as_ref().unwrap()[899].name.as_deref(),
        Some("899")
    );
    assert_eq!(count(&drift), 7 + 900);
}

#[test]
fn a_list_of_a_fixed_length_is_decoded_as_a_whole() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Fixed {
        rows: Vec<[i64; 2]>,
        id: i64,
    }
    let rows: Vec<[i64; 2]> = (0..20_000).map(|n| [n, n]).collect();
    let sent = json!({"rows": rows, "id": "5"}).to_string();
    let (fixed, drift) = lenient::<Fixed>(sent.as_bytes(), "").unwrap();
    assert_eq!(fixed, Fixed { rows, id: 5 });
    assert_eq!(count(&drift), 1);
}

#[test]
fn numbers_beyond_the_precision_of_f64_are_left_out() {
    for (sent, name) in [
        (r#"{"price":"12345678901234567890123"}"#, "/price"),
        (r#"{"id":9007199254740993.0}"#, "/id"),
    ] {
        let (_, drift) = lenient::<Fan>(sent.as_bytes(), "").unwrap();
        assert_eq!(
            (drift[0].pointer.as_str(), drift[0].is_converted),
            (name, false),
            "{sent}"
        );
    }
}

/// Fields whose types read their input differently from structs with optional fields.
#[derive(Debug, Deserialize, PartialEq)]
struct Unusual {
    #[serde(default)]
    untagged: Vec<Untagged>,
    #[serde(default)]
    tagged: Vec<Tagged>,
    #[serde(default)]
    variants: Vec<Variant>,
    #[serde(default)]
    pairs: Vec<(i64, String)>,
    #[serde(default)]
    wide: Vec<i128>,
    #[serde(default)]
    letters: Vec<char>,
    #[serde(default)]
    by_number: BTreeMap<u8, i64>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Named { name: String },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Tagged {
    One { id: i64 },
    Two,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Variant {
    Plain,
    With(i64),
    #[serde(other)]
    Other,
}

#[test]
fn decodes_unusual_types_item_by_item() {
    let sent = json!({
        "untagged": [1, {"name": "a"}, [], {"name": 5}, 2],
        "tagged": [{"type": "one", "id": 1}, {"type": "one"}, {"type": "three"}, {"type": "two"}, {"type": "one", "id": "x"}],
        "variants": ["plain", "gold", {"with": 5}, {"with": "x"}, 5, "plain"],
        "pairs": [[1, "a"], [2], ["3", 4], "x", [5, "b", "c"]],
        "wide": [1, 7777, "x", "-5"],
        "letters": ["a", "ab", 5, "b"],
        "by_number": {"1": 1, "300": 2, "x": 3, "2": "4"},
        "more": {"kept": [true]},
    });
    // This number is too large for a `Value`.
    let sent = sent.to_string().replace("7777", &i128::MAX.to_string());
    let (decoded, drift) = lenient::<Unusual>(sent.as_bytes(), "").unwrap();
    assert_eq!(
        decoded,
        Unusual {
            untagged: vec![
                Untagged::Number(1),
                Untagged::Named {
                    name: "a".to_owned()
                },
                Untagged::Number(2)
            ],
            tagged: vec![Tagged::One { id: 1 }, Tagged::Two],
            variants: vec![
                Variant::Plain,
                Variant::Other,
                Variant::With(5),
                Variant::Plain
            ],
            pairs: vec![(1, "a".to_owned()), (3, "4".to_owned())],
            wide: vec![1, i128::MAX, -5],
            letters: vec!['a', '5', 'b'],
            by_number: BTreeMap::from([(1, 1), (2, 4)]),
            rest: BTreeMap::from([("more".to_owned(), json!({"kept": [true]}))]),
        },
        "{}",
        lines(&drift).join("\n")
    );
    for pointer in [
        "/untagged/2",
        "/untagged/3",
        "/tagged/1",
        "/tagged/2",
        "/tagged/4",
        "/variants/3",
        "/variants/4",
        "/pairs/1",
        "/pairs/3",
        "/pairs/4",
        "/wide/2",
        "/wide/3",
        "/letters/1",
        "/by_number/300",
        "/by_number/x",
        "/by_number/2",
    ] {
        assert!(
            drift.iter().any(|drift| drift.pointer.starts_with(pointer)),
            "{pointer} is not in\n{}",
            lines(&drift).join("\n")
        );
    }
}
