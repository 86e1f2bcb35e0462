//! The document from the service: only if it has a new one, over https or on loopback, of bearable size and in
//! bearable time.

use std::io::{IsTerminal as _, Read as _};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::http::{Response, header};
use ureq::{Agent, Body};
use url::{Host, Url};

/// The largest document that is taken, unpacked.
const LARGEST: usize = 20 << 20;
const REDIRECTS: usize = 5;

/// A download.
#[derive(Debug)]
pub(super) struct Download<'a> {
    pub(super) url: &'a str,
    /// What the service called the document that is here already.
    pub(super) etag: Option<&'a str>,
    /// How long the whole may take.
    pub(super) limit: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Fetched {
    /// The service says that it is the same.
    Same,
    New {
        text: String,
        etag: Option<String>,
    },
}

impl Download<'_> {
    pub(super) fn fetch(&self) -> Result<Fetched> {
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(self.limit))
            .http_status_as_error(false)
            // Each step is looked at before it is taken.
            .max_redirects(0)
            .user_agent(concat!("onlyfansapi-xtask/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        let mut url = checked(self.url)?;
        for _ in 0..=REDIRECTS {
            let mut request = agent.get(url.as_str());
            if let Some(etag) = self.etag {
                request = request.header(header::IF_NONE_MATCH, etag);
            }
            let answer = request
                .call()
                .with_context(|| format!("{url} gave no answer"))?;
            let status = answer.status();
            if status == 304 && self.etag.is_some() {
                return Ok(Fetched::Same);
            }
            if status.is_redirection() {
                let to = text_of(&answer, header::LOCATION).with_context(|| {
                    format!("{url} answered {status} and does not say where to")
                })?;
                let to = url
                    .join(&to)
                    .with_context(|| format!("{url} redirects to `{to}`"))?;
                url = checked(to.as_str())?;
                continue;
            }
            if status != 200 {
                bail!("{url} answered {status}; 200 or 304 is needed");
            }
            if text_of(&answer, header::CONTENT_TYPE)
                .is_some_and(|kind| kind.starts_with("text/html"))
            {
                bail!("{url} answered with an HTML page, not with an OpenAPI document");
            }
            let etag = text_of(&answer, header::ETAG);
            let bytes = read(&url, answer)?;
            let text = text(url.as_str(), bytes)?;
            return Ok(Fetched::New { text, etag });
        }
        bail!("{} redirects more than {REDIRECTS} times", self.url)
    }
}

/// A text that may be a document: the service's pages for people are told by their first words.
pub(super) fn text(from: &str, bytes: Vec<u8>) -> Result<String> {
    if bytes.len() > LARGEST {
        bail!(
            "{from} has {} bytes; at most {LARGEST} are taken",
            bytes.len()
        );
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "{from} is not UTF-8 text from byte {} on",
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

/// Reads the body, unpacked, with a bar on a terminal.
fn read(url: &Url, answer: Response<Body>) -> Result<Vec<u8>> {
    let packed = text_of(&answer, header::CONTENT_ENCODING).is_some();
    let length = answer.body().content_length().filter(|_| !packed);
    if length.is_some_and(|length| length > LARGEST as u64) {
        bail!(
            "{url} announces {} bytes; at most {LARGEST} are taken",
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
    let body = answer.into_body().into_reader();
    let outcome = bar
        .wrap_read(body)
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes);
    bar.finish_and_clear();
    outcome.with_context(|| format!("{url} broke off after {} bytes", bytes.len()))?;
    if bytes.len() > LARGEST {
        bail!("{url} has more than {LARGEST} bytes; no document of that size is taken");
    }
    Ok(bytes)
}

/// A URL that may be asked.
fn checked(url: &str) -> Result<Url> {
    let url = Url::parse(url).with_context(|| format!("`{url}` is no URL"))?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => bail!("{url}: the document is taken over https, or over http from loopback"),
    }
}

fn text_of(answer: &Response<Body>, name: header::HeaderName) -> Option<String> {
    let value = answer.headers().get(name)?.to_str().ok()?;
    Some(value.to_owned())
}
