//! Cleans up descriptions so that rustdoc renders them as intended.
//!
//! Before: `<code>Y-m-d</code>`, `<aside class="warning">`, `[Deprecated] Scrape …`, bare URLs, `{account}` in
//! brackets, lines indented by four spaces. After: Markdown without HTML, and without anything that rustdoc would
//! treat as a link or a test. A summary that starts with `[Deprecated]` sets `deprecated`.

use serde_json::{Map, Value};

use crate::Report;
use crate::walk::{operations, schemas};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    if let Some(info) = root.get_mut("info").and_then(Value::as_object_mut) {
        clean(info, "description");
    }
    operations(root, |operation| {
        let summary = operation
            .members
            .get("summary")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if let Some(rest) = summary.trim_start().strip_prefix("[Deprecated]") {
            report.note(
                &operation.at.child("summary"),
                Some(&operation.id),
                "summary that starts with `[Deprecated]` -> deprecated",
            );
            let rest = Value::from(rest.trim());
            operation.members.insert("summary".to_owned(), rest);
            operation
                .members
                .insert("deprecated".to_owned(), true.into());
        }
        clean(operation.members, "summary");
        clean(operation.members, "description");
        for holder in operation
            .members
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(parameter) = holder.as_object_mut() {
                clean(parameter, "description");
            }
        }
        if let Some(body) = operation
            .members
            .get_mut("requestBody")
            .and_then(Value::as_object_mut)
        {
            clean(body, "description");
        }
    });
    schemas(root, |schema, _| {
        if let Some(members) = schema.as_object_mut() {
            clean(members, "description");
        }
    });
}

fn clean(holder: &mut Map<String, Value>, member: &str) {
    if let Some(Value::String(text)) = holder.get(member) {
        let clean = markdown(text);
        if clean.is_empty() {
            holder.shift_remove(member);
        } else {
            holder.insert(member.to_owned(), clean.into());
        }
    }
}

/// Converts `text` to Markdown that causes neither rustdoc warnings nor doc tests.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::new();
    let mut in_fence = false;
    for line in without_html(text).lines() {
        let line = line.trim();
        if let Some(language) = line.strip_prefix("```") {
            // rustdoc runs a fence without a language as a test.
            let language = if in_fence || !language.is_empty() && language != "rust" {
                language
            } else {
                "text"
            };
            out.push_str(&format!("```{}\n", if in_fence { "" } else { language }));
            in_fence = !in_fence;
        } else if in_fence {
            out.push_str(line);
            out.push('\n');
        } else {
            escape(line, &mut out);
            out.push('\n');
        }
    }
    if in_fence {
        out.push_str("```\n");
    }
    out.trim().to_owned()
}

