//! Every known mismatch as a row, and a property: any JSON of the right outer shape gives a value,
//! and what is not in the value is in the drift.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Drift, empty, lenient};

/// A struct as the generator makes them: every field an `Option`.
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

fn told(drift: &[Drift]) -> Vec<String> {
    drift.iter().map(ToString::to_string).collect()
}

#[test]
fn every_known_mismatch_has_its_outcome() {
    let none = json!({});
    for (sent, value, drift) in [
        // What fits, fits without a word.
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
        // Text.
        (
            json!({"name": 5}),
            json!({"name": "5"}),
            vec!["/name: expected a text, found an integer; converted"],
        ),
        (
            json!({"name": 1.5}),
            json!({"name": "1.5"}),
            vec!["/name: expected a text, found a number; converted"],
        ),
        (
            json!({"name": true}),
            json!({"name": "true"}),
            vec!["/name: expected a text, found a truth value; converted"],
        ),
        (
            json!({"name": {"a": 1}}),
            none.clone(),
            vec!["/name: expected a text, found an object; left out"],
        ),
        (
            json!({"name": []}),
            none.clone(),
            vec!["/name: expected a text, found a list; left out"],
        ),
        // Integers.
        (
            json!({"id": "5"}),
            json!({"id": 5}),
            vec!["/id: expected an integer, found a text; converted"],
        ),
        (
            json!({"id": "05"}),
            none.clone(),
            vec!["/id: expected an integer, found a text; left out"],
        ),
        (
            json!({"id": ""}),
            none.clone(),
            vec!["/id: expected an integer, found a text; left out"],
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
            vec!["/id: expected an integer, found a truth value; left out"],
        ),
        // Numbers.
        (
            json!({"price": "3.5"}),
            json!({"price": 3.5}),
            vec!["/price: expected a number, found a text; converted"],
        ),
        (
            json!({"price": "$3.5"}),
            none.clone(),
            vec!["/price: expected a number, found a text; left out"],
        ),
        (
            json!({"price": "nan"}),
            none.clone(),
            vec!["/price: expected a number, found a text; left out"],
        ),
        // Truth values.
        (
            json!({"isActive": 1}),
            json!({"isActive": true}),
            vec!["/isActive: expected a truth value, found an integer; converted"],
        ),
        (
            json!({"isActive": "0"}),
            json!({"isActive": false}),
            vec!["/isActive: expected a truth value, found a text; converted"],
        ),
        (
            json!({"isActive": "no"}),
            none.clone(),
            vec!["/isActive: expected a truth value, found a text; left out"],
        ),
        // Objects, maps and lists, as PHP mixes them up.
        (json!({"best": []}), json!({"best": {}}), vec![]),
        (
            json!({"best": [1, "x"]}),
            none.clone(),
            vec!["/best: expected an object, found a list; left out"],
        ),
        (
            json!({"best": "x"}),
            none.clone(),
            vec!["/best: expected an object, found a text; left out"],
        ),
        (json!({"sizes": []}), json!({"sizes": {}}), vec![]),
        (
            json!({"sizes": [7, 8]}),
            json!({"sizes": {"0": 7, "1": 8}}),
            vec!["/sizes: expected a map, found a list; converted"],
        ),
        (
            json!({"tags": {"0": "a", "2": "c"}}),
            json!({"tags": ["a", "c"]}),
            vec!["/tags: expected a list, found an object; converted"],
        ),
        (
            json!({"tags": {"x": "a"}}),
            none.clone(),
            vec!["/tags: expected a list, found an object; left out"],
        ),
        (
            json!({"tags": "a"}),
            none.clone(),
            vec!["/tags: expected a list, found a text; left out"],
        ),
        // Null inside a list or map: the others stay, under their own indexes.
        (
            json!({"tags": ["a", null, "b", {}]}),
            json!({"tags": ["a", "b"]}),
            vec![
                "/tags/1: expected a text, found null; left out",
                "/tags/3: expected a text, found an object; left out",
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
            vec!["/sizes/a: expected an integer, found a text; left out"],
        ),
        // Unknown value of an enumeration.
        (
            json!({"kind": "gold"}),
            none.clone(),
            vec!["/kind: expected one of the known values, found a text; left out"],
        ),
        // Deep places, and an item that is no object among those that are.
        (
            json!({"friends": [{"id": "1"}, 5, {"id": "x", "best": {"price": {}}}, {"id": 4}]}),
            json!({"friends": [{"id": 1}, {"best": {}}, {"id": 4}]}),
            vec![
                "/friends/2/id: expected an integer, found a text; left out",
                "/friends/0/id: expected an integer, found a text; converted",
                "/friends/1: expected an object, found an integer; left out",
                "/friends/2/best/price: expected a number, found an object; left out",
            ],
        ),
        (
            json!({"a~b/c": 1, "best": {"name": {}}}),
            json!({"best": {}}),
            vec!["/best/name: expected a text, found an object; left out"],
        ),
    ] {
        let (fan, found) = lenient::<Fan>(sent.to_string().as_bytes(), "")
            .unwrap_or_else(|failure| panic!("{sent}: {failure:?}"));
        assert_eq!(serde_json::to_value(&fan).unwrap(), value, "{sent}");
        assert_eq!(told(&found), drift, "{sent}");
    }
}

#[test]
fn a_type_with_fields_that_it_needs_loses_the_item_and_no_other() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Strict {
        id: i64,
    }
    let sent = br#"[{"id": 1}, {}, {"id": null}, {"id": "x"}, {"id": 2}]"#;
    let (items, drift) = lenient::<Vec<Strict>>(sent, "/data").unwrap();
    assert_eq!(items, [Strict { id: 1 }, Strict { id: 2 }]);
    let mut places: Vec<_> = drift.iter().map(|d| d.pointer.as_str()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        ["/data/1", "/data/2", "/data/2/id", "/data/3", "/data/3/id"]
    );
    assert!(lenient::<Strict>(b"{}", "").is_err());
    assert!(lenient::<i64>(b"\"x\"", "").is_err());
}

