//! TLS: root certificates and the crypto provider. The default provider is *ring*, because building aws-lc-rs takes as
//! long as building the rest of the client.

use onlyfansapi_core::Error;
use onlyfansapi_core::transport::ErrorBuilder;

/// Trusts root certificates in addition to those of the platform. Each item is PEM with one or more certificates.
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
        let invalid = || {
            ErrorBuilder::configuration(
                "the root certificate is not PEM, or contains no certificate",
            )
        };
        let bundle =
            reqwest::Certificate::from_pem_bundle(pem).map_err(|e| invalid().source(e).build())?;
        if bundle.is_empty() {
            return Err(invalid().build());
        }
        for certificate in bundle {
            builder = builder.add_root_certificate(certificate);
        }
    }
    Ok(builder)
}

/// Rejects root certificates: without TLS, they have no use.
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
        Err(ErrorBuilder::configuration(
            "a root certificate needs the `rustls` or `native-tls` feature",
        )
        .build())
    }
}

/// Installs a crypto provider for rustls if the program has not: *ring* or graviola, depending on the features.
#[cfg(any(feature = "rustls", feature = "rustls-graviola"))]
pub(crate) fn ensure_provider() {
    #[cfg(feature = "rustls")]
    use rustls::crypto::ring::default_provider;
    #[cfg(not(feature = "rustls"))]
    use rustls_graviola::default_provider;

    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread installed one in the meantime.
        let _ = default_provider().install_default();
    }
}

/// Does nothing: without rustls, there is no provider to install.
#[cfg(not(any(feature = "rustls", feature = "rustls-graviola")))]
pub(crate) fn ensure_provider() {}
