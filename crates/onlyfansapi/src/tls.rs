//! The TLS provider, chosen on purpose: *ring*, because aws-lc-rs alone takes as long to build as
//! the rest of the client.

use onlyfansapi_core::Error;

/// Adds root certificates, PEM texts with one or more each, to those of the platform.
#[cfg(any(
    feature = "rustls",
    feature = "rustls-graviola",
    feature = "native-tls"
))]
pub(crate) fn trust(
    mut builder: reqwest::ClientBuilder,
    certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, Error> {
    for pem in certificates {
        let fault = || Error::configuration("the root certificate is not PEM, or has none in it");
        let bundle =
            reqwest::Certificate::from_pem_bundle(pem).map_err(|e| fault().with_source(e))?;
        if bundle.is_empty() {
            return Err(fault());
        }
        for certificate in bundle {
            builder = builder.add_root_certificate(certificate);
        }
    }
    Ok(builder)
}

/// Without TLS there is nothing that a certificate could do.
#[cfg(not(any(
    feature = "rustls",
    feature = "rustls-graviola",
    feature = "native-tls"
)))]
pub(crate) fn trust(
    builder: reqwest::ClientBuilder,
    certificates: &[Vec<u8>],
) -> Result<reqwest::ClientBuilder, Error> {
    if certificates.is_empty() {
        Ok(builder)
    } else {
        Err(Error::configuration(
            "a root certificate needs the feature `rustls` or `native-tls`",
        ))
    }
}

/// Makes sure that rustls has a provider: the one that the program installed, else *ring* or graviola, as
/// the features say.
#[cfg(any(feature = "rustls", feature = "rustls-graviola"))]
pub(crate) fn ensure_provider() {
    #[cfg(feature = "rustls")]
    use rustls::crypto::ring::default_provider;
    #[cfg(not(feature = "rustls"))]
    use rustls_graviola::default_provider;

    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread installed one in between, which is as good.
        let _ = default_provider().install_default();
    }
}

/// Without rustls there is nothing to choose.
#[cfg(not(any(feature = "rustls", feature = "rustls-graviola")))]
pub(crate) fn ensure_provider() {}
