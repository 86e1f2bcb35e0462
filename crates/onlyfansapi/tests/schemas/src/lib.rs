//! Empty: this package exists for `tests/examples.rs`, which needs the feature `schemars` of the client.
