//! The Rust SDK of the OnlyFans API (onlyfansapi.com). Not affiliated with the vendor.
//!
//! ```no_run
//! # async fn example() -> Result<(), onlyfansapi::Error> {
//! let client = onlyfansapi::Client::from_env()?; // ONLYFANSAPI_API_KEY
//!
//! let postback = client.api().show_smart_link_postback().postback_id(123).fetch().await?;
//! println!("{:?}", postback.url); // a reply derefs to its value
//! if let Some(credits) = postback.credits() {
//!     println!("{} credits left", credits.balance);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Calls
//!
//! - [`Client::api`] has every operation of the service's document, one method each. Parameters and
//!   fields of the body are set by name; [`api::types`] are the types that they take and return.
//! - Handles such as [`Client::smart_link_postbacks`] are written by hand for what is done daily: they
//!   check what they send and have enumerations that keep values they do not know.
//! - [`Client::request`] calls what the document does not know, with the same key, limits and errors.
//!
//! Every call takes [`CallOptions`] by `.with(…)`: headers, query and body fields that the document does
//! not know, a time limit, how to decode. `.request()` shows what would be sent, the key left out, and
//! `.fetch_as::<T>()` decodes into a type of yours.
//!
//! ```
//! # fn main() -> Result<(), onlyfansapi::Error> {
//! let client = onlyfansapi::Client::new("not-a-real-key")?;
//! let preview = client.api().list_active_fans().account("acct_0123").filter_online(1).request()?;
//! assert_eq!(preview.url, "https://app.onlyfansapi.com/api/acct_0123/fans/active?filter%5Bonline%5D=1");
//! # Ok(())
//! # }
//! ```
//!
//! # Replies
//!
//! A [`Reply`] derefs to what stands under `data`, or to the whole body where there is no envelope.
//! [`Reply::credits`], [`Reply::rate_limits`], [`Reply::cache`] and [`Reply::pagination`] read what stands
//! beside it, [`Reply::status`], [`Reply::headers`] and [`Reply::raw`] are always there. Without `data`,
//! structs and lists are empty and [`Reply::has_data`] is false.
//!
//! The document's types are guessed from examples, so an answer may not fit. It still gives a value:
//! what can be converted without loss is (`"5"` for an integer), the rest is `None`, a list keeps its other
//! items, and [`Reply::drift`] lists each place with what was expected and found. [`Decode::Strict`] makes
//! it an error instead.
//!
//! # Errors
//!
//! [`Error::kind`] says how far the request got: never built, never sent, maybe sent, refused, or answered
//! but unreadable. Predicates such as [`Error::is_rate_limited`] say what went wrong, and their docs what
//! to do next. Status, headers and body are kept.
//!
//! ```no_run
//! # async fn example(client: onlyfansapi::Client) {
//! match client.smart_link_postbacks().show(123).await {
//!     Ok(postback) => println!("{:?}", postback.url),
//!     Err(error) if error.is_not_found() => println!("there is none"),
//!     Err(error) if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Attempts
//!
//! A request is sent again, twice at most, only where that is safe: reads, and calls with an idempotency key,
//! after everything that may pass; any other write only if it provably took no effect
//! ([`ClientBuilder::retries`]). [`CallOptions::retries`], [`CallOptions::no_retry`] and
//! [`CallOptions::idempotent`] say otherwise for one call. Connection, attempt, call and answer have limits on
//! client and call. [`Reply::attempts`] and [`Error::attempts`] count.
//!
//! # Traces
//!
//! Each call is one `tracing` span of the target `onlyfansapi`, with OpenTelemetry's names where it has them
//! (`http.request.method`, `url.template`, `http.response.status_code`, `error.type`), attempts, credits and the
//! number of places that drifted; further attempts and drift are events. No header, body, query or value is in
//! them.
//!
//! # Secrets
//!
//! The key goes to the configured origin only, over TLS or to loopback, and is in no `Debug`, `Display` or
//! error. Redirects are not followed.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with the *ring* provider, certificates checked by the
//!   platform's verifier. A provider that your program has installed as the process default is
//!   used instead.
//! - `rustls-graviola`: TLS by rustls with the graviola provider, for machines without a C compiler; x86_64
//!   and aarch64 only.
//! - `native-tls`: TLS by the platform's own library.
//! - neither: only plain HTTP to loopback works, or a `reqwest::Client` of your own with TLS.
//! - `gzip` (default): compressed answers.
//! - `schemars`: `schemars::JsonSchema` (schemars 1) on every generated type.
//! - `generate`: runs the generator over the document while building. Without it, which is the default, the
//!   build takes the committed copy of the generator's output, the same to the byte, and compiles no
//!   generator.
//!
//! Cargo unifies features: if any crate of a build switches `generate` on, it is on for all of them. A
//! library should leave it alone; nothing but the time of the build depends on it.

mod base_url;
mod client;
mod connections;
mod key;
mod policy;
mod smart_link_postbacks;
mod tls;
mod trace;
mod transport;

pub use client::{Client, ClientBuilder};
pub use key::ApiKey;
pub use onlyfansapi_core::{
    ApiError, Blob, Body, BodyFactory, BodyStream, CacheInfo, CallOptions, Credits, Decode,
    Download, Drift, Error, ErrorKind, Fault, Fetch, FilePart, FromReply, Limit, Limits, Location,
    MediaRef, Opening, Pagination, RateLimits, RawRequest, Reply, RequestPreview, Timestamp,
    UpstreamResponse, http,
};
pub use smart_link_postbacks::{
    ConversionType, PostbackHeader, PostbackMethod, PostbackResponse, PostbackSmartLink,
    PostbackSpec, SmartLinkPostback, SmartLinkPostbacks, SmartLinkScope,
};

/// The generated operations and their types. They follow the service's document: see the README for
/// what that means for versions.
pub mod api {
    pub use onlyfansapi_client::{Client as Api, builder, operations, types};
    pub use onlyfansapi_core::{BodyFormat, EmptyBody, Operation, Parameter, Place, Shape, Style};
}

/// The README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
