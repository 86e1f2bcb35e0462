//! The Rust SDK of the OnlyFans API ([onlyfansapi.com](https://onlyfansapi.com)). Not affiliated with the vendor.
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
//! - [`Client::api`] has every operation of the service's document, one method each. A method returns a builder: set
//!   parameters and body fields by name, then await it. Setters take anything that converts ([`IntoArgument`]), and an
//!   `Option` to set conditionally. [`api::types`] are the types of arguments and replies.
//! - [`Client::smart_link_postbacks`] is hand-written: it checks what it sends.
//! - [`Client::request`] sends requests that the document does not describe, with the same key, limits and errors.
//!
//! Every builder also has `.send()`, which returns the future; `.send_as::<T>()`, which decodes into a type of your choice;
//! `.preview()`, which shows the request without sending it; and `.with(options)`, which sets [`CallOptions`].
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
//! A [`Reply`] dereferences to the value: what is under `data`, or the whole body if there is no envelope.
//! [`Reply::meta`] has the rest: status, headers, credits, rate limits, cache, paging, attempts, drift and the raw body.
//!
//! The document's types are guessed from examples, so a response may not match its type. It still gives a value: what can
//! be converted without loss is converted (`"5"` to an integer), the rest is `None`, an array keeps its other items, and
//! [`Meta::drift`] lists each location with what was expected and found. [`Decode::Strict`] makes it an error instead.
//!
//! # Errors
//!
//! [`Error::kind`] says how far the request got:
//!
//! | kind | meaning | may have taken effect |
//! | --- | --- | --- |
//! | [`NeverBuilt`](ErrorKind::NeverBuilt) | an argument or a setting is invalid; the error lists all of them | no |
//! | [`NeverSent`](ErrorKind::NeverSent) | no connection | no |
//! | [`MaybeSent`](ErrorKind::MaybeSent) | no response: a timeout or a broken connection | yes |
//! | [`Refused`](ErrorKind::Refused) | a 4xx or 5xx status, or a 2xx response that reports failure (`success: false`) | if the status is 5xx |
//! | [`Unreadable`](ErrorKind::Unreadable) | a success whose body broke off or does not match its type | yes |
//!
//! Predicates such as [`Error::is_rate_limited`] say what went wrong, and their documentation what to do next. Status,
//! headers and body are kept.
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
//! A request is retried at most twice, and only if that is safe: reads, and calls with an idempotency key, after any
//! transient failure; other writes only if they provably took no effect. `sendMessage` gets an idempotency key, generated
//! once per call. Connections, attempts, calls and response sizes are limited. [`ClientBuilder`] sets all of this for the
//! client, [`CallOptions`] for one call.
//!
//! # Tracing
//!
//! Each call is one `tracing` span with the target `onlyfansapi`. Its fields have OpenTelemetry's names
//! (`http.request.method`, `url.template`, `http.response.status_code`, `error.type`) and include attempts, credits and the
//! number of drifted locations. Retries and drift are events. Headers, bodies, queries and values are never recorded.
//!
//! # Secrets
//!
//! The API key is sent to the configured origin only, over TLS or to loopback. It never appears in `Debug`, `Display` or
//! errors. Redirects are not followed.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with the *ring* provider and the platform's certificate verifier. A crypto provider
//!   that your program has installed as the process default takes precedence.
//! - `rustls-graviola`: TLS by rustls with the graviola provider, which builds without a C compiler; x86_64 and aarch64
//!   only.
//! - `native-tls`: TLS by the platform's own library.
//! - Without a TLS feature, only plain HTTP to loopback works, or a custom `reqwest::Client` with TLS.
//! - `gzip` (default): compressed responses.
//! - `schemars`: `schemars::JsonSchema` (schemars 1) on every generated type.
//! - `generate`: runs the generator during the build. By default the build takes the committed copy of its output, which
//!   is byte-identical, and compiles no generator. Libraries should leave this off: cargo unifies features, so one crate
//!   that enables it slows down the build for all.

mod client;
mod policy;
mod resources;
mod transport;

pub use client::{ApiKey, Client, ClientBuilder};
pub use onlyfansapi_core::{
    ApiError, Blob, Body, BodyFactory, BodyStream, CacheInfo, CallOptions, Credits, Decode,
    Download, DownloadFuture, Drift, Error, ErrorKind, FilePart, IntoArgument, InvalidArgument,
    Location, MediaRef, Meta, Pagination, RateLimits, RawRequest, Reply, ReplyFuture,
    RequestPreview, Timestamp, UnknownValue, UpstreamResponse, http,
};
pub use resources::{PostbackSpec, SmartLinkPostbacks};

/// The generated operations and their types. They follow the service's document; the README says what that means for
/// versions.
pub mod api {
    pub use onlyfansapi_client::{Client as Api, builder, operations, types};
    pub use onlyfansapi_core::{
        BodyFormat, EmptyBody, Operation, Parameter, ParameterLocation, QueryStyle, RefusalMarker,
        ResponseShape,
    };
}

/// The README, so that its examples are compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
