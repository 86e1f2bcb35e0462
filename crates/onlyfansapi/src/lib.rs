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
//! [`Client::api`] has every operation of the service's document, one method each; [`api::types`]
//! are the types that they take and return. A call resolves to a [`Reply`] or to an [`Error`] that
//! says how far the request got.
//!
//! # Features
//!
//! - `rustls` (default): TLS by rustls with the *ring* provider, certificates checked by the
//!   platform's verifier. A provider that your program has installed as the process default is
//!   used instead.
//! - `native-tls`: TLS by the platform's own library.
//! - neither: only plain HTTP to loopback works, or a `reqwest::Client` of your own with TLS.
//! - `gzip` (default): compressed answers.
//! - `schemars`: `schemars::JsonSchema` (schemars 1) on every generated type.

mod base_url;
mod client;
mod key;
mod smart_link_postbacks;
mod tls;
mod transport;

pub use client::{Client, ClientBuilder};
pub use key::ApiKey;
pub use onlyfansapi_core::{
    ApiError, CacheInfo, CallOptions, Credits, Decode, Drift, Error, ErrorKind, Fault, Fetch,
    FromReply, Pagination, RateLimits, RawRequest, Reply, RequestPreview, UpstreamResponse, http,
};
pub use smart_link_postbacks::{
    ConversionType, PostbackHeader, PostbackMethod, PostbackResponse, PostbackSmartLink,
    PostbackSpec, SmartLinkPostback, SmartLinkPostbacks, SmartLinkScope,
};

/// The generated operations and their types. They follow the service's document: see the README for
/// what that means for versions.
pub mod api {
    pub use onlyfansapi_client::{Client as Api, builder, operations, types};
    pub use onlyfansapi_core::{Operation, Parameter, Place, Shape};
}

/// The README, so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
