//! Which service is called: an origin, over TLS unless it is this machine.

use std::net::IpAddr;

use onlyfansapi_core::Error;
use url::{Host, Url};

/// Checks a base URL: `https`, or `http` to loopback; host and port only.
pub(crate) fn parse(text: &str) -> Result<Url, Error> {
    let fault = |what: &str| {
        Err(Error::configuration(format!(
            "the base URL {what}; it is a scheme and a host, such as https://app.onlyfansapi.com"
        )))
    };
    let Ok(url) = Url::parse(text.trim()) else {
        return fault("is not a URL");
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return fault(
                "is plain http, which would show the key on the way; only loopback may be called so",
            );
        }
        _ => return fault("has a scheme other than https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return fault("contains a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return fault("has a query or a fragment");
    }
    if !matches!(url.path(), "" | "/") {
        return fault("has a path; the operations' own paths begin with /api");
    }
    Ok(url)
}

/// Refuses a proxy on another machine for a base URL without TLS: the key would go there in the clear.
pub(crate) fn expect_loopback_proxy(proxy: &str) -> Result<(), Error> {
    match Url::parse(proxy) {
        Ok(url) if !is_loopback(&url) => Err(Error::configuration(
            "the base URL is plain http, so the proxy must be on this machine: it would see the key",
        )),
        // What is no URL is refused where the proxy is made.
        _ => Ok(()),
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
    fn only_an_origin_over_tls_or_on_this_machine_is_taken() {
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
