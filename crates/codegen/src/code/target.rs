//! The crate that contains the generated code, and how that code refers to core.

use proc_macro2::TokenStream;
use quote::quote;

/// The crate that contains the generated code.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The name of the crate in Rust code, for doc examples.
    pub(crate) crate_name: String,
    /// Whether core is the crate's `runtime` module. Otherwise, core is the `onlyfansapi_core` crate.
    pub(crate) has_own_core: bool,
}

impl Target {
    /// Returns the target for the client crate of this workspace.
    pub(crate) fn client() -> Self {
        Self {
            crate_name: "onlyfansapi_client".to_owned(),
            has_own_core: false,
        }
    }

    /// Returns the path that code uses for core.
    pub(crate) fn core(&self) -> TokenStream {
        if self.has_own_core {
            quote! { crate::runtime }
        } else {
            quote! { ::onlyfansapi_core }
        }
    }

    /// Returns the path that doc links use for core.
    pub(crate) fn core_in_docs(&self) -> String {
        if self.has_own_core {
            "crate::runtime".to_owned()
        } else {
            "onlyfansapi_core".to_owned()
        }
    }

    /// Returns the path that doc examples use for core; they are compiled outside the crate.
    pub(crate) fn core_in_examples(&self) -> String {
        if self.has_own_core {
            format!("{}::runtime", self.crate_name)
        } else {
            "onlyfansapi_core".to_owned()
        }
    }

    /// Returns the first lines of a doc example: a function that takes a client, and a call up to the operation's
    /// method.
    ///
    /// Users of this workspace reach the operations through the facade's `Client::api`, which this crate cannot name.
    pub(crate) fn example_client(&self) -> String {
        let (name, core) = (&self.crate_name, self.core_in_examples());
        if self.has_own_core {
            return format!(
                "# async fn example(client: {name}::Client) -> Result<(), {core}::Error> {{\nlet reply = client\n"
            );
        }
        format!(
            "# struct Client({name}::Client);\n\
             # impl Client {{ fn api(&self) -> &{name}::Client {{ &self.0 }} }}\n\
             # async fn example(client: Client) -> Result<(), {core}::Error> {{\n\
             let reply = client\n    .api()\n"
        )
    }
}
