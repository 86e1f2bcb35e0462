//! Pinned names: once a type has a name, a later document does not rename it.
//!
//! `names.yaml` says for a few places of each type which name it has; `cargo xtask names --write`
//! keeps it. A type that has pinned places takes the name that most of them give it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::{Document, Error, Pointer};

/// How many places of a type are pinned: enough to survive the loss of one or two.
const PLACES: usize = 3;

/// The pinned names: for each place (`operationId/property/*/…`) the name of its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub(crate) types: BTreeMap<String, String>,
}

impl Names {
    /// Reads a file of names.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, its syntax is broken, or it is no map of names.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let document = Document::read(path)?;
        let at = Pointer::root().child("types");
        let fault =
            |at: &Pointer| document.error(at, "must be a map from names to lists of places");
        let mut types = BTreeMap::new();
        for (name, places) in document.root["types"]
            .as_object()
            .ok_or_else(|| fault(&at))?
        {
            for place in places.as_array().ok_or_else(|| fault(&at.child(name)))? {
                let place = place.as_str().ok_or_else(|| fault(&at.child(name)))?;
                types.insert(place.to_owned(), name.clone());
            }
        }
        Ok(Self { types })
    }

    /// The names that `models` have, to be pinned.
    #[must_use]
    pub fn of(models: &BTreeMap<String, Vec<String>>) -> Self {
        let mut types = BTreeMap::new();
        for (name, places) in models {
            let mut places: Vec<_> = places.iter().collect();
            places.sort_by_key(|place| (place.matches('/').count(), (*place).clone()));
            types.extend(
                places
                    .into_iter()
                    .take(PLACES)
                    .map(|place| (place.clone(), name.clone())),
            );
        }
        Self { types }
    }

    /// The text of the file.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (place, name) in &self.types {
            by_name.entry(name).or_default().push(place);
        }
        let mut text = "# Pinned names of types, and some of the places that each stands at, so that a later document renames\n# nothing. Kept by `cargo xtask names --write`.\ntypes:\n".to_owned();
        for (name, places) in by_name {
            // Places hold no character that YAML would read, but for `*` and `{`, which quotes settle.
            let list: Vec<_> = places
                .iter()
                .map(|place| format!("'{}'", place.replace('\'', "''")))
                .collect();
            let _ = writeln!(text, "  {name}: [{}]", list.join(", "));
        }
        text
    }
}
