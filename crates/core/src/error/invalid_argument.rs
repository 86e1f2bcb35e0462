//! Arguments that prevent a request from being built.

use std::fmt;

/// An argument that prevents a request from being built; returned by
/// [`Error::invalid_arguments`](crate::Error::invalid_arguments).
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// fn is_about_url(error: &onlyfansapi::Error) -> bool {
///     error.invalid_arguments().iter().any(|invalid| invalid.argument == "url")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidArgument {
    /// The argument, named after its setter.
    pub argument: String,
    /// What is wrong with it; completes a sentence that starts with the argument's name.
    pub reason: String,
}

impl InvalidArgument {
    pub(crate) fn new(argument: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            argument: argument.into(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.argument, self.reason)
    }
}
