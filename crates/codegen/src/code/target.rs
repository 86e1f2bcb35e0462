//! How generated code calls what it stands on.

use proc_macro2::TokenStream;
use quote::quote;

/// The crate that the code is for, and where the types of core are in it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The name of the crate in Rust code; doc examples use it.
    pub(crate) crate_name: String,
    /// Whether core is a module of the crate instead of a crate of its own.
    pub(crate) has_own_core: bool,
}

impl Target {
    /// The generated client of this workspace.
    pub(crate) fn client() -> Self {
        Self {
            crate_name: "onlyfansapi_client".to_owned(),
            has_own_core: false,
        }
    }

    /// The path of core in code.
    pub(crate) fn core(&self) -> TokenStream {
        if self.has_own_core {
            quote! { crate::runtime }
        } else {
            quote! { ::onlyfansapi_core }
        }
    }

    /// The path of core in links of the docs.
    pub(crate) fn core_in_docs(&self) -> String {
        if self.has_own_core {
            "crate::runtime".to_owned()
        } else {
            "onlyfansapi_core".to_owned()
        }
    }

    /// The path of core in doc examples, which see the crate from outside.
    pub(crate) fn core_in_examples(&self) -> String {
        if self.has_own_core {
            format!("{}::runtime", self.crate_name)
        } else {
            "onlyfansapi_core".to_owned()
        }
    }
}
