//! Writes the operations: a method of the client, a builder, and a static description each.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::Type;

use super::docs;
use super::model::{Argument, Body, Operation, Place};
use super::progenitor::{last_name, only_argument};
use super::target::Target;

/// The method of the client that returns the builder.
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

/// The builders, in a module for each tag; the operations come sorted by tag.
pub(super) fn modules(operations: &[Operation<'_>], target: &Target) -> Vec<TokenStream> {
    let core = target.core();
    let of_tags = operations.chunk_by(|a, b| a.module_ident == b.module_ident);
    of_tags
        .map(|of_tag| {
            let first = &of_tag[0];
            let module = &first.module_ident;
            let doc = docs::attributes(&match first.tag {
                "" => "Operations without a tag.".to_owned(),
                tag => format!("Operations of the tag \"{tag}\"."),
            });
            let builders = of_tag.iter().map(|operation| builder(operation, target));
            quote! {
                #(#doc)*
                pub mod #module {
                    #[allow(unused_imports)]
                    use super::super::types;
                    #[allow(unused_imports)]
                    use #core::{Body, CallOptions, Draft, Error, Fetch, FilePart, Opening, RequestPreview};

                    #(#builders)*
                }
            }
        })
        .collect()
}

/// The builder of one operation.
///
/// What is not generic is `#[inline]`: it is compiled where it is called, so that a program pays for the
/// operations that it uses and the decoders of their answers, and not for all.
fn builder(operation: &Operation<'_>, target: &Target) -> TokenStream {
    let Operation {
        method_ident,
        builder_ident,
        static_ident,
        success,
        ..
    } = operation;
    let doc = docs::attributes(&format!(
        "Builder of [`Client::{method_ident}`](super::super::Client::{method_ident})."
    ));
    let sends = docs::attributes(&format!(
        "Sends `{} {}` and decodes the answer.\n\n# Errors\n\nAs [`{}::ErrorKind`] says.",
        operation.http_method.to_uppercase(),
        operation.path,
        target.core_in_docs()
    ));
    let stream = (operation.shape == "bytes").then(|| {
        quote! {
            #(#sends)*
            ///
            /// The body of the answer is read as it comes.
            #[inline]
            pub fn stream(self) -> Opening {
                self.draft.stream()
            }
        }
    });
    let setters = operation.arguments.iter().map(setter);
    let body = operation.body.as_ref().map(body_setter);
    quote! {
        #(#doc)*
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent until the future of `fetch()` is awaited"]
        pub struct #builder_ident {
            draft: Draft,
        }

        impl #builder_ident {
            #[inline]
            pub(in super::super) fn new(client: &super::super::Client) -> Self {
                Self { draft: crate::hook::draft(client, &super::super::operations::#static_ident) }
            }

            #(#setters)*
            #body

            /// Sets the options of this call alone.
            #[inline]
            pub fn with(mut self, options: CallOptions) -> Self {
                self.draft.with(options);
                self
            }

            #(#sends)*
            #[inline]
            pub fn fetch(self) -> Fetch<#success> {
                self.draft.fetch()
            }

            #stream

            /// As `fetch()`, but decodes the answer into a type of yours.
            pub fn fetch_as<T: ::serde::de::DeserializeOwned + Send + 'static>(self) -> Fetch<T> {
                self.draft.fetch()
            }

            /// The request as it would be sent, the key left out. Nothing is sent.
            ///
            /// # Errors
            ///
            /// "Never built", with every fault of the arguments.
            #[inline]
            pub fn request(self) -> Result<RequestPreview, Error> {
                self.draft.request()
            }
        }
    }
}

