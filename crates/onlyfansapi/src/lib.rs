//! The Rust SDK for the OnlyFans API ([onlyfansapi.com](https://onlyfansapi.com)). Not affiliated with the vendor.
//!
//! ```no_run
//! use onlyfansapi::Client;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), onlyfansapi::Error> {
//!     let client = Client::from_env()?; // ONLYFANSAPI_API_KEY
//!
//!     let fans = client.api().list_active_fans().account("acct_0123").filter_online(1).await?;
//!     for fan in fans.list.iter().flatten() {
//!         println!("{:?} {:?}", fan.id, fan.name);
//!     }
//!
//!     let sent = client.api().send_message().account("acct_0123").chat_id(12345).text("Hello!").await?;
//!     println!("message {:?}", sent.id);
//!     if let Some(credits) = sent.meta().credits() {
//!         println!("{} credits left", credits.balance);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # Calls
//!
//! - [`Client::api`] has one method per operation of the service's OpenAPI document. Each method returns a builder: set
//!   parameters and body fields by name, then await it. Setters accept any type that can be converted to the argument's
//!   type ([`IntoArgument`]), and an `Option` for an optional value. The types of arguments and replies are in
//!   [`api::types`].
//! - [`Client::smart_link_postbacks`] is hand-written and validates its arguments before sending.
//! - [`Client::request`] sends requests that the document does not describe, with the same key, limits and errors.
//!
//! Every builder also has `.send()`, which returns the future; `.send_as::<T>()`, which decodes into a type of your
//! choice; `.preview()`, which returns the request without sending it; and `.with(options)`, which sets
//! [`CallOptions`].
//!
//! ```
//! # fn main() -> Result<(), onlyfansapi::Error> {
//! let client = onlyfansapi::Client::new("not-a-real-key")?;
//! let limit: Option<u32> = None;
//! let preview = client.api().list_active_fans().account("acct_0123").filter_online(1).limit(limit).preview()?;
//! assert_eq!(preview.url, "https://app.onlyfansapi.com/api/acct_0123/fans/active?filter%5Bonline%5D=1");
//! # Ok(())
//! # }
//! ```
//!
//! # Replies
//!
//! A [`Reply`] dereferences to the value: the value under `data`, or the whole body if there is no envelope.
//! [`Reply::meta`] returns the rest: status, headers, credits, rate limits, cache, paging, attempts, drift and the raw
//! body.
//!
//! The document's types are inferred from examples, so a response may not match its type. It is decoded anyway: a
//! mismatched value is converted if that is lossless (`"5"` to an integer); otherwise a field becomes `None` and an
//! array loses the item. [`Meta::drift`] lists the location of each mismatch with the expected and the actual JSON
//! type. With [`Decode::Strict`], a mismatch is an error.
//!
//! # Errors
//!
//! [`Error::kind`] returns how far the request got, over all attempts of the call
//! ([`failed_attempts`](Error::failed_attempts) lists them):
//!
//! | kind | meaning | may have taken effect |
//! | --- | --- | --- |
//! | [`NeverBuilt`](ErrorKind::NeverBuilt) | an argument or a setting is invalid; the error lists all of them | no |
//! | [`NeverSent`](ErrorKind::NeverSent) | no connection, and no earlier attempt took effect | no |
//! | [`MaybeSent`](ErrorKind::MaybeSent) | at least one attempt got no response: a timeout or a broken connection | yes |
//! | [`Refused`](ErrorKind::Refused) | a 4xx or 5xx status, a redirect, or a 2xx response that reports failure (`success: false`) | yes, in particular if the status is 5xx |
//! | [`Unreadable`](ErrorKind::Unreadable) | a successful response whose body is incomplete or does not match its type | yes |
//!
//! Predicates such as [`Error::is_rate_limited`] say what went wrong; their documentation explains what to do next.
//! The error keeps the status, headers and body of the response.
//!
//! ```no_run
//! # async fn example(client: onlyfansapi::Client) {
//! match client.api().get_current_account().account("acct_0123").await {
//!     Ok(account) => println!("{:?}", account.name),
//!     Err(error) if error.is_not_found() => println!("no such account"),
//!     Err(error) if error.is_rate_limited() => println!("retry after {:?}", error.retry_after()),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Retries and limits
//!
//! A request is retried at most twice by default, and only if that is safe: reads, and calls with an idempotency key,
//! after any transient failure; other writes only if they provably had no effect. `sendMessage` gets an idempotency
//! key, generated once per call. Connections, attempts, calls and response sizes are limited. [`ClientBuilder`]
//! configures all of this for the client; [`CallOptions`] overrides everything except the backoff for a single call.
//!
//! # Tracing
//!
//! Each call is a `tracing` span with the target `onlyfansapi`. Its fields have OpenTelemetry's names
//! (`http.request.method`, `url.template`, `http.response.status_code`, `error.type`) and include attempts, credits and
//! the number of drifted locations. Retries and drift are events. Headers, bodies, queries and values are never
//! recorded.
//!
//! # Secrets
//!
//! The API key is sent only to the configured origin, over TLS or to loopback. It never appears in `Debug`, `Display`
//! or errors. Redirects are not followed.
//!
//! # Features
//!
//! - `rustls` (default): TLS with rustls, the *ring* provider and the platform's certificate verifier. If your program
//!   has installed a default crypto provider for the process, that provider is used.
//! - `rustls-graviola`: TLS with rustls and the graviola provider, which builds without a C compiler; x86_64 and
//!   aarch64 only.
//! - `native-tls`: TLS with the platform's own library.
//! - `gzip` (default): compressed responses.
//! - `schemars`: `schemars::JsonSchema` (schemars 1) on every generated type.
//! - `generate`: runs the generator during the build. By default, the build uses the committed copy of its output,
//!   which is byte-identical, and does not compile the generator. Libraries should leave it off: Cargo unifies
//!   features, so a single crate that enables it slows down the whole build.
//!
//! Without a TLS feature, only plain HTTP to loopback works, unless you supply a custom `reqwest::Client` with TLS.

mod client;
mod policy;
mod resources;
mod transport;

pub use client::{ApiKey, Client, ClientBuilder};
pub use onlyfansapi_core::{
    ApiError, Blob, Body, BodyFactory, BodyStream, CacheInfo, CallOptions, Credits, Decode,
    Download, DownloadFuture, Drift, Error, ErrorKind, FailedAttempt, FilePart, IntoArgument,
    InvalidArgument, Location, MediaRef, Meta, Pagination, RateLimits, RawRequest, Reply,
    ReplyFuture, RequestPreview, Timestamp, UnknownValue, UpstreamResponse, http,
};
pub use resources::{PostbackSpec, SmartLinkPostbacks};

/// The generated operations and their types. They follow the service's document; the README explains what that means
/// for versions.
pub mod api {
    pub use onlyfansapi_client::{Client as Api, builder, operations, types};
    pub use onlyfansapi_core::{Operation, Parameter, ParameterLocation};
}

/// The README, so that its examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
