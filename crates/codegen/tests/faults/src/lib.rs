//! The client of a document with every fault of response bodies; see `tests/drift.rs`.

#[allow(rustdoc::broken_intra_doc_links)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
#[path = "../../../../../src/hook.rs"]
mod hook;

pub use generated::{Client, SERVER, builder, operations, types};
