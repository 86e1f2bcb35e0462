//! OpenAPI Overlay 1.0: our corrections to a document, applied before every pass.
//!
//! Before: an operation that a client must not see. After `{target: $.paths['/x'].post, remove:
//! true}`: gone, with the action's description as the reason in the report. Targets are RFC 9535
//! JSONPath; an action that matches nothing is an error, because its correction has been lost.

use std::fmt;
use std::path::Path;

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::tree::{kind, merge, operation_at, plain};
use crate::{Document, Error, Pointer, Report};

/// A list of changes to a document.
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

/// An action that does nothing for a document, or cannot be applied to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// Where the action stands in the overlay.
    pub action: Pointer,
    /// Its target, and why it does nothing.
    pub what: String,
    /// Whether it can stay: it can be applied, but the document says so itself.
    pub applies: bool,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.what)
    }
}

#[derive(Clone, Debug)]
enum Change {
    Remove,
    Update(Value),
}

impl Overlay {
    /// Reads an overlay file, YAML or JSON.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, its syntax is broken, or an action is not one.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::from_document(Document::read(path)?)
    }

    /// Reads an overlay from `text`; `file` names it in messages.
    ///
    /// # Errors
    ///
    /// As [`Overlay::read`].
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        Self::from_document(Document::parse(file, text)?)
    }

    fn from_document(document: Document) -> Result<Self, Error> {
        let root = Pointer::root();
        if let Some(oddity) = document.oddities().first() {
            return Err(document.error(&oddity.pointer, &oddity.what));
        }
        match document.root.get("overlay").map(plain) {
            Some(version) if version.starts_with("1.0") => {}
            Some(version) => {
                return Err(document.error(
                    &root.child("overlay"),
                    format!("overlay version {version}; 1.0 is needed"),
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
            return Err(document.error(&at, "an action needs a `target`, a JSONPath"));
        };
        let path = JsonPath::parse(target).map_err(|e| {
            document.error(
                &at.child("target"),
                format!("target `{target}` is no RFC 9535 JSONPath: {e}"),
            )
        })?;
        let change = match (action.get("remove"), action.get("update")) {
            (Some(Value::Bool(true)), None) => Change::Remove,
            (None | Some(Value::Bool(false)), Some(update)) => Change::Update(update.clone()),
            _ => {
                return Err(
                    document.error(&at, "an action needs either `update` or `remove: true`")
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

    /// Applies every action to `document`, in their order.
    ///
    /// # Errors
    ///
    /// When an action matches nothing, or would merge things of different kinds; the message names
    /// the action. `document` is unchanged then.
    pub fn apply(&self, document: &mut Document, report: &mut Report) -> Result<(), Error> {
        report.start("overlay");
        let mut root = document.root.clone();
        for action in &self.actions {
            let places: Vec<Pointer> = action
                .path
                .query_located(&root)
                .locations()
                .map(|place| place.to_json_pointer().into())
                .collect();
            if places.is_empty() {
                let target = &action.target;
                return Err(self.document.error(
                    &action.at,
                    format!(
                        "the overlay's target `{target}` matches nothing in {}",
                        document.file()
                    ),
                ));
            }
            // From the last to the first, so that removing an item leaves the other places valid.
            for place in places.iter().rev() {
                self.change(&mut root, action, place, report)?;
            }
        }
        document.root = root;
        Ok(())
    }

    /// The overlay without the actions that match nothing in `document`, or cannot be applied to it; and a
    /// line for each of those, and for each that changes nothing there any more.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Overlay};
    ///
    /// let document = Document::parse("d.yaml", "openapi: 3.0.3\npaths: {}\n")?;
    /// let overlay = Overlay::parse("o.yaml", "overlay: 1.0.0\nactions: [{target: $.paths.x, remove: true}]\n")?;
    /// let (fitting, misfits) = overlay.fit(&document);
    /// assert_eq!(misfits[0].to_string(), "/actions/0: `$.paths.x` matches nothing any more");
    /// assert!(fitting.fit(&document).1.is_empty());
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    #[must_use]
    pub fn fit(&self, document: &Document) -> (Self, Vec<Misfit>) {
        let mut fitting = self.clone();
        fitting.actions.clear();
        let mut misfits = Vec::new();
        let mut so_far = document.clone();
        for action in &self.actions {
            let mut one = self.clone();
            one.actions = vec![action.clone()];
            let before = so_far.root.clone();
            let target = &action.target;
            let misfit = |what: String, applies: bool| Misfit {
                action: action.at.clone(),
                what,
                applies,
            };
            match one.apply(&mut so_far, &mut Report::new()) {
                Err(error) => {
                    let what = if error.message.contains("matches nothing") {
                        format!("`{target}` matches nothing any more")
                    } else {
                        error.message
                    };
                    misfits.push(misfit(what, false));
                    continue;
                }
                Ok(()) if so_far.root == before => {
                    let what =
                        format!("`{target}` is no longer needed: the document says so itself");
                    misfits.push(misfit(what, true));
                }
                Ok(()) => {}
            }
            fitting.actions.push(action.clone());
        }
        (fitting, misfits)
    }

    /// The text of the overlay with these misfits as comments under `note`, if any of them cannot be applied:
    /// nothing that a person wrote is lost, and what is left fits the document.
    ///
    /// # Errors
    ///
    /// When an action shares a line with another thing, so that only a person can set it aside.
    ///
    /// ```
    /// use onlyfansapi_codegen::{Document, Overlay};
    ///
    /// let document = Document::parse("d.yaml", "openapi: 3.0.3\npaths: {/a: {}}\n")?;
    /// let text = "overlay: 1.0.0\nactions:\n- target: $.paths.x\n  remove: true\n- {target: $.paths, update: {}}\n";
    /// let overlay = Overlay::parse("o.yaml", text)?;
    /// let (_, misfits) = overlay.fit(&document);
    /// let text = overlay.set_aside(&misfits, "Set aside")?.unwrap();
    /// assert!(text.contains("# Set aside: `$.paths.x` matches nothing any more\n# - target: $.paths.x\n#   remove: true\n- {target"));
    /// # Ok::<(), onlyfansapi_codegen::Error>(())
    /// ```
    pub fn set_aside(&self, misfits: &[Misfit], note: &str) -> Result<Option<String>, Error> {
        let gone: Vec<&Misfit> = misfits.iter().filter(|misfit| !misfit.applies).collect();
        if gone.is_empty() {
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
        // From the last to the first, so that the lines of the others stay where they are.
        for misfit in gone.iter().rev() {
            let by_hand = || {
                let what = format!("{}; it can only be taken out by hand", misfit.what);
                self.document.error(&misfit.action, what)
            };
            let first = positions.get(&misfit.action).ok_or_else(by_hand)?.line;
            let next = first_lines.iter().find(|line| **line > first);
            let end = next.map_or(lines.len(), |next| next - 1);
            let action = lines.get_mut(first - 1..end).ok_or_else(by_hand)?;
            // Comments and empty lines below belong to what follows.
            for line in action {
                if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
                    *line = format!("# {line}");
                }
            }
            lines.insert(first - 1, format!("# {note}: {}", misfit.what));
        }
        let text = lines.join("\n") + "\n";
        // Whatever the style of the file was: what is left must be the others, and nothing else.
        let left = Self::parse(self.document.file(), &text).map_err(|error| {
            let what = format!(
                "{}; the actions that do not fit can only be taken out by hand",
                error.message
            );
            Error::new(self.document.file(), what)
        })?;
        let stays = |action: &&Action| !gone.iter().any(|misfit| misfit.action == action.at);
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
            let what = "the actions that do not fit share their lines with others, and can only be taken out by hand";
            return Err(Error::new(self.document.file(), what));
        }
        Ok(Some(text))
    }

    fn change(
        &self,
        root: &mut Value,
        action: &Action,
        place: &Pointer,
        report: &mut Report,
    ) -> Result<(), Error> {
        let fault = |message: String| self.document.error(&action.at, message);
        let operation = operation_at(root, place);
        let why = if action.description.is_empty() {
            String::new()
        } else {
            format!(": {}", action.description)
        };
        match &action.change {
            Change::Remove => {
                let Some((parent, token)) = place.split_last() else {
                    return Err(fault(
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
                        return Err(fault(format!(
                            "{place} was removed by another match of `{}`",
                            action.target
                        )));
                    }
                }
                report.note(
                    place,
                    operation.as_deref(),
                    format!("there -> removed{why}"),
                );
            }
            Change::Update(update) => {
                let Some(node) = root.pointer_mut(place.as_str()) else {
                    return Err(fault(format!("{place} was removed by another action")));
                };
                match node {
                    Value::Array(items) => items.push(update.clone()),
                    Value::Object(_) if update.is_object() => merge(node, update),
                    other => {
                        let (is, with) = (kind(other), kind(update));
                        return Err(fault(format!(
                            "{place} is {is} and cannot be updated with {with}: an overlay updates objects and lists"
                        )));
                    }
                }
                report.note(
                    place,
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
    fn update_merges_objects_appends_to_lists_and_remove_removes() {
        let (document, report) = apply(
            "- {target: \"$.paths['/a'].get\", update: {summary: A, responses: {'200': {}}}}\n- {target: '$.paths.*.get.tags', update: z}\n- {target: \"$.paths['/b']\", description: internal, remove: true}\n",
        )
        .unwrap();
        assert_eq!(
            document.root["paths"],
            json!({"/a": {"get": {"operationId": "getA", "tags": ["x", "z"], "responses": {"200": {}}, "summary": "A"}}})
        );
        let told: Vec<_> = report.changes().iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains("/paths/~1a/get: as published -> updated"),
            "{told:?}"
        );
        assert!(
            told.last()
                .unwrap()
                .contains("/paths/~1b: there -> removed: internal"),
            "{told:?}"
        );
    }

    #[test]
    fn every_match_of_a_filter_is_changed() {
        let (document, _) =
            apply("- {target: '$.paths.*.get.tags[?@ == \"x\"]', remove: true}\n").unwrap();
        assert_eq!(document.root["paths"]["/a"]["get"]["tags"], json!([]));
        assert_eq!(document.root["paths"]["/b"]["get"]["tags"], json!(["y"]));
    }

    #[test]
    fn what_cannot_be_applied_is_named_with_its_line() {
        for (actions, expected) in [
            (
                "- {target: '$.paths.gone', remove: true}\n",
                "overlay.yaml:3:3: /actions/0: the overlay's target `$.paths.gone` matches nothing in t.yaml",
            ),
            (
                "- {target: '$.paths[', remove: true}\n",
                "is no RFC 9535 JSONPath",
            ),
            (
                "- {target: '$.paths'}\n",
                "an action needs either `update` or `remove: true`",
            ),
            (
                "- {target: '$.openapi', update: {a: 1}}\n",
                "/openapi is a text and cannot be updated with an object",
            ),
        ] {
            let error = apply(actions).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }
}
