//! The code passes: from progenitor's output to the source of the client.
//!
//! progenitor generates the types, and its method signatures state which types each operation takes and returns. The
//! methods themselves are dropped: they contain a page of code per operation, expose types of progenitor's runtime, and
//! can return only its errors. Instead, each operation gets a builder on top of
//! `onlyfansapi_core::support::RequestBuilder`, which all operations share.
//!
//! - `progenitor`: parses progenitor's output
//! - `model`: combines it with the document
//! - `builders`: generates the code of the operations
//! - `modules`: assigns each type to a module of `types`
//! - `types`: completes the types
//! - `requests`: generates constructors and setters for request types
//! - `secrets`: redacts fields in `Debug` output
//! - `signatures`: records the public signatures, for comparison
//! - `target`: how the generated code refers to the core crate
//! - `names`, `docs`: helpers

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

use self::progenitor::ProgenitorOutput;

/// A generated client: its source and an inventory of its contents.
pub(crate) struct Generated {
    pub(crate) source: String,
    /// The method names of the operations that use each type, by the path of the type.
    pub(crate) types: BTreeMap<String, Vec<String>>,
    pub(crate) signatures: Signatures,
    /// HTTP method, path and method name of each operation.
    pub(crate) operations: Vec<(String, String, String)>,
}

pub use self::signatures::{ArgumentSignature, FieldSignature, OperationSignature, Signatures};
pub(crate) use self::target::Target;

/// Returns the URL of a server, with the default values of its variables.
fn server(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let value = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value);
    }
    url
}

/// Generates the client for a prepared document from progenitor's output.
pub(crate) fn source(
    root: &Value,
    output: ProgenitorOutput,
    target: &Target,
) -> Result<Generated, String> {
    let type_modules = modules::Modules::new(root, &output);
    let operations = model::read(root, &output, &type_modules);
    let core = target.core();
    let title = root["info"]["title"].as_str().unwrap_or("the API");
    let server = server(&root["servers"][0]);
    let client_doc = docs::attributes(&format!(
        "Client for {title}, with one method per operation.\n\n\
         Each method returns a builder: set its arguments, then await it. Cloning is cheap; all clones share one \
         transport.",
    ));
    let methods = operations
        .iter()
        .map(|operation| builders::method(operation, target));
    let builder_modules = builders::modules(&operations, target);
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
    let signatures = signatures::of(&operations, &output.types, root, &type_modules);
    let types_module = types::module(output.types, root, &type_modules, target);
    let count_example = docs::attributes(&format!(
        "```\n\
         macro_rules! count {{\n    \
             ($(($operation:ident, $value:ty)),* $(,)?) => {{\n        \
                 [$(std::mem::size_of::<$value>()),*].len()\n    \
             }};\n\
         }}\n\
         assert_eq!({0}::for_each_operation!(count), {0}::operations::ALL.len());\n\
         ```",
        target.crate_name
    ));
    let file = syn::parse2(quote! {
        /// The URL of the document's first server.
        pub const SERVER: &str = #server;

        #(#client_doc)*
        #[derive(Clone, Debug)]
        pub struct Client {
            dispatcher: #core::transport::Dispatcher,
        }

        impl ::std::convert::From<#core::transport::Dispatcher> for Client {
            /// Creates a client that sends all calls through `dispatcher`.
            fn from(dispatcher: #core::transport::Dispatcher) -> Self {
                Self { dispatcher }
            }
        }

        impl ::std::convert::AsRef<#core::transport::Dispatcher> for Client {
            /// Returns the dispatcher, for example to create another generated client that shares the API key, retries
            /// and rate limits.
            fn as_ref(&self) -> &#core::transport::Dispatcher {
                &self.dispatcher
            }
        }

        impl Client {
            #(#methods)*
        }

        /// Invokes the `$callback` macro once with all operations, as a comma-separated list of
        /// `(OPERATION, response type)`. Each `OPERATION` is the name of a static in [`operations`].
        ///
        #(#count_example)*
        #[macro_export]
        macro_rules! for_each_operation {
            ($callback:ident) => {
                $callback! { #(#pairs),* }
            };
        }

        /// The builders returned by the methods of [`Client`], in one module per tag in the document.
        pub mod builder {
            #(#builder_modules)*
        }

        /// Static descriptions of all operations: HTTP method, path, parameters and response shape.
        pub mod operations {
            #[allow(unused_imports)]
            use #core::http::Method;
            #[allow(unused_imports)]
            use #core::ParameterLocation::{Body, Cookie, File, Header, Path, Query};
            #[allow(unused_imports)]
            use #core::{BodyFormat, EmptyBody, Operation, Parameter, QueryStyle, RefusalMarker, ResponseShape};

            /// All operations, sorted by tag and name.
            pub static ALL: [&Operation; #count] = [#(&#names),*];

            #(#statics)*
        }

        #types_module
    })
    .map_err(|e| format!("the generated code does not parse: {e}"))?;
    let header = "// Generated by onlyfansapi-codegen from the OpenAPI document. Do not edit: change the overlay\n// or a pass, then run `cargo xtask generate`.\n\n";
    Ok(Generated {
        source: format!("{header}{}", prettyplease::unparse(&file)),
        types: type_modules.paths(),
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
