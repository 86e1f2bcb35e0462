//! The base URL: an origin, over TLS unless it is loopback.

use std::net::IpAddr;

use onlyfansapi_core::Error;
use onlyfansapi_core::transport::ErrorBuilder;
use url::{Host, Url};

/// Parses a base URL: `https`, or `http` to loopback; scheme, host and port only.
pub(crate) fn parse(text: &str) -> Result<Url, Error> {
    let invalid = |what: &str| {
        Err(ErrorBuilder::configuration(format!(
            "the base URL {what}; expected a scheme and a host, such as https://app.onlyfansapi.com"
        ))
        .build())
    };
    let Ok(url) = Url::parse(text.trim()) else {
        return invalid("is not a URL");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return invalid(
                "is plain http, which would send the API key unencrypted; only loopback may use it",
            );
        }
        _ => return invalid("has a scheme other than https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return invalid("contains a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return invalid("has a query or a fragment");
    }
    if !matches!(url.path(), "" | "/") {
        return invalid("has a path; the paths of the operations start with /api");
    }
    Ok(url)
}

/// Parses the URL of a proxy; without a scheme it is an HTTP proxy. The proxy of a base URL without TLS must be on
/// loopback, because it receives the API key unencrypted.
pub(crate) fn parse_proxy(proxy: &str, base_url: &Url) -> Result<Url, Error> {
    // The URL can contain a password, so errors do not show it.
    let invalid = |problem: &str| ErrorBuilder::configuration(problem).build();
    let text = if proxy.contains("://") {
        proxy.to_owned()
    } else {
        format!("http://{}", proxy.trim_start_matches('/'))
    };
    let url = Url::parse(&text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| invalid("the proxy is not a valid http or https URL"))?;
    if base_url.scheme() == "http" && !is_loopback(&url) {
        return Err(invalid(
            "the base URL is plain http, so the proxy must be on loopback: it would see the API key",
        ));
    }
    Ok(url)
}

/// Returns the scheme, host and port of a URL: the parts that an error may show.
pub(crate) fn origin(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn accepts_origins_over_tls_or_on_loopback() {
        for good in [
            "https://app.onlyfansapi.com",
            "https://host:8443/",
            "http://127.0.0.1:4010",
            "http://localhost",
            "http://[::1]:1",
        ] {
            assert!(super::parse(good).is_ok(), "{good}");
        }
        for (bad, what) in [
            ("app.onlyfansapi.com", "is not a URL"),
            ("http://app.onlyfansapi.com", "is plain http"),
            ("http://localhost.example.com", "is plain http"),
            ("ftp://host", "has a scheme other than https"),
            ("https://user:pw@host", "contains a user name or password"),
            ("https://host/api", "has a path"),
            ("https://host?x=1", "has a query or a fragment"),
        ] {
            let error = super::parse(bad).unwrap_err().to_string();
            assert!(
                error.contains(what) && error.lines().count() == 1,
                "{bad}: {error}"
            );
            assert!(!error.contains("pw"), "{error}");
        }
    }
}
