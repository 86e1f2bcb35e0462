//! JSON pointers (RFC 6901): how every message names a place in a document.

use std::fmt;

/// A place in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The member or item `token` of this place.
    #[must_use]
    pub fn child(&self, token: impl fmt::Display) -> Self {
        let mut text = self.0.clone();
        text.push('/');
        for c in token.to_string().chars() {
            match c {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                c => text.push(c),
            }
        }
        Self(text)
    }

    /// The members `tokens` of this place, one below the other.
    #[must_use]
    pub fn join<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        tokens
            .into_iter()
            .fold(self.clone(), |pointer, token| pointer.child(token))
    }

    /// The pointer as it is written; empty for the whole document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The steps from the whole document to the place, as the document writes them.
    pub fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        let tokens = self.0.split('/').skip(1);
        tokens.map(|token| token.replace("~1", "/").replace("~0", "~"))
    }

    /// The place that holds this one, and the last token; `None` for the whole document.
    #[must_use]
    pub fn split_last(&self) -> Option<(Self, String)> {
        let (parent, token) = self.0.rsplit_once('/')?;
        Some((
            Self(parent.to_owned()),
            token.replace("~1", "/").replace("~0", "~"),
        ))
    }
}

impl From<String> for Pointer {
    /// Takes a text that is a pointer already.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "the top"
        } else {
            &self.0
        })
    }
}
