//! Parses JSON with the irregularities that networks and PHP introduce: a byte order mark, unpaired surrogates, bytes
//! that are not UTF-8, and numbers that no Rust type can represent.

use hifijson::num::LexWrite as _;
use hifijson::str::LexWrite as _;
use hifijson::token::Lex as _;
use hifijson::{Expect, Read as _, SliceLexer, escape, escape::Lex as _};
use serde_json::{Map, Number, Value};

/// The same nesting limit as in serde_json.
const MAX_DEPTH: u32 = 128;

/// Returns `body` without its leading byte order mark, if there is one.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Parses `body`. Returns `None` if its structure is not valid JSON.
///
/// In strings, unpaired surrogates and bytes that are not UTF-8 become U+FFFD. Numbers out of range become strings.
pub(crate) fn parse(body: &[u8]) -> Option<Value> {
    let body = without_byte_order_mark(body);
    if let Ok(value) = serde_json::from_slice(body) {
        return Some(value);
    }
    let mut lexer = SliceLexer::new(body);
    lexer
        .exactly_one(SliceLexer::ws_peek, |next, lexer| {
            value(next, lexer, MAX_DEPTH)
        })
        .ok()
}

fn value(next: u8, lexer: &mut SliceLexer<'_>, depth: u32) -> Result<Value, hifijson::Error> {
    let depth = depth.checked_sub(1).ok_or(hifijson::Error::Depth)?;
    match next {
        b'a'..=b'z' => match lexer.null_or_bool().ok_or(Expect::Value)? {
            Some(flag) => Ok(Value::Bool(flag)),
            None => Ok(Value::Null),
        },
        b'0'..=b'9' | b'-' => {
            let (text, _) = lexer.num_string().validated()?;
            let number: Option<Number> = text.parse().ok();
            Ok(number.map_or_else(|| Value::from(text), Value::Number))
        }
        b'"' => Ok(Value::String(string(lexer.discarded())?)),
        b'[' => {
            let mut items = Vec::new();
            lexer
                .discarded()
                .seq(b']', SliceLexer::ws_peek, |next, lexer| {
                    items.push(value(next, lexer, depth)?);
                    Ok::<_, hifijson::Error>(())
                })?;
            Ok(Value::Array(items))
        }
        b'{' => {
            let mut members = Map::new();
            lexer
                .discarded()
                .seq(b'}', SliceLexer::ws_peek, |next, lexer| {
                    lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
                    let name = string(lexer)?;
                    lexer
                        .expect(SliceLexer::ws_peek, b':')
                        .ok_or(Expect::Colon)?;
                    let next = lexer.ws_peek().ok_or(Expect::Value)?;
                    members.insert(name, value(next, lexer, depth)?);
                    Ok::<_, hifijson::Error>(())
                })?;
            Ok(Value::Object(members))
        }
        _ => Err(Expect::Value.into()),
    }
}

/// Reads a string whose opening quotation mark has been consumed.
pub(super) fn string(lexer: &mut SliceLexer<'_>) -> Result<String, hifijson::Error> {
    let text = lexer.str_fold(
        String::new(),
        |bytes, text: &mut String| {
            text.push_str(&String::from_utf8_lossy(bytes));
            Ok::<_, hifijson::str::Error>(())
        },
        |lexer, text| {
            let kind = lexer.take_next().ok_or(escape::Error::Eof)?;
            let digits = lexer.as_slice();
            match lexer.escape(kind) {
                Ok(character) => text.push(character),
                Err(escape::Error::InvalidChar(_) | escape::Error::ExpectedLowSurrogate) => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    // The lexer may have read the next escape sequence while it looked for the second surrogate.
                    *lexer = SliceLexer::new(digits.get(4..).unwrap_or_default());
                }
                Err(error) => return Err(error.into()),
            }
            Ok(())
        },
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parses_what_serde_json_rejects_in_strings_and_numbers() {
        for (body, value) in [
            (b"\xEF\xBB\xBF{\"a\": 1}".as_slice(), json!({"a": 1})),
            (
                br#"["\ud83d", "\ude00", "\ud83d\ude00"]"#,
                json!(["\u{fffd}", "\u{fffd}", "\u{1f600}"]),
            ),
            (
                br#"["\ud83d\u0041", "\ud83d\n", "\ud83d\ud83d\ude00"]"#,
                json!(["\u{fffd}A", "\u{fffd}\n", "\u{fffd}\u{1f600}"]),
            ),
            (b"{\"a\xFF\": \"b\xC3\"}", json!({"a\u{fffd}": "b\u{fffd}"})),
            (
                b"[1e999, -5, 0.5, \"\\ud800\"]",
                json!(["1e999", -5, 0.5, "\u{fffd}"]),
            ),
            (
                b" [true, null, {}, [], \"\xFF\"] ",
                json!([true, null, {}, [], "\u{fffd}"]),
            ),
        ] {
            assert_eq!(parse(body), Some(value), "{}", body.escape_ascii());
        }
    }

    #[test]
    fn rejects_what_is_not_json() {
        for body in [
            b"".as_slice(),
            b"<html>",
            b"{",
            b"[1,]",
            b"[01]",
            b"{\"a\" 1}",
            b"{} {}",
            b"\"\\x\"",
            b"[\"\xFF\", nul]",
            b"\"\\ud8",
        ] {
            assert_eq!(parse(body), None, "{}", body.escape_ascii());
        }
        let deep = [b"[\"\xFF\",".as_slice(), &b"[".repeat(100_000)].concat();
        assert_eq!(parse(&deep), None);
    }
}
