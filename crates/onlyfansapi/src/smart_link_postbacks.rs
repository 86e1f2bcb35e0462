//! Smart Link postbacks: the service calls a URL of yours when a Smart Link converts.
//!
//! The handle checks what it sends before it is sent, and tells every fault at once. Source of the
//! rules: the document's texts on the two operations that take a postback.

use std::fmt;

use onlyfansapi_client::{Client as Api, types};
use onlyfansapi_core::{CallOptions, Fault, Fetch, open_enum};
use serde::{Deserialize, Serialize};
use url::Url;

/// Longest name of an extra header, in characters.
const MAX_HEADER_NAME: usize = 100;
/// Longest value of an extra header, in characters.
const MAX_HEADER_VALUE: usize = 2_000;

/// Sets every argument of `$call` that `$spec` has; the two operations differ in their types only.
macro_rules! fill {
    ($call:expr, $spec:expr, $header:ident) => {{
        let mut call = $call
            .url($spec.url.as_str())
            .smart_link_scope($spec.scope.as_str())
            .conversion_types($spec.conversion_types.iter().map(ConversionType::as_str));
        if let Some(ids) = &$spec.smart_link_ids {
            call = call.smart_link_ids(ids);
        }
        if let Some(method) = &$spec.method {
            call = call.http_method(method.as_str());
        }
        if let Some(body) = &$spec.body {
            call = call.body_body(body.as_str());
        }
        if let Some(headers) = &$spec.headers {
            let item = |header: &PostbackHeader| {
                types::smart_link_postbacks::$header::new()
                    .name(header.name.as_str())
                    .value(header.value.as_str())
            };
            call = call.headers(headers.iter().map(item));
        }
        call
    }};
}

/// The Smart Link postbacks of the team; from `client.smart_link_postbacks()`.
#[derive(Clone, Debug)]
#[must_use = "a handle does nothing by itself"]
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

    /// The same handle with options for each of its calls.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// use std::time::Duration;
    /// use onlyfansapi::CallOptions;
    ///
    /// let options = CallOptions::new().timeout(Duration::from_secs(5));
    /// let all = client.smart_link_postbacks().with(options).list().await?;
    /// # let _ = all;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Every postback of the team; the service does not page them. Free of credits.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// for postback in client.smart_link_postbacks().list().await?.iter() {
    ///     println!("{:?} {:?}", postback.id, postback.url);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> Fetch<Vec<SmartLinkPostback>> {
        self.api
            .list_smart_link_postbacks()
            .with(self.options.clone())
            .fetch_as()
    }

    /// One postback. Free of credits.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let postback = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", postback.url);
    /// # Ok(())
    /// # }
    /// ```
    pub fn show(&self, id: i64) -> Fetch<SmartLinkPostback> {
        self.api
            .show_smart_link_postback()
            .postback_id(id)
            .with(self.options.clone())
            .fetch_as()
    }

    /// Makes a postback and resolves to it.
    ///
    /// Resolves to "never built", with every fault at once, when the service would refuse it.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// use onlyfansapi::{ConversionType, PostbackMethod, PostbackSpec};
    ///
    /// let spec = PostbackSpec::global("https://example.com/p?click={external_click_id}", [ConversionType::NewSubscriber])
    ///     .method(PostbackMethod::Post)
    ///     .body(r#"{"value": "{amount_gross}"}"#)
    ///     .header("X-Source", "smart-link");
    /// let postback = client.smart_link_postbacks().create(&spec).await?;
    /// println!("{:?}", postback.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, spec: &PostbackSpec) -> Fetch<SmartLinkPostback> {
        let call = self
            .api
            .create_smart_link_postback()
            .with(spec.check(self.options.clone(), false));
        fill!(call, spec, CreateSmartLinkPostbackBodyHeadersItem).fetch_as()
    }

    /// Changes a postback and resolves to it.
    ///
    /// The service wants URL, scope and conversion types again, although the method is PATCH, so the
    /// whole of `spec` is sent; what it leaves open stays as it is.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// use onlyfansapi::{ConversionType, PostbackSpec};
    ///
    /// let spec = PostbackSpec::for_links("https://example.com/p", [ConversionType::NewTransaction], ["01JTESTLINK000000000000001"]);
    /// let postback = client.smart_link_postbacks().update(123, &spec).await?;
    /// # let _ = postback;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self, id: i64, spec: &PostbackSpec) -> Fetch<SmartLinkPostback> {
        let call = self
            .api
            .update_smart_link_postback()
            .postback_id(id)
            .with(spec.check(self.options.clone(), true));
        fill!(call, spec, UpdateSmartLinkPostbackBodyHeadersItem).fetch_as()
    }

    /// Deletes a postback.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// client.smart_link_postbacks().delete(123).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete(&self, id: i64) -> Fetch<()> {
        self.api
            .delete_smart_link_postback()
            .postback_id(id)
            .with(self.options.clone())
            .fetch_as()
    }
}

