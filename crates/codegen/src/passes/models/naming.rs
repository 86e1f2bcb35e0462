//! Names for classes: short, by what they are, given once.
//!
//! An overlay's name wins, then the one that earlier documents gave. Else a class is called after the
//! property that holds it (`AvatarThumbs`), or after the noun of the operations that answer with it
//! (`list_smart_links` -> `SmartLink`). A name that is taken, says nothing, or ends in a digit gets the
//! holder's name in front.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::ToPascalCase;

use super::classes::{Classes, Place, held};
use crate::passes::references::{RESERVED, given_once};

/// Words that say nothing alone.
const EMPTY_WORDS: [&str; 22] = [
    "Data", "List", "Lists", "Item", "Items", "Response", "Result", "Results", "Value", "Values",
    "Row", "Rows", "Object", "Info", "Meta", "Type", "Total", "Totals", "Full", "Summary", "Stats",
    "Counts",
];

/// Verbs that an operation's name begins with.
const VERBS: [&str; 33] = [
    "add",
    "archive",
    "attach",
    "calculate",
    "cancel",
    "check",
    "count",
    "create",
    "delete",
    "disable",
    "disconnect",
    "edit",
    "enable",
    "generate",
    "get",
    "hide",
    "like",
    "list",
    "mark",
    "poll",
    "post",
    "publish",
    "refresh",
    "remove",
    "rename",
    "retrieve",
    "search",
    "send",
    "set",
    "show",
    "start",
    "update",
    "view",
];

/// The name of every class, in the order of the classes.
pub(super) fn names(classes: &Classes, taken: Vec<String>) -> Vec<(usize, String)> {
    let mut taken: HashSet<String> = taken.into_iter().collect();
    let mut names: BTreeMap<usize, String> = BTreeMap::new();
    for class in classes.all() {
        if let Some(name) = classes.known_as(class) {
            names.insert(class, name.to_owned());
            taken.insert(name.to_owned());
        }
    }
    let holders = holders(classes);
    let mut order = classes.all();
    // The most used first, so that they get the short names.
    order.sort_by_key(|class| {
        let places = classes.places(*class);
        let operations: BTreeSet<_> = places.iter().map(|place| &place.operation).collect();
        let depth = places
            .iter()
            .map(|place| place.path.len())
            .min()
            .unwrap_or_default();
        (depth, std::cmp::Reverse(operations.len()), places)
    });
    for class in &order {
        if names.contains_key(class) {
            continue;
        }
        let name = candidates(classes, *class, &holders, &names)
            .into_iter()
            .find(|name| is_good(name) && !taken.contains(name))
            .unwrap_or_else(|| {
                let places = classes.places(*class);
                let name = places.first().map_or("", |place| place.name.as_str());
                given_once(&format!("{name} answer"), &mut taken)
            });
        taken.insert(name.clone());
        names.insert(*class, name);
    }
    classes
        .all()
        .into_iter()
        .filter_map(|class| Some((class, names.get(&class)?.clone())))
        .collect()
}

fn is_good(name: &str) -> bool {
    !EMPTY_WORDS.contains(&name)
        && !RESERVED.contains(&name)
        && name.is_ascii()
        && name.len() <= 80
        && !name.ends_with(|c: char| c.is_ascii_digit())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Names for a class, the best first; the last ones always serve.
fn candidates(
    classes: &Classes,
    class: usize,
    holders: &BTreeMap<usize, BTreeSet<usize>>,
    names: &BTreeMap<usize, String>,
) -> Vec<String> {
    let places = classes.places(class);
    let own = most_frequent(places.iter().map(own_name));
    let mut found = vec![own.clone()];
    let mut holder_names: Vec<_> = holders
        .get(&class)
        .into_iter()
        .flatten()
        .filter_map(|holder| names.get(holder))
        .collect();
    holder_names.sort_by_key(|name| (name.len(), (*name).clone()));
    found.extend(holder_names.iter().map(|holder| join(holder, &own)));
    if let Some(place) = places.first() {
        found.push(join(&singular(&place.tag.to_pascal_case()), &own));
        found.push(join(&noun(place), &own));
        found.push(join(&place.name.to_pascal_case(), &own));
        found.push(join(
            &place.name.to_pascal_case(),
            &place.path.join(" ").replace('*', "item").to_pascal_case(),
        ));
        found.push(format!("{}Answer", place.name.to_pascal_case()));
        found.extend(
            (1..100).map(|n| format!("{}Answer{}", place.name.to_pascal_case(), "X".repeat(n))),
        );
    }
    found
}

/// `holder` and `own`, without saying a word twice where they meet.
fn join(holder: &str, own: &str) -> String {
    if own.starts_with(holder) {
        own.to_owned()
    } else {
        format!("{holder}{own}")
    }
}

/// What a class is called at one place.
fn own_name(place: &Place) -> String {
    let is_item = place.path.last().is_some_and(|step| step == "*");
    match place.path.iter().rev().find(|step| *step != "*") {
        // A list of the answer's own: the operation says what is in it.
        Some(property) if is_item && EMPTY_WORDS.contains(&property.to_pascal_case().as_str()) => {
            singular(&noun(place))
        }
        Some(property) => {
            let name = property
                .replace(|c: char| !c.is_alphanumeric(), " ")
                .to_pascal_case();
            if is_item { singular(&name) } else { name }
        }
        None if is_item => singular(&noun(place)),
        None => noun(place),
    }
}

/// What an operation is about: its name without the verb.
fn noun(place: &Place) -> String {
    let words: Vec<_> = place.name.split('_').collect();
    let rest = match words.split_first() {
        Some((verb, rest)) if VERBS.contains(verb) && !rest.is_empty() => rest,
        _ => &words[..],
    };
    rest.join("_").to_pascal_case()
}

/// The singular of an English plural, by the rules that the names of APIs need.
fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        format!("{stem}y")
    } else if ["ses", "xes", "ches", "shes"]
        .iter()
        .any(|end| name.ends_with(end))
        && !name.ends_with("ases")
    {
        name[..name.len() - 2].to_owned()
    } else if name.ends_with('s') && !["ss", "us", "is"].iter().any(|end| name.ends_with(end)) {
        name[..name.len() - 1].to_owned()
    } else {
        name.to_owned()
    }
}

fn most_frequent(names: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let best = counts
        .into_iter()
        .min_by_key(|(name, count)| (std::cmp::Reverse(*count), name.len(), name.clone()));
    best.map(|(name, _)| name).unwrap_or_default()
}

/// For each class, the classes that have a property of it.
fn holders(classes: &Classes) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut holders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for class in classes.all() {
        for schema in classes.properties(class).values() {
            if let Some(class_held) = held(schema) {
                holders
                    .entry(classes.find(class_held))
                    .or_default()
                    .insert(class);
            }
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    #[test]
    fn plurals_have_singulars() {
        for (plural, singular) in [
            ("Chats", "Chat"),
            ("Countries", "Country"),
            ("Boxes", "Box"),
            ("Status", "Status"),
            ("Media", "Media"),
            ("Purchases", "Purchase"),
            ("Addresses", "Address"),
        ] {
            assert_eq!(super::singular(plural), singular);
        }
    }
}
