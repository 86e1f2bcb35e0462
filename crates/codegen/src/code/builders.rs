//! Generates the code for the operations: for each, a client method, a builder, and a static description.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Type;

use super::docs;
use super::model::{Argument, ArgumentLocation, Body, Operation};
use super::progenitor::{last_name, only_argument};
use super::target::Target;

/// Generates the client method that returns the builder of an operation.
pub(super) fn method(operation: &Operation<'_>, target: &Target) -> TokenStream {
    let Operation {
        method_ident,
        module_ident,
        builder_ident,
        ..
    } = operation;
    let docs = docs::attributes(&method_doc(operation, target));
    let deprecated = deprecated(operation);
    quote! {
        #(#docs)*
        #deprecated
        #[inline]
        pub fn #method_ident(&self) -> builder::#module_ident::#builder_ident {
            builder::#module_ident::#builder_ident::new(self)
        }
    }
}

/// Generates the builders, in one module per tag. `operations` must be sorted by tag.
pub(super) fn modules(operations: &[Operation<'_>], target: &Target) -> Vec<TokenStream> {
    let core = target.core();
    let by_tag = operations.chunk_by(|a, b| a.module_ident == b.module_ident);
    by_tag
        .map(|operations| {
            let first = &operations[0];
            let module = &first.module_ident;
            let doc = docs::attributes(&match first.tag {
                "" => "Operations without a tag.".to_owned(),
                tag => format!("Operations with the tag \"{tag}\"."),
            });
            let builders = operations.iter().map(|operation| builder(operation, target));
            quote! {
                #(#doc)*
                pub mod #module {
                    #[allow(unused_imports)]
                    use super::super::types;
                    #[allow(unused_imports)]
                    use #core::support::RequestBuilder;
                    #[allow(unused_imports)]
                    use #core::{Body, CallOptions, DownloadFuture, Error, FilePart, IntoArgument, Reply, ReplyFuture, RequestPreview};

                    #(#builders)*
                }
            }
        })
        .collect()
}

/// Generates the builder of one operation.
///
/// Non-generic functions are `#[inline]`, so they are compiled in the crate that calls them. A program then compiles
/// only the operations that it uses, and the decoders of their responses.
fn builder(operation: &Operation<'_>, target: &Target) -> TokenStream {
    let Operation {
        method_ident,
        builder_ident,
        static_ident,
        success,
        ..
    } = operation;
    let doc = docs::attributes(&format!(
        "Builder returned by [`Client::{method_ident}`](super::super::Client::{method_ident})."
    ));
    let request = format!(
        "`{} {}`",
        operation.http_method.to_uppercase(),
        operation.path
    );
    let errors = format!(
        "# Errors\n\nReturns an error if the call fails; see [`ErrorKind`]({}::ErrorKind).",
        target.core_in_docs()
    );
    let send = docs::attributes(&format!(
        "Sends {request} and decodes the response.\n\n{errors}"
    ));
    let stream = (operation.shape == "bytes").then(|| {
        let doc = docs::attributes(&format!(
            "Sends {request} and streams the response body.\n\n{errors}"
        ));
        quote! {
            #(#doc)*
            #[inline]
            pub fn stream(self) -> DownloadFuture {
                self.request.stream()
            }
        }
    });
    let setters = operation.arguments.iter().map(setter);
    let body = operation.body.as_ref().map(body_setter);
    quote! {
        #(#doc)*
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent until the builder is awaited"]
        pub struct #builder_ident {
            request: RequestBuilder,
        }

        impl #builder_ident {
            #[inline]
            pub(in super::super) fn new(client: &super::super::Client) -> Self {
                Self { request: RequestBuilder::new(client.dispatcher.clone(), &super::super::operations::#static_ident) }
            }

            #(#setters)*
            #body

            /// Sets the options for this call.
            #[inline]
            pub fn with(mut self, options: CallOptions) -> Self {
                self.request.with(options);
                self
            }

            #(#send)*
            #[inline]
            pub fn send(self) -> ReplyFuture<#success> {
                self.request.send()
            }

            #stream

            /// Like `send()`, but decodes the response into `T`.
            pub fn send_as<T: ::serde::de::DeserializeOwned + Send + 'static>(self) -> ReplyFuture<T> {
                self.request.send()
            }

            /// Returns the request that would be sent, without sending it. The API key is redacted.
            ///
            /// # Errors
            ///
            /// Returns an error if an argument is invalid. The error lists all invalid arguments.
            #[inline]
            pub fn preview(self) -> Result<RequestPreview, Error> {
                self.request.preview()
            }
        }

        impl ::std::future::IntoFuture for #builder_ident {
            type Output = Result<Reply<#success>, Error>;
            type IntoFuture = ReplyFuture<#success>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    }
}

