//! Nothing but a place for `tests/examples.rs`, which needs the feature `schemars` of the client.
