//! Empty: this package exists for `tests/examples.rs`, which needs the client's `schemars` feature.
