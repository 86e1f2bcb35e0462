//! The code passes: from progenitor's output to the source of the client.
//!
//! progenitor makes the types and says which of them each operation takes and returns. Its own
//! methods are not kept: they hold a page of code an operation, show its runtime's types, and can
//! return nothing but its errors. In their place each operation gets a builder that writes into
//! `onlyfansapi_core::Draft`, the common path of all of them.
//!
//! - `progenitor`: reads what progenitor made
//! - `model`: joins it with the document
//! - `builders`: writes the operations
//! - `modules`: says in which module of `types` each type stands
//! - `types`: mends the types; `requests`: builders for those of bodies; `secrets`: what they do not show
//! - `signatures`: the public shape, to be compared
//! - `target`: how the code calls what it stands on
//! - `names`, `docs`: small parts of both

mod builders;
mod docs;
mod model;
mod modules;
mod names;
pub(crate) mod progenitor;
mod requests;
mod secrets;
mod signatures;
mod target;
mod types;

use std::collections::BTreeMap;

use quote::quote;
use serde_json::Value;

use self::progenitor::Made;

/// The source of a client, and what is in it.
pub(crate) struct Generated {
    pub(crate) source: String,
    /// The path of each type, and the methods of the operations that reach it.
    pub(crate) types: BTreeMap<String, Vec<String>>,
    pub(crate) signatures: Signatures,
    /// Method, path and name of each operation.
    pub(crate) operations: Vec<(String, String, String)>,
}

pub use self::signatures::{ArgumentSignature, FieldSignature, OperationSignature, Signatures};
pub(crate) use self::target::Target;

/// The URL of a server, its variables with their defaults.
fn server(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let value = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value);
    }
    url
}

/// Generates the source for a prepared document, of which progenitor made `made`.
pub(crate) fn source(root: &Value, made: Made, target: &Target) -> Result<Generated, String> {
    let places = modules::Modules::new(root, &made);
    let operations = model::read(root, &made, &places);
    let core = target.core();
    let title = root["info"]["title"].as_str().unwrap_or("the API");
    let server = server(&root["servers"][0]);
    let client_doc = docs::attributes(&format!(
        "The operations of {title}, one method each.\n\nA method returns a builder: set its arguments, then `fetch()`. Cheap to clone; all clones share the hook.",
    ));
    let methods = operations
        .iter()
        .map(|operation| builders::method(operation, target));
    let modules = builders::modules(&operations, target);
    let statics = operations.iter().map(builders::description);
    let names: Vec<_> = operations
        .iter()
        .map(|operation| &operation.static_ident)
        .collect();
    let count = names.len();
    let successes = operations
        .iter()
        .map(|operation| builders::from_outside(&operation.success));
    let pairs = names
        .iter()
        .zip(successes)
        .map(|(name, success)| quote! { (#name, #success) });
    let signatures = signatures::of(&operations, &made.types, root, &places);
    let types_module = types::module(made.types, root, &places, target);
    let count_example = docs::attributes(&format!(
        "```\nmacro_rules! count {{\n    ($(($operation:ident, $value:ty)),* $(,)?) => {{\n        [$(std::mem::size_of::<$value>()),*].len()\n    }};\n}}\nassert_eq!({0}::for_each_operation!(count), {0}::operations::ALL.len());\n```",
        target.crate_name
    ));
    let file = syn::parse2(quote! {
        /// The server of the document, the first where it names several.
        pub const SERVER: &str = #server;

        #(#client_doc)*
        #[derive(Clone, Debug)]
        pub struct Client {
            pub(crate) inner: #core::Hook,
        }

        impl Client {
            #(#methods)*
        }

        /// Calls a macro once with every operation: a list of `(STATIC, type of its value)`, where the
        /// statics stand in [`operations`].
        ///
        #(#count_example)*
        #[macro_export]
        macro_rules! for_each_operation {
            ($callback:ident) => {
                $callback! { #(#pairs),* }
            };
        }

        /// The builders of the operations, a module for each tag of the document: what the methods of
        /// [`Client`] return.
        pub mod builder {
            #(#modules)*
        }

        /// The static description of every operation: method, path, parameters, shape of the answer.
        pub mod operations {
            #[allow(unused_imports)]
            use #core::http::Method;
            #[allow(unused_imports)]
            use #core::Place::{Body, Cookie, File, Header, Path, Query};
            #[allow(unused_imports)]
            use #core::{BodyFormat, EmptyBody, Operation, Parameter, Shape, Style};

            /// Every operation, in the order of the document.
            pub static ALL: [&Operation; #count] = [#(&#names),*];

            #(#statics)*
        }

        #types_module
    })
    .map_err(|e| format!("the generated code does not parse: {e}"))?;
    let header = "// Generated by onlyfansapi-codegen from the OpenAPI document. Do not edit: change the overlay\n// or a pass, then run `cargo xtask generate`.\n\n";
    Ok(Generated {
        source: format!("{header}{}", prettyplease::unparse(&file)),
        types: places.paths(),
        signatures,
        operations: operations
            .into_iter()
            .map(|operation| {
                (
                    operation.http_method.to_owned(),
                    operation.document_path.to_owned(),
                    operation.method_ident.to_string(),
                )
            })
            .collect(),
    })
}
