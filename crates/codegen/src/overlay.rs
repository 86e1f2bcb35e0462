//! OpenAPI Overlay 1.0: corrections to a document, applied before all passes.
//!
//! For example, `{target: $.paths['/x'].post, remove: true}` removes an operation that clients should not use, and the
//! action's description becomes the reason in the report. Targets are RFC 9535 JSONPath expressions. An action that
//! matches nothing is an error, because its correction would otherwise be silently lost.

use std::fmt;
use std::path::Path;

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::tree::{kind, merge, operation_at, plain};
use crate::{Document, Error, Pointer, Report};

/// A parsed overlay: a list of actions that change a document.
#[derive(Clone, Debug)]
pub struct Overlay {
    document: Document,
    actions: Vec<Action>,
}

#[derive(Clone, Debug)]
struct Action {
    target: String,
    path: JsonPath,
    description: String,
    change: Change,
    at: Pointer,
}

/// An overlay action that has no effect on a document or cannot be applied to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IneffectiveAction {
    /// The location of the action in the overlay.
    pub pointer: Pointer,
    /// The target of the action, and why it has no effect.
    pub message: String,
    /// Whether the action can be applied but changes nothing, because the document already contains the change.
    pub is_redundant: bool,
}

impl fmt::Display for IneffectiveAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

#[derive(Clone, Debug)]
enum Change {
    Remove,
    Update(Value),
}

