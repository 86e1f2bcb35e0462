//! Smart Link postbacks: the service calls your URL when a Smart Link converts.
//!
//! Arguments are checked before anything is sent, and all invalid ones are reported together. Source of the rules: the
//! descriptions of the two operations that take a postback, in the document.

use std::fmt;

use onlyfansapi_client::{Client as Api, types};
use onlyfansapi_core::support::{invalid_argument, reject};
use onlyfansapi_core::transport::ReplyFuture;
use onlyfansapi_core::{CallOptions, InvalidArgument};
use url::Url;

use types::smart_link_postbacks::SmartLinkPostback;
use types::{ConversionType, PostbackMethod, SmartLinkScope};

/// Maximum length of a header name, in characters.
const MAX_HEADER_NAME: usize = 100;
/// Maximum length of a header value, in characters.
const MAX_HEADER_VALUE: usize = 2_000;

/// Sets every argument of `$call` from `$spec`. The two operations differ only in the type of their headers.
macro_rules! fill {
    ($call:expr, $spec:expr, $header:ident) => {{
        let headers = $spec.headers.as_ref().map(|headers| {
            let header = |(name, value): &(String, String)| {
                types::smart_link_postbacks::$header::new()
                    .name(name.as_str())
                    .value(value.as_str())
            };
            headers.iter().map(header).collect::<Vec<_>>()
        });
        $call
            .url($spec.url.as_str())
            .smart_link_scope(&$spec.scope)
            .conversion_types(&$spec.conversion_types)
            .smart_link_ids($spec.smart_link_ids.as_ref())
            .http_method($spec.method.as_ref())
            .body_body($spec.body.as_deref())
            .headers(headers)
    }};
}

/// The team's Smart Link postbacks, returned by [`Client::smart_link_postbacks`](crate::Client::smart_link_postbacks).
///
/// ```no_run
/// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
/// use onlyfansapi::PostbackSpec;
/// use onlyfansapi::api::types::{ConversionType, PostbackMethod};
///
/// let postbacks = client.smart_link_postbacks();
/// let spec = PostbackSpec::global("https://example.com/p?click={external_click_id}", [ConversionType::NewSubscriber])
///     .method(PostbackMethod::Post)
///     .body(r#"{"value": "{amount_gross}"}"#)
///     .header("X-Source", "smart-link");
/// let created = postbacks.create(&spec).await?;
/// for postback in &postbacks.list().await? {
///     println!("{:?} {:?}", postback.id, postback.url);
/// }
/// if let Some(id) = created.id {
///     postbacks.delete(id).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a resource does nothing until one of its methods is called"]
pub struct SmartLinkPostbacks {
    api: Api,
    options: CallOptions,
}

impl SmartLinkPostbacks {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            options: CallOptions::new(),
        }
    }

    /// Sets the options for every call through this value.
    pub fn with(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Lists all postbacks of the team; the service does not paginate them. Costs no credits.
    pub fn list(&self) -> ReplyFuture<Vec<SmartLinkPostback>> {
        self.api
            .list_smart_link_postbacks()
            .with(self.options.clone())
            .send()
    }

    /// Retrieves a postback. Costs no credits.
    pub fn retrieve(&self, id: i64) -> ReplyFuture<SmartLinkPostback> {
        self.api
            .show_smart_link_postback()
            .postback_id(id)
            .with(self.options.clone())
            .send()
    }

    /// Creates a postback and returns it. Costs no credits.
    pub fn create(&self, spec: &PostbackSpec) -> ReplyFuture<SmartLinkPostback> {
        let options = reject(self.options.clone(), spec.check(false));
        let call = self.api.create_smart_link_postback().with(options);
        fill!(call, spec, CreateSmartLinkPostbackBodyHeadersItem).send()
    }

    /// Updates a postback and returns it. Costs no credits.
    ///
    /// Although the method is PATCH, the service requires the URL, scope and conversion types again, so all of `spec`
    /// is sent. Fields that `spec` does not set remain unchanged.
    pub fn update(&self, id: i64, spec: &PostbackSpec) -> ReplyFuture<SmartLinkPostback> {
        let options = reject(self.options.clone(), spec.check(true));
        let call = self
            .api
            .update_smart_link_postback()
            .postback_id(id)
            .with(options);
        fill!(call, spec, UpdateSmartLinkPostbackBodyHeadersItem).send()
    }

    /// Deletes a postback. Costs no credits.
    pub fn delete(&self, id: i64) -> ReplyFuture<()> {
        self.api
            .delete_smart_link_postback()
            .postback_id(id)
            .with(self.options.clone())
            .send_as()
    }
}

/// The postback to create or update.
///
/// URL, body template and header values can contain variables that the service fills in: `{external_click_id}`,
/// `{fbclid}`, `{gclid}`, `{gbraid}`, `{wbraid}`, `{ttclid}`, `{sccid}`, `{conversion_type}`, `{amount_gross}` and others.
///
/// ```
/// use onlyfansapi::PostbackSpec;
/// use onlyfansapi::api::types::ConversionType;
///
/// let global = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber]);
/// let ids = ["01JTESTLINK000000000000001"];
/// let specific = PostbackSpec::for_links("https://example.com/p", [ConversionType::NewTransaction], ids);
/// # let _ = (global, specific);
/// ```
#[derive(Clone, PartialEq)]
pub struct PostbackSpec {
    url: String,
    scope: SmartLinkScope,
    conversion_types: Vec<ConversionType>,
    smart_link_ids: Option<Vec<String>>,
    method: Option<PostbackMethod>,
    body: Option<String>,
    headers: Option<Vec<(String, String)>>,
}

