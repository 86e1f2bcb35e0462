//! The documents in `tests/corpus`, and a consistency check of generated code.

pub(crate) mod consistent;
pub(crate) mod corpus;
