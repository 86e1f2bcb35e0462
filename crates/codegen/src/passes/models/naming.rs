//! Names for classes: short, descriptive and unique.
//!
//! A name from the overlay takes precedence, then the name used for earlier documents. Otherwise a class is named
//! after the property that contains it (`AvatarThumbs`), or after the noun of the operations that return it
//! (`list_smart_links` -> `SmartLink`). A name that is taken, generic, or ends in a digit gets the name of the
//! containing class as a prefix.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::ToPascalCase;

use super::classes::{Classes, Occurrence, held};
use crate::passes::references::{RESERVED, unique_type_name};

/// Words that are too generic to be a name on their own.
const GENERIC_WORDS: [&str; 22] = [
    "Data", "List", "Lists", "Item", "Items", "Response", "Result", "Results", "Value", "Values",
    "Row", "Rows", "Object", "Info", "Meta", "Type", "Total", "Totals", "Full", "Summary", "Stats",
    "Counts",
];

/// Verbs that operation names start with.
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

/// Returns the name of every class, in the order of the classes.
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
    // The least nested and most used classes first, so that they get the short names.
    order.sort_by_key(|class| {
        let occurrences = classes.occurrences(*class);
        let operations: BTreeSet<_> = occurrences
            .iter()
            .map(|occurrence| &occurrence.operation)
            .collect();
        let depth = occurrences
            .iter()
            .map(|occurrence| occurrence.path.len())
            .min()
            .unwrap_or_default();
        (depth, std::cmp::Reverse(operations.len()), occurrences)
    });
    for class in &order {
        if names.contains_key(class) {
            continue;
        }
        let name = candidates(classes, *class, &holders, &names)
            .into_iter()
            .find(|name| is_good(name) && !taken.contains(name))
            .unwrap_or_else(|| {
                let occurrences = classes.occurrences(*class);
                let name = occurrences
                    .first()
                    .map_or("", |occurrence| occurrence.name.as_str());
                unique_type_name(&format!("{name} answer"), &mut taken)
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
    !GENERIC_WORDS.contains(&name)
        && !RESERVED.contains(&name)
        && name.is_ascii()
        && name.len() <= 80
        && !name.ends_with(|c: char| c.is_ascii_digit())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Returns candidate names for a class, best first. The last candidates are always valid.
fn candidates(
    classes: &Classes,
    class: usize,
    holders: &BTreeMap<usize, BTreeSet<usize>>,
    names: &BTreeMap<usize, String>,
) -> Vec<String> {
    let occurrences = classes.occurrences(class);
    let own = most_frequent(occurrences.iter().map(own_name));
    let mut found = vec![own.clone()];
    let mut holder_names: Vec<_> = holders
        .get(&class)
        .into_iter()
        .flatten()
        .filter_map(|holder| names.get(holder))
        .collect();
    holder_names.sort_by_key(|name| (name.len(), (*name).clone()));
    found.extend(holder_names.iter().map(|holder| join(holder, &own)));
    if let Some(occurrence) = occurrences.first() {
        found.push(join(&singular(&occurrence.tag.to_pascal_case()), &own));
        found.push(join(&noun(occurrence), &own));
        found.push(join(&occurrence.name.to_pascal_case(), &own));
        found.push(join(
            &occurrence.name.to_pascal_case(),
            &occurrence
                .path
                .join(" ")
                .replace('*', "item")
                .to_pascal_case(),
        ));
        found.push(format!("{}Answer", occurrence.name.to_pascal_case()));
        found.extend((1..100).map(|n| {
            format!(
                "{}Answer{}",
                occurrence.name.to_pascal_case(),
                "X".repeat(n)
            )
        }));
    }
    found
}

/// Prefixes `own` with `holder`, unless it already has that prefix.
fn join(holder: &str, own: &str) -> String {
    if own.starts_with(holder) {
        own.to_owned()
    } else {
        format!("{holder}{own}")
    }
}

/// Returns the name that one occurrence suggests for its class, without the operation's prefix.
fn own_name(occurrence: &Occurrence) -> String {
    let is_item = occurrence.path.last().is_some_and(|step| step == "*");
    match occurrence.path.iter().rev().find(|step| *step != "*") {
        // For a list with a generic name, the items are named after the operation.
        Some(property)
            if is_item && GENERIC_WORDS.contains(&property.to_pascal_case().as_str()) =>
        {
            singular(&noun(occurrence))
        }
        Some(property) => {
            let name = property
                .replace(|c: char| !c.is_alphanumeric(), " ")
                .to_pascal_case();
            if is_item { singular(&name) } else { name }
        }
        None if is_item => singular(&noun(occurrence)),
        None => noun(occurrence),
    }
}

/// Returns the noun of an operation: its name without the verb.
fn noun(occurrence: &Occurrence) -> String {
    let words: Vec<_> = occurrence.name.split('_').collect();
    let rest = match words.split_first() {
        Some((verb, rest)) if VERBS.contains(verb) && !rest.is_empty() => rest,
        _ => &words[..],
    };
    rest.join("_").to_pascal_case()
}

/// Returns the singular of an English plural, using the rules needed for API names.
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

/// Returns, for each class, the classes that have a property of that class.
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
    fn converts_plurals_to_singulars() {
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