#[test]
fn a_page_of_one_mismatch_is_mended_at_once() {
    let items: Vec<_> = (0..2_000)
        .map(|i| json!({"id": i.to_string(), "price": {}, "name": i}))
        .collect();
    let sent = Value::from(items).to_string();
    let (fans, drift) = lenient::<Vec<Fan>>(sent.as_bytes(), "").unwrap();
    assert_eq!(
        (fans.len(), fans[1_999].id, fans[1_999].name.as_deref()),
        (2_000, Some(1_999), Some("1999"))
    );
    assert_eq!(drift.len(), 6_000);
}

#[test]
fn a_type_without_an_empty_value_has_none() {
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

/// Whether every known member of `sent` is in `typed` by value, or in the drift.
fn nothing_lost(sent: &Value, typed: &Value, at: &str, drift: &[Drift]) -> Result<(), String> {
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
                nothing_lost(member, kept.get(name).unwrap_or(&Value::Null), &at, drift)
            })
        }
        (Value::Array(items), Value::Array(kept)) => {
            let gone = |i: usize| {
                drift
                    .iter()
                    .any(|d| d.pointer == format!("{at}/{i}") && !d.is_converted)
            };
            let mut kept = kept.iter();
            (0..items.len()).filter(|i| !gone(*i)).try_for_each(|i| {
                let kept = kept
                    .next()
                    .ok_or_else(|| format!("{at}/{i}: an item is gone"))?;
                nothing_lost(&items[i], kept, &format!("{at}/{i}"), drift)
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
    fn any_object_gives_a_value_and_loses_nothing(sent in any_json().prop_filter("an object", Value::is_object)) {
        let (fan, drift) = lenient::<Fan>(sent.to_string().as_bytes(), "").unwrap();
        let typed = serde_json::to_value(&fan).unwrap();
        nothing_lost(&sent, &typed, "", &drift).map_err(TestCaseError::fail)?;
        for place in &drift {
            prop_assert!(sent.pointer(&place.pointer).is_some(), "{} is no place of {}", place.pointer, sent);
        }
        // Mended once, it fits.
        let (again, none) = lenient::<Fan>(typed.to_string().as_bytes(), "").unwrap();
        prop_assert_eq!((again, none.len()), (fan, 0));
    }

    #[test]
    fn any_list_gives_a_list(sent in prop::collection::vec(any_json(), 0..8)) {
        let (fans, drift) = lenient::<Vec<Fan>>(Value::from(sent.clone()).to_string().as_bytes(), "/data").unwrap();
        prop_assert_eq!(fans.len() + drift.iter().filter(|d| d.pointer.matches('/').count() == 2 && !d.is_converted).count(), sent.len());
    }
}

/// Some in the gate, more when asked for by the variable that proptest knows.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(512)
}

#[test]
fn what_a_review_found_stays_mended() {
    // A map of many values of one wrong kind is mended at once, under its own keys.
    let sent: Value = Value::Object(
        (0..3_000)
            .map(|i| (format!("k{i}"), json!(i.to_string())))
            .collect(),
    );
    let (map, drift) = lenient::<BTreeMap<String, i64>>(sent.to_string().as_bytes(), "").unwrap();
    assert_eq!(
        (map.len(), map["k2999"], drift.len()),
        (3_000, 2_999, 3_000)
    );

    // A doubled member: the last one counts, and it is told.
    let (fan, drift) = lenient::<Fan>(br#"{"id":1,"best":{"name":"a","name":"b"}}"#, "").unwrap();
    assert_eq!(fan.best.unwrap().name.as_deref(), Some("b"));
    assert_eq!(
        told(&drift),
        ["/best: expected each member once, found a member twice; converted"]
    );

    // Text that is JSON but that no value can hold is no fault of syntax.
    let failure = lenient::<Fan>(br#"{"id":"5","unknown":"\ud83d"}"#, "").unwrap_err();
    assert_eq!(failure.syntax, None);

    // What a float cannot hold is not called converted.
    for (sent, name) in [
        (r#"{"name":123456789012345678901}"#, "/name"),
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