impl PostbackSpec {
    /// Creates a postback for every Smart Link of the team, fired by `conversion_types` (at least one).
    pub fn global(
        url: impl Into<String>,
        conversion_types: impl IntoIterator<Item = ConversionType>,
    ) -> Self {
        Self {
            url: url.into(),
            scope: SmartLinkScope::Global,
            conversion_types: conversion_types.into_iter().collect(),
            smart_link_ids: None,
            method: None,
            body: None,
            headers: None,
        }
    }

    /// Creates a postback for the Smart Links with these ids (at least one), fired by `conversion_types` (at least
    /// one).
    pub fn for_links(
        url: impl Into<String>,
        conversion_types: impl IntoIterator<Item = ConversionType>,
        smart_link_ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let ids = smart_link_ids.into_iter().map(Into::into).collect();
        Self {
            scope: SmartLinkScope::CampaignSpecific,
            smart_link_ids: Some(ids),
            ..Self::global(url, conversion_types)
        }
    }

    /// Sets the HTTP method of the service's request. If it is not set, the service uses GET for a new postback.
    #[must_use]
    pub fn method(mut self, method: impl Into<PostbackMethod>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Sets the body template, for POST only.
    #[must_use]
    pub fn body(mut self, template: impl Into<String>) -> Self {
        self.body = Some(template.into());
        self
    }

    /// Adds a header to the service's request. `Debug` does not show its value.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let header = (name.into(), value.into());
        self.headers.get_or_insert_default().push(header);
        self
    }

    /// Removes all headers of an existing postback.
    #[must_use]
    pub fn without_headers(mut self) -> Self {
        self.headers = Some(Vec::new());
        self
    }

    /// Returns every argument that the service would refuse.
    fn check(&self, is_update: bool) -> Vec<InvalidArgument> {
        let mut invalid = Vec::new();
        let mut reject = |argument: &str, reason: String| {
            invalid.push(invalid_argument(argument, reason));
        };
        if let Some(reason) = check_url(&self.url) {
            reject("url", reason.to_owned());
        }
        if self.conversion_types.is_empty() {
            reject("conversion_types", "needs at least one type".to_owned());
        }
        if self
            .conversion_types
            .iter()
            .any(|kind| kind.as_str().trim().is_empty())
        {
            reject("conversion_types", "contains an empty type".to_owned());
        }
        if let Some(ids) = &self.smart_link_ids {
            if ids.is_empty() {
                reject(
                    "smart_link_ids",
                    "needs at least one id when the scope is `campaign_specific`".to_owned(),
                );
            }
            if ids.iter().any(|id| id.trim().is_empty()) {
                reject("smart_link_ids", "contains an empty id".to_owned());
            }
        }
        if let Some(PostbackMethod::Other(_)) = self.method {
            reject("http_method", "must be one of `GET`, `POST`".to_owned());
        }
        // An update that does not set the method keeps the existing method.
        let may_have_body =
            self.method == Some(PostbackMethod::Post) || (is_update && self.method.is_none());
        if self.body.is_some() && !may_have_body {
            reject("body", "requires the method POST".to_owned());
        }
        for (index, (name, value)) in self.headers.iter().flatten().enumerate() {
            if let Some(reason) = check_header_name(name) {
                reject(&format!("headers[{index}].name"), reason);
            }
            if let Some(reason) = check_header_value(value) {
                reject(&format!("headers[{index}].value"), reason);
            }
        }
        invalid
    }
}

impl fmt::Debug for PostbackSpec {
    /// Omits the URL, the body and header values, which can contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.as_ref().map(|headers| {
            let name = |(name, _): &(String, String)| name.clone();
            headers.iter().map(name).collect::<Vec<_>>()
        });
        f.debug_struct("PostbackSpec")
            .field("scope", &self.scope)
            .field("conversion_types", &self.conversion_types)
            .field("smart_link_ids", &self.smart_link_ids)
            .field("method", &self.method)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

/// Returns the reason why the service could not call `url`, if any. Variables in braces may appear anywhere after the
/// host.
fn check_url(url: &str) -> Option<&'static str> {
    if url.is_empty() {
        return Some("is empty");
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some("contains a space or a control character");
    }
    match Url::parse(url) {
        Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") => {
            Some("must start with http:// or https://")
        }
        Ok(_) => None,
        Err(_) => Some("is not a valid URL"),
    }
}

fn check_header_name(name: &str) -> Option<String> {
    let length = name.chars().count();
    // A token as defined in RFC 9110, section 5.6.2.
    let is_token = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
    if length == 0 {
        Some("is empty".to_owned())
    } else if length > MAX_HEADER_NAME {
        Some(format!(
            "has {length} characters; at most {MAX_HEADER_NAME} are allowed"
        ))
    } else if !is_token {
        Some("contains characters that a header name cannot have".to_owned())
    } else {
        None
    }
}

fn check_header_value(value: &str) -> Option<String> {
    let length = value.chars().count();
    if length > MAX_HEADER_VALUE {
        Some(format!(
            "has {length} characters; at most {MAX_HEADER_VALUE} are allowed"
        ))
    } else if value.contains(|c: char| c.is_control() && c != '\t') {
        Some("contains a line break or another control character".to_owned())
    } else {
        None
    }
}