/// Generates the static description of one operation.
pub(super) fn description(operation: &Operation<'_>) -> TokenStream {
    let Operation {
        id,
        path,
        tag,
        static_ident,
        ..
    } = operation;
    let method = format_ident!("{}", operation.http_method.to_uppercase());
    let doc = docs::attributes(&format!("`{method} {path}`"));
    let shape = format_ident!(
        "{}",
        match operation.shape {
            "envelope" => "Envelope",
            "text" => "Text",
            "bytes" => "Bytes",
            "redirect" => "Redirect",
            "empty" => "Empty",
            _ => "Whole",
        }
    );
    let accept = operation.accept;
    let body = match &operation.body {
        None => quote! { BodyFormat::None },
        Some(body) => {
            let media = &body.media;
            match body.format.as_str() {
                "form" => quote! { BodyFormat::Form },
                "multipart" => quote! { BodyFormat::Multipart },
                "bytes" => quote! { BodyFormat::Bytes(#media) },
                _ => quote! { BodyFormat::Json(#media) },
            }
        }
    };
    let empty = match operation.body.as_ref().map(|body| body.empty.as_str()) {
        Some("object") => quote! { EmptyBody::Object },
        Some("refused") => quote! { EmptyBody::Required },
        _ => quote! { EmptyBody::Nothing },
    };
    let refusal = match &operation.refusal {
        None => quote! { RefusalMarker::DEFAULT },
        Some(markers) => {
            let markers = markers.iter().map(|marker| format_ident!("{marker}"));
            quote! { &[#(RefusalMarker::#markers),*] }
        }
    };
    let parameters = operation.arguments.iter().map(|argument| {
        let Argument {
            name,
            required,
            expects,
            ..
        } = argument;
        let setter = argument.setter.to_string();
        let location = format_ident!(
            "{}",
            match argument.location {
                ArgumentLocation::Path => "Path",
                ArgumentLocation::Query => "Query",
                ArgumentLocation::Header => "Header",
                ArgumentLocation::Cookie => "Cookie",
                ArgumentLocation::Body => "Body",
                ArgumentLocation::File | ArgumentLocation::Files => "File",
            }
        );
        let style = argument.style.map(|style| {
            let style = format_ident!("{style}");
            quote! { .with_style(QueryStyle::#style) }
        });
        quote! { Parameter::new(#location, #name, #setter, #required, #expects) #style }
    });
    quote! {
        #(#doc)*
        pub static #static_ident: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            tag: #tag,
            parameters: &[#(#parameters),*],
            body: #body,
            empty_body: #empty,
            accept: #accept,
            shape: ResponseShape::#shape,
            refusal: #refusal,
        };
    }
}

/// Returns `ty` with paths that resolve inside an exported macro.
pub(super) fn from_outside(ty: &Type) -> TokenStream {
    prefixed(quote! { #ty }.into_iter().collect())
}

/// Replaces `types` with `$crate::types`, and `crate` with `$crate`.
fn prefixed(tokens: Vec<TokenTree>) -> TokenStream {
    let mut out = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if ident == "types" => out.extend(quote! { $crate::#ident }),
            TokenTree::Ident(ident) if ident == "crate" => out.extend(quote! { $crate }),
            TokenTree::Group(group) => {
                let inner = prefixed(group.stream().into_iter().collect());
                out.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
            }
            other => out.extend([other]),
        }
    }
    out
}

fn setter(argument: &Argument) -> TokenStream {
    let value = value_setter(argument);
    let null = argument.null_setter.as_ref().map(|null_setter| {
        let key = argument.setter.to_string();
        let doc = docs::attributes(&format!(
            "Sets `{}` to null, which differs from leaving it unset.",
            argument.name
        ));
        quote! {
            #(#doc)*
            #[inline]
            pub fn #null_setter(mut self) -> Self {
                self.request.set_null(#key);
                self
            }
        }
    });
    quote! { #value #null }
}

fn value_setter(argument: &Argument) -> TokenStream {
    let Argument { setter, ty, .. } = argument;
    let key = setter.to_string();
    let docs = docs::attributes(&argument.doc);
    match argument.location {
        ArgumentLocation::File => quote! {
            #(#docs)*
            pub fn #setter(mut self, file: impl ::std::convert::Into<Option<FilePart>>) -> Self {
                if let Some(file) = file.into() {
                    self.request.files(#key, [file]);
                }
                self
            }
        },
        ArgumentLocation::Files => quote! {
            #(#docs)*
            pub fn #setter(mut self, files: impl ::std::iter::IntoIterator<Item = FilePart>) -> Self {
                self.request.files(#key, files);
                self
            }
        },
        _ => quote! {
            #(#docs)*
            pub fn #setter(mut self, value: impl IntoArgument<#ty>) -> Self {
                self.request.set(#key, value);
                self
            }
        },
    }
}

fn body_setter(body: &Body) -> TokenStream {
    let Body { media, ty, .. } = body;
    if body.format == "bytes" {
        let docs = docs::attributes(&format!("Sets the request body, sent as `{media}`."));
        return quote! {
            #(#docs)*
            pub fn body(mut self, body: impl ::std::convert::Into<Body>) -> Self {
                self.request.bytes(body);
                self
            }
        };
    }
    let docs = docs::attributes(if body.format == "multipart" {
        "Sets all fields except files, replacing any previously set fields."
    } else if body.has_fields {
        "Sets the whole request body, replacing any previously set fields."
    } else {
        "Sets the request body."
    });
    quote! {
        #(#docs)*
        pub fn body(mut self, value: impl IntoArgument<#ty>) -> Self {
            self.request.body(value);
            self
        }
    }
}

fn deprecated(operation: &Operation<'_>) -> Option<TokenStream> {
    operation
        .deprecated
        .then(|| quote! { #[deprecated = "the API document marks this operation as deprecated"] })
}

/// Describes the value of a successful response.
fn response_doc(operation: &Operation<'_>) -> String {
    if operation.undocumented {
        return "any JSON value; the document describes no successful response.".to_owned();
    }
    match operation.shape {
        "empty" => "no body.".to_owned(),
        "text" => "the body as text.".to_owned(),
        "bytes" => "the body as bytes; use `stream()` to stream it.".to_owned(),
        "redirect" => "the redirect target; the redirect is not followed.".to_owned(),
        "envelope" => format!("{}, from `data`.", value_doc(&operation.success)),
        _ => format!("{}.", value_doc(&operation.success)),
    }
}

/// Describes a type in prose, with a link to each generated type.
fn value_doc(ty: &Type) -> String {
    let inner = |ty: &Type| only_argument(ty).map(value_doc).unwrap_or_default();
    match last_name(ty).as_str() {
        "Vec" => format!("a list of {}", plural(&inner(ty))),
        "Box" => inner(ty),
        "HashMap" => {
            let syn::Type::Path(path) = ty else {
                return "a map".to_owned();
            };
            let value = path
                .path
                .segments
                .last()
                .and_then(|last| match &last.arguments {
                    syn::PathArguments::AngleBracketed(arguments) => arguments.args.last(),
                    _ => None,
                });
            match value {
                Some(syn::GenericArgument::Type(value)) => {
                    format!("a map from strings to {}", plural(&value_doc(value)))
                }
                _ => "a map".to_owned(),
            }
        }
        "Map" => "a JSON object".to_owned(),
        "String" => "a string".to_owned(),
        "i64" => "an integer".to_owned(),
        "f64" => "a number".to_owned(),
        "bool" => "a boolean".to_owned(),
        "Value" => "any JSON value".to_owned(),
        name => {
            let path = quote! { #ty }.to_string().replace(' ', "");
            format!("[`{name}`]({path})")
        }
    }
}

/// Returns the plural of a description that [`value_doc`] returned.
fn plural(value: &str) -> String {
    match value {
        "any JSON value" => "JSON values".to_owned(),
        link if link.starts_with('[') => format!("{link} values"),
        other => match other.split_once(' ') {
            Some(("a" | "an", noun)) => match noun.split_once(' ') {
                // "a list of …", "a map from …"
                Some((noun, rest)) if rest.starts_with("of ") || rest.starts_with("from ") => {
                    format!("{noun}s {rest}")
                }
                _ => format!("{noun}s"),
            },
            _ => other.to_owned(),
        },
    }
}

/// Returns the docs for a client method: the operation's docs, its request, response and price, and an example.
fn method_doc(operation: &Operation<'_>, target: &Target) -> String {
    let mut doc = operation.doc.clone();
    doc.push_str(&format!(
        "\n\n- Request: `{} {}`",
        operation.http_method.to_uppercase(),
        operation.path
    ));
    doc.push_str(&format!("\n- Response: {}", response_doc(operation)));
    if let Some(credits) = operation.credits {
        doc.push_str(&format!("\n- Price: {credits}"));
    }
    doc.push_str("\n\n# Example\n\n```\n");
    if operation.deprecated {
        doc.push_str("# #![allow(deprecated)]\n");
    }
    let core = target.core_in_examples();
    let is_upload = operation.arguments.iter().any(|argument| {
        let location = argument.location;
        argument.required && matches!(location, ArgumentLocation::File | ArgumentLocation::Files)
    });
    if is_upload {
        doc.push_str(&format!("# use {core}::FilePart;\n"));
    }
    doc.push_str(&target.example_client());
    doc.push_str(&format!("    .{}()\n", operation.method_ident));
    for argument in operation
        .arguments
        .iter()
        .filter(|argument| argument.required)
    {
        if let Some(value) = &argument.example {
            doc.push_str(&format!("    .{}({value})\n", argument.setter));
        }
        let file = "FilePart::new(\"file.txt\", \"content\")";
        match argument.location {
            ArgumentLocation::File => doc.push_str(&format!("    .{}({file})\n", argument.setter)),
            ArgumentLocation::Files => {
                doc.push_str(&format!("    .{}([{file}])\n", argument.setter))
            }
            _ => {}
        }
    }
    if operation
        .body
        .as_ref()
        .is_some_and(|body| body.format == "bytes")
    {
        doc.push_str("    .body(\"bytes\")\n");
    }
    doc.push_str("    .await?;\n# let _ = reply;\n# Ok(())\n# }\n```");
    doc
}
