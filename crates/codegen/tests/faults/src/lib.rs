//! The client generated from a document with every known defect in response schemas. See `tests/drift.rs`.

#[allow(rustdoc::broken_intra_doc_links)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use generated::{Client, SERVER, builder, operations, types};