/// What a postback is to be: for [`SmartLinkPostbacks::create`] and [`SmartLinkPostbacks::update`].
///
/// URL, body template and header values may hold variables, which the service fills in when it
/// calls: `{external_click_id}`, `{fbclid}`, `{gclid}`, `{gbraid}`, `{wbraid}`, `{ttclid}`, `{sccid}`,
/// `{conversion_type}`, `{amount_gross}` and others.
#[derive(Clone, PartialEq)]
pub struct PostbackSpec {
    url: String,
    scope: SmartLinkScope,
    conversion_types: Vec<ConversionType>,
    smart_link_ids: Option<Vec<String>>,
    method: Option<PostbackMethod>,
    body: Option<String>,
    headers: Option<Vec<PostbackHeader>>,
}

impl PostbackSpec {
    /// A postback of every Smart Link of the team, fired by `conversion_types` (at least one).
    ///
    /// ```
    /// use onlyfansapi::{ConversionType, PostbackSpec};
    ///
    /// let spec = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber]);
    /// # let _ = spec;
    /// ```
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

    /// A postback of the Smart Links with these ids (ULIDs, at least one).
    ///
    /// ```
    /// use onlyfansapi::{ConversionType, PostbackSpec};
    ///
    /// let spec = PostbackSpec::for_links("https://example.com/p", [ConversionType::NewSubscriber], ["01JTESTLINK000000000000001"]);
    /// # let _ = spec;
    /// ```
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

    /// Sets the method by which the service calls; GET where none is set.
    ///
    /// ```
    /// # use onlyfansapi::{ConversionType, PostbackMethod, PostbackSpec};
    /// let spec = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber]).method(PostbackMethod::Post);
    /// # let _ = spec;
    /// ```
    #[must_use]
    pub fn method(mut self, method: PostbackMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// Sets the template of the body, for the method POST only.
    ///
    /// ```
    /// # use onlyfansapi::{ConversionType, PostbackMethod, PostbackSpec};
    /// let spec = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber])
    ///     .method(PostbackMethod::Post)
    ///     .body(r#"{"click": "{external_click_id}"}"#);
    /// # let _ = spec;
    /// ```
    #[must_use]
    pub fn body(mut self, template: impl Into<String>) -> Self {
        self.body = Some(template.into());
        self
    }

    /// Adds a header to the service's call: a name of at most 100 characters that HTTP allows, a value
    /// of at most 2,000.
    ///
    /// ```
    /// # use onlyfansapi::{ConversionType, PostbackSpec};
    /// let spec = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber]).header("X-Click", "{external_click_id}");
    /// # let _ = spec;
    /// ```
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.get_or_insert_default().push(PostbackHeader {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Takes every extra header away: on an update, a postback loses those that it had.
    ///
    /// ```
    /// # use onlyfansapi::{ConversionType, PostbackSpec};
    /// let spec = PostbackSpec::global("https://example.com/p", [ConversionType::NewSubscriber]).without_headers();
    /// # let _ = spec;
    /// ```
    #[must_use]
    pub fn without_headers(mut self) -> Self {
        self.headers = Some(Vec::new());
        self
    }

    /// Adds to `options` every fault that the service would refuse the postback for.
    fn check(&self, options: CallOptions, is_update: bool) -> CallOptions {
        let mut faults = Vec::new();
        let mut fault = |field: &str, rule: String| faults.push(Fault::new(field, rule));
        if let Some(rule) = url_fault(&self.url) {
            fault("url", rule.to_owned());
        }
        if self.conversion_types.is_empty() {
            fault("conversion_types", "needs at least one type".to_owned());
        }
        if self
            .conversion_types
            .iter()
            .any(|kind| kind.as_str().trim().is_empty())
        {
            fault("conversion_types", "has an empty type".to_owned());
        }
        if let Some(ids) = &self.smart_link_ids {
            if ids.is_empty() {
                fault(
                    "smart_link_ids",
                    "needs at least one id when the scope is `campaign_specific`".to_owned(),
                );
            }
            if ids.iter().any(|id| id.trim().is_empty()) {
                fault("smart_link_ids", "has an empty id".to_owned());
            }
        }
        if let Some(PostbackMethod::Other(_)) = self.method {
            fault("http_method", "must be one of `GET`, `POST`".to_owned());
        }
        // An update that leaves the method open keeps the one that there is.
        let may_have_body =
            self.method == Some(PostbackMethod::Post) || (is_update && self.method.is_none());
        if self.body.is_some() && !may_have_body {
            fault("body", "is a template for the method POST only".to_owned());
        }
        for (index, header) in self.headers.iter().flatten().enumerate() {
            if let Some(rule) = header.name_fault() {
                fault(&format!("headers[{index}].name"), rule);
            }
            if let Some(rule) = header.value_fault() {
                fault(&format!("headers[{index}].value"), rule);
            }
        }
        faults.into_iter().fold(options, CallOptions::fault)
    }
}

impl fmt::Debug for PostbackSpec {
    /// No header values: they can be keys of other services.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostbackSpec")
            .field("scope", &self.scope)
            .field("conversion_types", &self.conversion_types)
            .field("smart_link_ids", &self.smart_link_ids)
            .field("method", &self.method)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// Why the service could not call `url`; variables in braces may stand anywhere behind the host.
fn url_fault(url: &str) -> Option<&'static str> {
    if url.is_empty() {
        return Some("is empty");
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some("contains a blank or a control character");
    }
    match Url::parse(url) {
        Ok(parsed) if !matches!(parsed.scheme(), "http" | "https") => {
            Some("must begin with http:// or https://")
        }
        Ok(_) => None,
        Err(_) => Some("is not a URL"),
    }
}

/// A header that the service adds to its call of a postback.
#[derive(Clone, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct PostbackHeader {
    /// The name.
    pub name: String,
    /// The value; may hold variables.
    pub value: String,
}

impl PostbackHeader {
    fn name_fault(&self) -> Option<String> {
        let length = self.name.chars().count();
        // RFC 9110, section 5.6.2: a token.
        let is_token = self
            .name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        if length == 0 {
            Some("is empty".to_owned())
        } else if length > MAX_HEADER_NAME {
            Some(format!(
                "has {length} characters; at most {MAX_HEADER_NAME} are allowed"
            ))
        } else if !is_token {
            Some("has a character that a header's name cannot have".to_owned())
        } else {
            None
        }
    }

    fn value_fault(&self) -> Option<String> {
        let length = self.value.chars().count();
        if length > MAX_HEADER_VALUE {
            Some(format!(
                "has {length} characters; at most {MAX_HEADER_VALUE} are allowed"
            ))
        } else if self.value.contains(|c: char| c.is_control() && c != '\t') {
            Some("has a line break or another control character".to_owned())
        } else {
            None
        }
    }
}

impl fmt::Debug for PostbackHeader {
    /// The name only: the value can be a key of another service.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostbackHeader")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A Smart Link postback, as the service sends it.
///
/// Every field may be absent. What this type does not know stays in [`crate::Reply::raw`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SmartLinkPostback {
    /// The id; an integer.
    pub id: Option<i64>,
    /// The URL that is called, with its variables.
    pub url: Option<String>,
    /// The method by which it is called.
    pub http_method: Option<PostbackMethod>,
    /// The template of the body, for the method POST.
    pub body: Option<String>,
    /// The extra headers.
    pub headers: Option<Vec<PostbackHeader>>,
    /// Which Smart Links it is for.
    pub smart_link_scope: Option<SmartLinkScope>,
    /// What fires it.
    pub conversion_types: Option<Vec<ConversionType>>,
    /// The Smart Links it is for, by their ULIDs; empty when it is for all.
    pub smart_link_ids: Option<Vec<String>>,
    /// The same Smart Links with their names.
    pub smart_links: Option<Vec<PostbackSmartLink>>,
    /// What became of the last call; `None` when there was none yet.
    pub latest_response: Option<PostbackResponse>,
    /// When it was made, as the service writes it (RFC 3339).
    pub created_at: Option<String>,
    /// When it was changed last, as the service writes it (RFC 3339).
    pub updated_at: Option<String>,
}

/// A Smart Link, in the short form that a postback has.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PostbackSmartLink {
    /// Its ULID.
    pub link_ulid: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The name of its account.
    pub account_display_name: Option<String>,
    /// The id of its account, `acct_…`.
    pub account_prefixed_id: Option<String>,
}

/// What became of a call of a postback.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PostbackResponse {
    /// The id.
    pub id: Option<i64>,
    /// What fired the call.
    pub conversion_type: Option<ConversionType>,
    /// The URL that was called, variables filled in.
    pub postback_url: Option<String>,
    /// The status that your server answered.
    pub status_code: Option<i64>,
    /// Whether the service takes the call for delivered.
    pub succeeded: Option<bool>,
    /// The kind of failure.
    pub error_type: Option<String>,
    /// The failure in words.
    pub error_message: Option<String>,
    /// When it was called, as the service writes it.
    pub created_at: Option<String>,
}

