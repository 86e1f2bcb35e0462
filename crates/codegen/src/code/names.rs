//! Rust names for names of the document, by the same rule that progenitor and typify use.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::Ident;
use quote::format_ident;

use crate::passes::words;

/// Methods that every builder has; an argument of this name gets an underscore.
const RESERVED: [&str; 8] = [
    "new", "with", "fetch", "fetch_as", "stream", "request", "body", "clone",
];

/// What the modules of the builders import, and what their code says of the prelude.
const OF_BUILDERS: [&str; 22] = [
    "Body",
    "Box",
    "CallOptions",
    "Clone",
    "Debug",
    "Draft",
    "Err",
    "Error",
    "Fetch",
    "FilePart",
    "From",
    "Into",
    "Ok",
    "Opening",
    "Option",
    "RequestPreview",
    "Result",
    "Self",
    "Send",
    "Some",
    "String",
    "Vec",
];

/// The name of an operation's builder.
pub(super) fn builder(operation: &str) -> Ident {
    let name = pascal(operation).to_string();
    if OF_BUILDERS.contains(&name.as_str()) {
        format_ident!("{name}Call")
    } else {
        format_ident!("{name}")
    }
}

/// The name of an operation's description; `ALL` is the list of them.
pub(super) fn description(operation: &str) -> Ident {
    let name = shouty(operation);
    if name == "ALL" {
        format_ident!("ALL_CALL")
    } else {
        name
    }
}

/// A function or variable name.
pub(super) fn snake(name: &str) -> String {
    valid(&separated(name).to_snake_case())
}

/// The module of a tag; `other` for operations without one.
pub(super) fn module(tag: &str) -> String {
    if tag.chars().any(char::is_alphanumeric) {
        snake(tag)
    } else {
        "other".to_owned()
    }
}

/// A type name.
fn pascal(name: &str) -> Ident {
    format_ident!("{}", valid(&separated(name).to_pascal_case()))
}

/// The name of a static.
fn shouty(name: &str) -> Ident {
    format_ident!("{}", valid(&separated(name).to_shouty_snake_case()))
}

/// The name of a setter among `taken`, which it joins.
pub(super) fn setter(name: &str, prefix: &str, taken: &mut Vec<String>) -> String {
    let plain = snake(name);
    let long = || snake(&format!("{prefix} {name}"));
    let is_free = |name: &String| !RESERVED.contains(&name.as_str()) && !taken.contains(name);
    let name = [plain.clone(), long()]
        .into_iter()
        .chain((2..).map(|n| format!("{}_{n}", long().trim_end_matches('_'))))
        .find(is_free)
        .unwrap_or(plain);
    taken.push(name.clone());
    name
}

/// A name in ASCII letters, of bearable length.
fn separated(name: &str) -> String {
    let sign = match name.chars().next() {
        Some('+') => "plus ",
        Some('-') => "minus ",
        _ => "",
    };
    let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let name = words::ascii(name).replace('\'', "");
    let name = format!("{sign}{name}").replace(|c: char| !word(c), "-");
    words::shortened(&name, 120)
}

pub(super) fn valid(name: &str) -> String {
    let name = match name.chars().next() {
        None => "x".to_owned(),
        Some(c) if c == '_' || c.is_alphabetic() => name.to_owned(),
        Some(_) => format!("_{name}"),
    };
    // A keyword does not parse as an identifier.
    if syn::parse_str::<Ident>(&name).is_ok() && name != "gen" && name != "_" {
        name
    } else {
        format!("{name}_")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_valid_and_given_once() {
        assert_eq!(super::snake("filter[online]"), "filter_online");
        assert_eq!(super::snake("type"), "type_");
        assert_eq!(super::snake("240"), "_240");
        let mut taken = Vec::new();
        let mut setter = |name, prefix| super::setter(name, prefix, &mut taken);
        assert_eq!(setter("story_id", "path"), "story_id");
        assert_eq!(setter("story_id", "body"), "body_story_id");
        assert_eq!(setter("body", "body"), "body_body");
        assert_eq!(setter("with", "query"), "query_with");
        assert_eq!(setter("storyId", "body"), "body_story_id_2");
    }
}
