//! The TLS provider, chosen on purpose: *ring*, because aws-lc-rs alone takes as long to build as
//! the rest of the client.

/// Makes sure that rustls has a provider: the one that the program installed, else *ring*.
#[cfg(feature = "rustls")]
pub(crate) fn ensure_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread installed one in between, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

/// Without rustls there is nothing to choose.
#[cfg(not(feature = "rustls"))]
pub(crate) fn ensure_provider() {}