/// The static description of one operation.
pub(super) fn description(operation: &Operation<'_>) -> TokenStream {
    let Operation {
        id,
        path,
        tag,
        static_ident,
        refuses_in_success,
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
        Some("refused") => quote! { EmptyBody::Refused },
        _ => quote! { EmptyBody::Nothing },
    };
    let parameters = operation.arguments.iter().map(|argument| {
        let Argument {
            name,
            required,
            expects,
            ..
        } = argument;
        let setter = argument.setter.to_string();
        let place = format_ident!(
            "{}",
            match argument.place {
                Place::Path => "Path",
                Place::Query => "Query",
                Place::Header => "Header",
                Place::Cookie => "Cookie",
                Place::Body => "Body",
                Place::File | Place::Files => "File",
            }
        );
        let style = argument.style.map(|style| {
            let style = format_ident!("{style}");
            quote! { .with_style(Style::#style) }
        });
        quote! { Parameter::new(#place, #name, #setter, #required, #expects) #style }
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
            shape: Shape::#shape,
            refuses_in_success: #refuses_in_success,
        };
    }
}

/// A type of the module `types` as a macro of the crate must call it.
pub(super) fn from_outside(ty: &Type) -> TokenStream {
    let text = quote! { #ty }.into_iter().collect::<Vec<_>>();
    prefixed(text)
}

/// `tokens` with `$crate::` before each `types::`, and in place of `crate::`.
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
            "Sends null as `{}`, which is not the same as leaving it out.",
            argument.name
        ));
        quote! {
            #(#doc)*
            #[inline]
            pub fn #null_setter(mut self) -> Self {
                self.draft.set(#key, Ok::<_, ()>(()));
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
    match argument.place {
        Place::File => {
            return quote! {
                #(#docs)*
                pub fn #setter(mut self, file: FilePart) -> Self {
                    self.draft.files(#key, [file]);
                    self
                }
            };
        }
        Place::Files => {
            return quote! {
                #(#docs)*
                pub fn #setter(mut self, files: impl ::std::iter::IntoIterator<Item = FilePart>) -> Self {
                    self.draft.files(#key, files);
                    self
                }
            };
        }
        _ => {}
    }
    let is_text = last_name(ty) == "String";
    if is_text && argument.place != Place::Body {
        // Ids and paging numbers are texts in the document; callers have them as numbers as well.
        return quote! {
            #(#docs)*
            pub fn #setter(mut self, value: impl ::std::fmt::Display) -> Self {
                self.draft.text(#key, value);
                self
            }
        };
    }
    if let Some(item) = list_item(ty) {
        return quote! {
            #(#docs)*
            pub fn #setter<I>(mut self, values: I) -> Self
            where
                I: ::std::iter::IntoIterator,
                I::Item: ::std::convert::TryInto<#item>,
            {
                let values: ::std::result::Result<::std::vec::Vec<#item>, _> =
                    values.into_iter().map(::std::convert::TryInto::try_into).collect();
                self.draft.set(#key, values);
                self
            }
        };
    }
    quote! {
        #(#docs)*
        pub fn #setter<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#ty>,
        {
            self.draft.set(#key, value.try_into());
            self
        }
    }
}

fn body_setter(body: &Body) -> TokenStream {
    let Body { media, ty, .. } = body;
    if body.format == "bytes" {
        let docs = docs::attributes(&format!("Sets the body, which is sent as `{media}`."));
        return quote! {
            #(#docs)*
            pub fn body(mut self, body: impl ::std::convert::Into<Body>) -> Self {
                self.draft.bytes(body);
                self
            }
        };
    }
    let doc = if body.format == "multipart" {
        "Sets all fields that are no files, in place of those that were set before."
    } else if body.has_fields {
        "Sets the whole body, in place of every field that was set before."
    } else {
        "Sets the body."
    };
    quote! {
        #[doc = #doc]
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: ::std::convert::TryInto<#ty>,
        {
            self.draft.body(value.try_into());
            self
        }
    }
}

fn list_item(ty: &Type) -> Option<&Type> {
    (last_name(ty) == "Vec")
        .then(|| only_argument(ty))
        .flatten()
}

fn deprecated(operation: &Operation<'_>) -> Option<TokenStream> {
    operation
        .deprecated
        .then(|| quote! { #[deprecated = "the document calls this operation deprecated"] })
}

/// What a call gives, as the end of "Returns …".
fn returned(operation: &Operation<'_>) -> String {
    if operation.undocumented {
        return "any JSON value: the document shows no successful answer.".to_owned();
    }
    match operation.shape {
        "empty" => "nothing: a success has no body.".to_owned(),
        "text" => "the body as a text.".to_owned(),
        "bytes" => "the body as bytes; `stream()` reads them as they come.".to_owned(),
        "redirect" => "the target of the redirect, which is not followed.".to_owned(),
        "envelope" => format!(
            "what stands under `data`: {}.",
            value_doc(&operation.success)
        ),
        _ => format!("the whole body: {}.", value_doc(&operation.success)),
    }
}

/// A type in words, with a link to each type of the client's own.
fn value_doc(ty: &Type) -> String {
    let inner = |ty: &Type| only_argument(ty).map(value_doc).unwrap_or_default();
    match last_name(ty).as_str() {
        "Vec" => format!("a list, each item {}", inner(ty)),
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
                    format!("a map, each value {}", value_doc(value))
                }
                _ => "a map".to_owned(),
            }
        }
        "Map" => "an object of any names and values".to_owned(),
        "String" => "a text".to_owned(),
        "i64" => "an integer".to_owned(),
        "f64" => "a number".to_owned(),
        "bool" => "true or false".to_owned(),
        "Value" => "any JSON value".to_owned(),
        name => {
            let path = quote! { #ty }.to_string().replace(' ', "");
            format!("[`{name}`]({path})")
        }
    }
}

fn method_doc(operation: &Operation<'_>, target: &Target) -> String {
    let mut doc = operation.doc.clone();
    doc.push_str(&format!(
        "\n\nSends `{} {}`.",
        operation.http_method.to_uppercase(),
        operation.path
    ));
    doc.push_str(&format!("\n\nReturns {}", returned(operation)));
    if let Some(credits) = operation.credits {
        doc.push_str(&format!("\n\nCredits: {credits}"));
    }
    doc.push_str("\n\n# Example\n\n```\n");
    if operation.deprecated {
        doc.push_str("# #![allow(deprecated)]\n");
    }
    let core = target.core_in_examples();
    doc.push_str(&format!(
        "# async fn example(client: {}::Client) -> Result<(), {core}::Error> {{\n",
        target.crate_name
    ));
    doc.push_str(&format!(
        "let reply = client\n    .{}()\n",
        operation.method_ident
    ));
    for argument in operation
        .arguments
        .iter()
        .filter(|argument| argument.required)
    {
        if let Some(value) = &argument.example {
            doc.push_str(&format!("    .{}({value})\n", argument.setter));
        }
        let file = format!("{core}::FilePart::new(\"file.txt\", \"text\")");
        match argument.place {
            Place::File => doc.push_str(&format!("    .{}({file})\n", argument.setter)),
            Place::Files => doc.push_str(&format!("    .{}([{file}])\n", argument.setter)),
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
    doc.push_str("    .fetch()\n    .await?;\n# let _ = reply;\n# Ok(())\n# }\n```");
    doc
}
