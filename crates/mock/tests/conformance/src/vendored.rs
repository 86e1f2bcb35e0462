//! Decodes the example responses of the vendored document.

use std::error::Error;

use onlyfansapi_client::{document, operations};
use onlyfansapi_codegen::Document;

use crate::examples::{Summary, check, round_trip};

/// Decodes every example strictly into its type, and checks that encoding the value reproduces the example.
///
/// # Errors
///
/// Returns an error if the vendored document cannot be parsed.
pub(crate) fn check_examples() -> Result<Summary, Box<dyn Error>> {
    let document = Document::parse("openapi.yaml", document::DOCUMENT)?.root;
    let mut summary = Summary::default();
    macro_rules! check_all {
        ($(($operation:ident, $value:ty)),* $(,)?) => {
            $(check(&document, &operations::$operation, round_trip::<$value>, &mut summary);)*
        };
    }
    onlyfansapi_client::for_each_operation!(check_all);
    Ok(summary)
}