/// Converts the HTML tags that have a Markdown equivalent, and drops the others.
fn without_html(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut link = None;
    while let Some(start) = rest.find(['<', '`']) {
        out.push_str(&rest[..start]);
        if rest[start..].starts_with('`') {
            // Code stays as it is.
            let end = rest[start + 1..]
                .find('`')
                .map_or(start + 1, |length| start + length + 2);
            out.push_str(&rest[start..end]);
            rest = &rest[end..];
            continue;
        }
        let after = &rest[start + 1..];
        let Some((tag, tail)) = after.split_once('>').filter(|(tag, _)| is_tag(tag)) else {
            out.push('<');
            rest = after;
            continue;
        };
        let name = tag
            .trim_matches('/')
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match (name.as_str(), tag.starts_with('/')) {
            ("code" | "tt", _) => out.push('`'),
            ("strong" | "b", _) => out.push_str("**"),
            ("em" | "i", _) => out.push('*'),
            ("a", false) => {
                link = tag
                    .split_once("href=")
                    .map(|(_, href)| href.trim_matches(['"', '\'']).to_owned())
                    .inspect(|_| out.push('['))
            }
            ("a", true) => {
                if let Some(href) = link.take() {
                    out.push_str(&format!("]({href})"));
                }
            }
            ("li", false) => out.push_str("\n- "),
            ("aside" | "p" | "div" | "ul" | "ol" | "br" | "small", _) => out.push('\n'),
            _ => {}
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Returns whether the text between `<` and `>` is a tag and not a comparison or a placeholder.
fn is_tag(tag: &str) -> bool {
    const KNOWN: [&str; 18] = [
        "a", "aside", "b", "br", "code", "div", "em", "i", "li", "ol", "p", "small", "span",
        "strong", "tt", "u", "ul", "wbr",
    ];
    let name = tag
        .trim_matches('/')
        .split_whitespace()
        .next()
        .unwrap_or_default();
    KNOWN.contains(&name.to_ascii_lowercase().as_str())
}

/// Appends a line, escaping everything that rustdoc would treat as a link or a tag.
fn escape(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '`' {
            if let Some((code, tail)) = after.split_once('`') {
                out.push_str(&format!("`{code}`"));
                rest = tail;
                continue;
            }
            out.push_str("\\`");
        } else if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|c: char| c.is_whitespace() || "<>()[]\"'`".contains(c))
                .unwrap_or(rest.len());
            let url = rest[..end].trim_end_matches(['.', ',', ';', ':']);
            // A URL template is not a link.
            if url.contains(['{', '}']) {
                out.push_str(&format!("`{url}`"))
            } else {
                out.push_str(&format!("<{url}>"))
            }
            rest = &rest[url.len()..];
            continue;
        } else if c == '[' {
            if let Some(link) = inline_link(rest) {
                out.push_str(link);
                rest = &rest[link.len()..];
                continue;
            }
            out.push_str("\\[");
        } else if matches!(c, ']' | '<' | '>' | '\\') {
            out.push('\\');
            out.push(c);
        } else {
            out.push(c);
        }
        rest = after;
    }
}

/// Returns the `[text](https://…)` at the start of `rest`, if any.
fn inline_link(rest: &str) -> Option<&str> {
    let (text, tail) = rest[1..].split_once("](")?;
    let (url, _) = tail.split_once(')')?;
    let plain = !text.contains(['[', ']', '<', '>'])
        && (url.starts_with("https://") || url.starts_with("http://"));
    plain.then(|| &rest[..text.len() + url.len() + 4])
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn escapes_what_rustdoc_would_treat_as_a_link_a_tag_or_a_test() {
        for (text, expected) in [
            ("Must be in <code>Y-m-d</code>.", "Must be in `Y-m-d`."),
            ("A list [a, b] of {x}", "A list \\[a, b\\] of {x}"),
            (
                "See https://example.com/a, please",
                "See <https://example.com/a>, please",
            ),
            (
                "At https://example.com/{id}/x",
                "At `https://example.com/{id}/x`",
            ),
            (
                "See [the page](https://example.com/a).",
                "See [the page](https://example.com/a).",
            ),
            (
                "<a href=\"https://example.com\">here</a>",
                "[here](https://example.com)",
            ),
            ("1 < 2 and Vec<T>", "1 \\< 2 and Vec\\<T\\>"),
            ("one ` tick", "one \\` tick"),
            ("`a[0]<b>` stays", "`a[0]<b>` stays"),
            ("<aside class=\"warning\">Mind</aside>", "Mind"),
            ("a\n    b", "a\nb"),
            ("```\ncode\n```", "```text\ncode\n```"),
            ("```rust\nlet x;\n", "```text\nlet x;\n```"),
        ] {
            assert_eq!(markdown(text), expected);
        }
    }

    #[test]
    fn deprecated_summaries_set_the_flag() {
        let (root, lines) = crate::passes::test_run(
            "descriptions",
            "paths: {/a: {get: {operationId: a, summary: '[Deprecated] Scrape', description: ''}}}",
        );
        let operation = &root["paths"]["/a"]["get"];
        assert_eq!(
            (&operation["summary"], &operation["deprecated"]),
            (&"Scrape".into(), &true.into())
        );
        assert!(operation.get("description").is_none());
        assert_eq!(lines.len(), 1);
    }
}
