//! Rust names for the names in the document, by the same rules as in progenitor and typify.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::Ident;
use quote::format_ident;

use crate::passes::words;

/// The methods of every builder. A setter with the same name gets a prefix.
const RESERVED: [&str; 9] = [
    "new",
    "with",
    "send",
    "send_as",
    "stream",
    "preview",
    "body",
    "clone",
    "into_future",
];

/// Names that the builder modules import or use from the prelude. A builder with the same name gets a suffix.
const RESERVED_TYPES: [&str; 25] = [
    "Body",
    "Box",
    "CallOptions",
    "Clone",
    "Debug",
    "DownloadFuture",
    "Err",
    "Error",
    "FilePart",
    "From",
    "Into",
    "IntoArgument",
    "IntoFuture",
    "Ok",
    "Option",
    "Reply",
    "ReplyFuture",
    "RequestBuilder",
    "RequestPreview",
    "Result",
    "Self",
    "Send",
    "Some",
    "String",
    "Vec",
];

/// Returns the type name of an operation's builder.
pub(super) fn builder(operation: &str) -> Ident {
    let name = pascal(operation).to_string();
    if RESERVED_TYPES.contains(&name.as_str()) {
        format_ident!("{name}Call")
    } else {
        format_ident!("{name}")
    }
}

/// Returns the name of an operation's static description. `ALL` is reserved for the list of all descriptions.
pub(super) fn description(operation: &str) -> Ident {
    let name = shouty(operation);
    if name == "ALL" {
        format_ident!("ALL_CALL")
    } else {
        name
    }
}

/// Returns a name for a function, variable or module.
pub(super) fn snake(name: &str) -> String {
    valid(&separated(name).to_snake_case())
}

/// Returns the module name of a tag; `other` for operations without a tag.
pub(super) fn module(tag: &str) -> String {
    if tag.chars().any(char::is_alphanumeric) {
        snake(tag)
    } else {
        "other".to_owned()
    }
}

/// Returns a name for a type.
fn pascal(name: &str) -> Ident {
    format_ident!("{}", valid(&separated(name).to_pascal_case()))
}

/// Returns a name for a static.
fn shouty(name: &str) -> Ident {
    format_ident!("{}", valid(&separated(name).to_shouty_snake_case()))
}

/// Returns a setter name that is not in `taken`, and adds it to `taken`.
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

/// Returns `name` in ASCII, with `-` between words and limited to 120 characters.
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

/// Returns `name`, extended by an underscore if it is not a valid identifier.
pub(super) fn valid(name: &str) -> String {
    let name = match name.chars().next() {
        None => "x".to_owned(),
        Some(c) if c == '_' || c.is_alphabetic() => name.to_owned(),
        Some(_) => format!("_{name}"),
    };
    // Keywords do not parse as identifiers.
    if syn::parse_str::<Ident>(&name).is_ok() && name != "gen" && name != "_" {
        name
    } else {
        format!("{name}_")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_valid_and_unique() {
        assert_eq!(super::snake("filter[online]"), "filter_online");
        assert_eq!(super::snake("type"), "type_");
        assert_eq!(super::snake("240"), "_240");
        let mut taken = Vec::new();
        let mut setter = |name, prefix| super::setter(name, prefix, &mut taken);
        assert_eq!(setter("story_id", "path"), "story_id");
        assert_eq!(setter("story_id", "body"), "body_story_id");
        assert_eq!(setter("body", "body"), "body_body");
        assert_eq!(setter("with", "query"), "query_with");
        assert_eq!(setter("send", "query"), "query_send");
        assert_eq!(setter("storyId", "body"), "body_story_id_2");
    }
}
