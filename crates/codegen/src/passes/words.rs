//! Converts text from the document to Rust names: ASCII, and of limited length.

use heck::ToPascalCase;

use crate::Pointer;

/// Transliterates `text` to ASCII.
pub(crate) fn ascii(text: &str) -> String {
    if text.is_ascii() {
        text.to_owned()
    } else {
        deunicode::deunicode(text)
    }
}

/// Converts `text` to the name of a type or variant, of limited length.
pub(crate) fn pascal(text: &str) -> String {
    let words = ascii(text).replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    settled(&shortened(&words.to_pascal_case(), 80))
}

/// Returns the name of a part of an operation: the name of a parameter, `body` or `response`.
pub(crate) fn part(at: &Pointer, parameters: &[String]) -> String {
    let mut tokens = at.tokens().skip(3);
    match tokens.next().as_deref() {
        Some("parameters") => tokens
            .next()
            .and_then(|index| parameters.get(index.parse::<usize>().ok()?).cloned())
            .unwrap_or_else(|| "parameter".to_owned()),
        Some("requestBody") => "body".to_owned(),
        _ => "response".to_owned(),
    }
}

/// Returns the name of a step into a schema: the name of a property, `item` or `value`.
pub(crate) fn step(at: &Pointer) -> String {
    match at.as_str() {
        "/items" => "item".to_owned(),
        "/additionalProperties" => "value".to_owned(),
        _ => at.split_last().map(|(_, token)| token).unwrap_or_default(),
    }
}

/// Shortens an ASCII `name` to at most `most` bytes, at a word boundary if possible.
pub(crate) fn shortened(name: &str, most: usize) -> String {
    let Some(head) = name.get(..most).filter(|_| name.len() > most) else {
        return name.to_owned();
    };
    let next = name[most..].chars().next();
    let is_start = |c: char| c == '_' || c.is_ascii_uppercase();
    let cut = if next.is_some_and(is_start) {
        most
    } else {
        head.rfind(is_start)
            .filter(|at| *at > most / 2)
            .unwrap_or(most)
    };
    head[..cut].trim_end_matches('_').to_owned()
}

/// Makes a type or variant name stable under the generator's case conversion, which would turn `AAa` into `Aaa`.
fn settled(name: &str) -> String {
    let mut name = name.to_owned();
    loop {
        let again = name.to_pascal_case();
        if again == name {
            return name;
        }
        name = again;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn shortens_names_at_word_boundaries() {
        assert_eq!(super::shortened("short", 10), "short");
        assert_eq!(super::shortened("list_things_of_all", 14), "list_things_of");
        assert_eq!(super::shortened("list_things_of_all", 13), "list_things");
        assert_eq!(super::shortened("ListThingsOfAll", 11), "ListThings");
        assert_eq!(super::shortened(&"x".repeat(30), 10), "x".repeat(10));
        assert_eq!(super::ascii("Чаты"), "Chaty");
    }
}
