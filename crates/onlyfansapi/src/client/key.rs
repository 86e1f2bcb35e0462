//! The API key: a secret that never appears in `Debug`, logs or errors.

use std::fmt;

use bytes::Bytes;
use onlyfansapi_core::Error;
use onlyfansapi_core::http::HeaderValue;
use onlyfansapi_core::transport::ErrorBuilder;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// An API key; create one at <https://app.onlyfansapi.com/api-keys>.
///
/// ```
/// let key = onlyfansapi::ApiKey::from("not-a-real-key");
/// assert_eq!(format!("{key:?}"), "ApiKey([redacted])");
/// ```
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Returns the value of the `Authorization` header.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        let key = self.0.expose_secret();
        let problem = if key.is_empty() {
            Some("is empty")
        } else if key.contains(['\n', '\r']) {
            Some("contains a line break; was it read from a file without trimming?")
        } else if key.contains(char::is_whitespace) {
            Some("contains a space")
        } else if !key.bytes().all(|b| b.is_ascii_graphic()) {
            Some("contains a character that is not printable ASCII")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(ErrorBuilder::configuration(format!("the API key {problem}")).build());
        }
        // Zeroed when the last request that shares it is dropped.
        let mut text = Zeroizing::new(Vec::with_capacity("Bearer ".len() + key.len()));
        text.extend_from_slice(b"Bearer ");
        text.extend_from_slice(key.as_bytes());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).map_err(|_| {
            ErrorBuilder::configuration("the API key cannot be sent in a header").build()
        })?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self(key.into())
    }
}

impl From<&String> for ApiKey {
    fn from(key: &String) -> Self {
        Self::from(key.as_str())
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self(key.into())
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_share_one_copy_of_the_key_that_is_zeroed() {
        let header = ApiKey::from("not-a-real-key").header().unwrap();
        assert!(header.is_sensitive());
        let place = header.as_bytes().as_ptr();
        assert_eq!(header.clone().as_bytes().as_ptr(), place);
        // `Bytes` never gives its memory away: the owner zeroes and frees it.
        let owned = Zeroizing::new(b"Bearer x".to_vec());
        let place = owned.as_ptr();
        let shared = Bytes::from_owner(owned);
        assert_eq!(
            HeaderValue::from_maybe_shared(shared)
                .unwrap()
                .as_bytes()
                .as_ptr(),
            place
        );
    }
}
