//! Downloads the document if it has changed: over https (or http on loopback), with limits on size and time.

use std::io::{IsTerminal as _, Read as _};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::http::{Response, header};
use ureq::{Agent, Body};
use url::{Host, Url};

/// The maximum size of a document, decompressed.
const MAX_BYTES: usize = 20 << 20;
const MAX_REDIRECTS: usize = 5;

/// A download.
#[derive(Debug)]
pub(super) struct Download<'a> {
    pub(super) url: &'a str,
    /// ETag of the vendored document.
    pub(super) etag: Option<&'a str>,
    /// Timeout of the whole download.
    pub(super) timeout: Duration,
}

/// The outcome of a download.
#[derive(Debug)]
pub(super) enum Fetched {
    /// The document has not changed (status 304).
    NotModified,
    New {
        text: String,
        etag: Option<String>,
    },
}

impl Download<'_> {
    pub(super) fn fetch(&self) -> Result<Fetched> {
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(self.timeout))
            .http_status_as_error(false)
            // Redirects are followed below, after a check of each URL.
            .max_redirects(0)
            .user_agent(concat!("onlyfansapi-xtask/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        let mut url = parse_allowed_url(self.url)?;
        for _ in 0..=MAX_REDIRECTS {
            let mut request = agent.get(url.as_str());
            if let Some(etag) = self.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            let response = request
                .call()
                .with_context(|| format!("cannot download {url}"))?;
            let status = response.status();
            if status == 304 && self.etag.is_some() {
                return Ok(Fetched::NotModified);
            }
            if status.is_redirection() {
                let location = header_value(&response, header::LOCATION)
                    .with_context(|| format!("{url} returned {status} without a location"))?;
                let target = url.join(&location).with_context(|| {
                    format!("{url} redirects to `{location}`, which is not a URL")
                })?;
                url = parse_allowed_url(target.as_str())?;
                continue;
            }
            if status != 200 {
                bail!("{url} returned {status}, expected 200 or 304");
            }
            if header_value(&response, header::CONTENT_TYPE)
                .is_some_and(|kind| kind.starts_with("text/html"))
            {
                bail!("{url} returned an HTML page, not an OpenAPI document");
            }
            let etag = header_value(&response, header::ETAG);
            let bytes = read(&url, response)?;
            let text = decode_text(url.as_str(), bytes)?;
            return Ok(Fetched::New { text, etag });
        }
        bail!("{} redirects more than {MAX_REDIRECTS} times", self.url)
    }
}

/// Decodes the bytes of a document as UTF-8. `from` names the source in errors.
///
/// Returns an error for oversized and empty files and for HTML pages.
pub(super) fn decode_text(from: &str, bytes: Vec<u8>) -> Result<String> {
    if bytes.len() > MAX_BYTES {
        bail!("{from} has {} bytes; the limit is {MAX_BYTES}", bytes.len());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "{from} is not valid UTF-8 at byte {}",
            error.utf8_error().valid_up_to()
        )
    })?;
    let start = text
        .trim_start()
        .get(..14)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        bail!("{from} is an HTML page, not an OpenAPI document");
    }
    if text.trim().is_empty() {
        bail!("{from} is empty");
    }
    Ok(text)
}

/// Reads and decompresses the body, with a progress bar on a terminal.
fn read(url: &Url, response: Response<Body>) -> Result<Vec<u8>> {
    let is_compressed = header_value(&response, header::CONTENT_ENCODING).is_some();
    let length = response.body().content_length().filter(|_| !is_compressed);
    if length.is_some_and(|length| length > MAX_BYTES as u64) {
        bail!(
            "{url} has a Content-Length of {} bytes; the limit is {MAX_BYTES}",
            length.unwrap_or_default()
        );
    }
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(length.unwrap_or_default()).with_style(
            ProgressStyle::with_template("{msg} {bytes} {wide_bar} {total_bytes}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        )
    } else {
        ProgressBar::hidden()
    };
    bar.set_message("openapi.yaml");
    let mut bytes = Vec::new();
    let body = response.into_body().into_reader();
    let outcome = bar
        .wrap_read(body)
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes);
    bar.finish_and_clear();
    outcome.with_context(|| format!("the download of {url} failed after {} bytes", bytes.len()))?;
    if bytes.len() > MAX_BYTES {
        bail!("{url} has more than {MAX_BYTES} bytes, which is the limit");
    }
    Ok(bytes)
}

/// Parses a URL, and returns an error unless it is https, or http on loopback.
fn parse_allowed_url(url: &str) -> Result<Url> {
    let url = Url::parse(url).with_context(|| format!("`{url}` is not a URL"))?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => bail!("{url}: only https, or http on loopback, is allowed"),
    }
}

/// Returns the value of a header, if it is text.
fn header_value(response: &Response<Body>, name: header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    Some(value.to_owned())
}