impl Overlay {
    /// Reads a YAML or JSON overlay file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, its syntax is invalid, or it is not a valid overlay.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::from_document(Document::read(path)?)
    }

    /// Parses an overlay from `text`. `file` is the name used in messages.
    ///
    /// # Errors
    ///
    /// Returns an error if the syntax is invalid or the text is not a valid overlay.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        Self::from_document(Document::parse(file, text)?)
    }

    fn from_document(document: Document) -> Result<Self, Error> {
        let root = Pointer::root();
        if let Some(quirk) = document.quirks().first() {
            return Err(document.error(&quirk.pointer, &quirk.description));
        }
        match document.root.get("overlay").map(plain) {
            Some(version) if version.starts_with("1.0") => {}
            Some(version) => {
                return Err(document.error(
                    &root.child("overlay"),
                    format!("overlay version {version} is not supported; 1.0 is required"),
                ));
            }
            None => {
                return Err(document.error(
                    &root,
                    "is not an OpenAPI overlay: it has no member `overlay`",
                ));
            }
        }
        let at = root.child("actions");
        let Some(list) = document.root["actions"].as_array() else {
            return Err(document.error(&at, "must be a list of actions"));
        };
        let actions = list
            .iter()
            .enumerate()
            .map(|(i, action)| Self::action(&document, at.child(i), action))
            .collect::<Result<_, _>>()?;
        Ok(Self { document, actions })
    }

    fn action(document: &Document, at: Pointer, action: &Value) -> Result<Action, Error> {
        let Some(target) = action["target"].as_str() else {
            return Err(document.error(&at, "an action requires a `target` with a JSONPath"));
        };
        let path = JsonPath::parse(target).map_err(|e| {
            document.error(
                &at.child("target"),
                format!("target `{target}` is not a valid RFC 9535 JSONPath: {e}"),
            )
        })?;
        let change = match (action.get("remove"), action.get("update")) {
            (Some(Value::Bool(true)), None) => Change::Remove,
            (None | Some(Value::Bool(false)), Some(update)) => Change::Update(update.clone()),
            _ => {
                return Err(
                    document.error(&at, "an action requires either `update` or `remove: true`")
                );
            }
        };
        let description = action["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(Action {
            target: target.to_owned(),
            path,
            description,
            change,
            at,
        })
    }

    /// Applies the actions to `document`, in order.
    ///
    /// # Errors
    ///
    /// Returns an error that names the action if an action matches nothing or would merge values of different kinds.
    /// In that case, `document` is unchanged.
    pub fn apply(&self, document: &mut Document, report: &mut Report) -> Result<(), Error> {
        report.start("overlay");
        let mut root = document.root.clone();
        for action in &self.actions {
            let matches: Vec<Pointer> = action
                .path
                .query_located(&root)
                .locations()
                .map(|location| location.to_json_pointer().into())
                .collect();
            if matches.is_empty() {
                let target = &action.target;
                return Err(self.document.error(
                    &action.at,
                    format!(
                        "the overlay's target `{target}` matches nothing in {}",
                        document.file()
                    ),
                ));
            }
            // In reverse order, so that removing a list item does not invalidate the remaining pointers.
            for pointer in matches.iter().rev() {
                self.change(&mut root, action, pointer, report)?;
            }
        }
        document.root = root;
        Ok(())
    }

    /// Splits off the actions that have no effect on `document`.
    ///
    /// Returns the overlay without the actions that match nothing in `document` or cannot be applied to it, together
    /// with a list of these actions. The list also contains redundant actions, which stay in the overlay.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Overlay};
    ///
    /// let document = Document::parse("d.yaml", "openapi: 3.0.3\npaths: {}\n")?;
    /// let overlay = Overlay::parse("o.yaml", "overlay: 1.0.0\nactions: [{target: $.paths.x, remove: true}]\n")?;
    /// let (applicable, ineffective) = overlay.applicable_to(&document);
    /// assert_eq!(ineffective[0].to_string(), "/actions/0: `$.paths.x` no longer matches anything");
    /// assert!(applicable.applicable_to(&document).1.is_empty());
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn applicable_to(&self, document: &Document) -> (Self, Vec<IneffectiveAction>) {
        let mut applicable = self.clone();
        applicable.actions.clear();
        let mut ineffective = Vec::new();
        let mut document = document.clone();
        for action in &self.actions {
            let mut single = self.clone();
            single.actions = vec![action.clone()];
            let before = document.root.clone();
            let target = &action.target;
            let mut push = |message: String, is_redundant: bool| {
                ineffective.push(IneffectiveAction {
                    pointer: action.at.clone(),
                    message,
                    is_redundant,
                });
            };
            match single.apply(&mut document, &mut Report::new()) {
                Err(error) => {
                    let message = if error.message.contains("matches nothing") {
                        format!("`{target}` no longer matches anything")
                    } else {
                        error.message
                    };
                    push(message, false);
                    continue;
                }
                Ok(()) if document.root == before => {
                    let message = format!(
                        "`{target}` is no longer needed: the document already contains the change"
                    );
                    push(message, true);
                }
                Ok(()) => {}
            }
            applicable.actions.push(action.clone());
        }
        (applicable, ineffective)
    }

    /// Returns the text of the overlay with the inapplicable actions among `ineffective` commented out.
    ///
    /// Each of them gets a comment that starts with `note` and states the reason. Redundant actions stay as they are.
    /// Returns `None` if every action is applicable.
    ///
    /// # Errors
    ///
    /// Returns an error if an action shares a line with something else and must be removed manually.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Overlay};
    ///
    /// let document = Document::parse("d.yaml", "openapi: 3.0.3\npaths: {/a: {}}\n")?;
    /// let text = "overlay: 1.0.0\nactions:\n- target: $.paths.x\n  remove: true\n- {target: $.paths, update: {}}\n";
    /// let overlay = Overlay::parse("o.yaml", text)?;
    /// let (_, ineffective) = overlay.applicable_to(&document);
    /// let text = overlay.comment_out(&ineffective, "Disabled")?.unwrap();
    /// assert!(text.contains("# Disabled: `$.paths.x` no longer matches anything\n# - target: $.paths.x\n#   remove: true\n- {target"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn comment_out(
        &self,
        ineffective: &[IneffectiveAction],
        note: &str,
    ) -> Result<Option<String>, Error> {
        let removed: Vec<&IneffectiveAction> = ineffective
            .iter()
            .filter(|action| !action.is_redundant)
            .collect();
        if removed.is_empty() {
            return Ok(None);
        }
        let actions = self.actions.iter().map(|action| &action.at);
        let positions = self.document.positions().of(actions);
        let first_lines: Vec<usize> = self
            .actions
            .iter()
            .filter_map(|action| positions.get(&action.at).map(|position| position.line))
            .collect();
        let mut lines: Vec<String> = self.document.text().lines().map(str::to_owned).collect();
        // In reverse order, so that the line numbers of earlier actions stay valid.
        for inapplicable in removed.iter().rev() {
            let not_possible = || {
                let message = format!("{}; remove it manually", inapplicable.message);
                self.document.error(&inapplicable.pointer, message)
            };
            let first = positions
                .get(&inapplicable.pointer)
                .ok_or_else(not_possible)?
                .line;
            let next = first_lines.iter().find(|line| **line > first);
            let end = next.map_or(lines.len(), |next| next - 1);
            let action = lines.get_mut(first - 1..end).ok_or_else(not_possible)?;
            // Keep empty lines and comments: those at the end belong to the next action.
            for line in action {
                if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                    *line = format!("# {line}");
                }
            }
            lines.insert(first - 1, format!("# {note}: {}", inapplicable.message));
        }
        let text = lines.join("\n") + "\n";
        // Verify that exactly the other actions remain, however the file is formatted.
        let left = Self::parse(self.document.file(), &text).map_err(|error| {
            let message = format!(
                "{}; remove the actions that do not apply manually",
                error.message
            );
            Error::new(self.document.file(), message)
        })?;
        let stays = |action: &&Action| {
            !removed
                .iter()
                .any(|inapplicable| inapplicable.pointer == action.at)
        };
        let expected = self
            .actions
            .iter()
            .filter(stays)
            .map(|action| &action.target);
        if !left
            .actions
            .iter()
            .map(|action| &action.target)
            .eq(expected)
        {
            let message =
                "actions that do not apply share lines with other actions; remove them manually";
            return Err(Error::new(self.document.file(), message));
        }
        Ok(Some(text))
    }

    fn change(
        &self,
        root: &mut Value,
        action: &Action,
        pointer: &Pointer,
        report: &mut Report,
    ) -> Result<(), Error> {
        let error = |message: String| self.document.error(&action.at, message);
        let operation = operation_at(root, pointer);
        let why = if action.description.is_empty() {
            String::new()
        } else {
            format!(": {}", action.description)
        };
        match &action.change {
            Change::Remove => {
                let Some((parent, token)) = pointer.split_last() else {
                    return Err(error(
                        "an action cannot remove the whole document".to_owned(),
                    ));
                };
                match root.pointer_mut(parent.as_str()) {
                    Some(Value::Object(members)) => {
                        members.shift_remove(&token);
                    }
                    Some(Value::Array(items)) => {
                        if let Ok(index) = token.parse::<usize>() {
                            items.remove(index);
                        }
                    }
                    _ => {
                        return Err(error(format!(
                            "{pointer} was removed by another match of `{}`",
                            action.target
                        )));
                    }
                }
                report.note(
                    pointer,
                    operation.as_deref(),
                    format!("present -> removed{why}"),
                );
            }
            Change::Update(update) => {
                let Some(node) = root.pointer_mut(pointer.as_str()) else {
                    return Err(error(format!("{pointer} was removed by another action")));
                };
                match node {
                    Value::Array(items) => items.push(update.clone()),
                    Value::Object(_) if update.is_object() => merge(node, update),
                    other => {
                        let (is, with) = (kind(other), kind(update));
                        return Err(error(format!(
                            "{pointer} is {is} and cannot be updated with {with}: only objects and lists can be updated"
                        )));
                    }
                }
                report.note(
                    pointer,
                    operation.as_deref(),
                    format!("as published -> updated{why}"),
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        Document::parse(
            "t.yaml",
            "openapi: 3.0.3\npaths:\n  /a:\n    get: {operationId: getA, tags: [x], responses: {}}\n  /b:\n    get: {operationId: getB, tags: [y], responses: {}}\n",
        )
        .unwrap()
    }

    fn apply(actions: &str) -> Result<(Document, Report), Error> {
        let overlay = Overlay::parse(
            "overlay.yaml",
            &format!("overlay: 1.0.0\nactions:\n{actions}"),
        )?;
        let (mut document, mut report) = (document(), Report::new());
        overlay.apply(&mut document, &mut report)?;
        Ok((document, report))
    }

    #[test]
    fn applies_updates_and_removals() {
        let (document, report) = apply(
            "- {target: \"$.paths['/a'].get\", update: {summary: A, responses: {'200': {}}}}\n- {target: '$.paths.*.get.tags', update: z}\n- {target: \"$.paths['/b']\", description: internal, remove: true}\n",
        )
        .unwrap();
        assert_eq!(
            document.root["paths"],
            json!({"/a": {"get": {"operationId": "getA", "tags": ["x", "z"], "responses": {"200": {}}, "summary": "A"}}})
        );
        let lines: Vec<_> = report.changes().iter().map(ToString::to_string).collect();
        assert!(
            lines[0].contains("/paths/~1a/get: as published -> updated"),
            "{lines:?}"
        );
        assert!(
            lines
                .last()
                .unwrap()
                .contains("/paths/~1b: present -> removed: internal"),
            "{lines:?}"
        );
    }

    #[test]
    fn changes_every_match_of_a_filter() {
        let (document, _) =
            apply("- {target: '$.paths.*.get.tags[?@ == \"x\"]', remove: true}\n").unwrap();
        assert_eq!(document.root["paths"]["/a"]["get"]["tags"], json!([]));
        assert_eq!(document.root["paths"]["/b"]["get"]["tags"], json!(["y"]));
    }

    #[test]
    fn inapplicable_actions_are_reported_with_their_line() {
        for (actions, expected) in [
            (
                "- {target: '$.paths.gone', remove: true}\n",
                "overlay.yaml:3:3: /actions/0: the overlay's target `$.paths.gone` matches nothing in t.yaml",
            ),
            (
                "- {target: '$.paths[', remove: true}\n",
                "is not a valid RFC 9535 JSONPath",
            ),
            (
                "- {target: '$.paths'}\n",
                "an action requires either `update` or `remove: true`",
            ),
            (
                "- {target: '$.openapi', update: {a: 1}}\n",
                "/openapi is a string and cannot be updated with an object",
            ),
        ] {
            let error = apply(actions).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }
}