open_enum! {
    /// What fires a postback.
    ///
    /// ```
    /// use onlyfansapi::ConversionType;
    ///
    /// assert_eq!(ConversionType::from("new_subscriber"), ConversionType::NewSubscriber);
    /// assert_eq!(ConversionType::from("new_thing").as_str(), "new_thing");
    /// ```
    pub enum ConversionType {
        /// A fan subscribed.
        NewSubscriber = "new_subscriber",
        /// A fan paid.
        NewTransaction = "new_transaction",
        /// A fan wrote.
        MessageReceived = "message_received",
        /// A fan has sent one message.
        FanSent1Message = "fan_sent_1_message",
        /// A fan has sent three messages.
        FanSent3Messages = "fan_sent_3_messages",
    }
}

open_enum! {
    /// Which Smart Links a postback is for.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::SmartLinkScope::Global.as_str(), "global");
    /// ```
    pub enum SmartLinkScope {
        /// All of the team.
        Global = "global",
        /// Those that it names.
        CampaignSpecific = "campaign_specific",
    }
}

open_enum! {
    /// By which method the service calls a postback.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::PostbackMethod::Post.as_str(), "POST");
    /// ```
    pub enum PostbackMethod {
        /// GET, without a body.
        Get = "GET",
        /// POST, with a body made of the template.
        Post = "POST",
    }
}
