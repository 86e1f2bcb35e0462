//! The client generated from the published excerpt of the document. See `tests/same_request.rs`.

#[allow(rustdoc::broken_intra_doc_links)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

pub use generated::{Client, SERVER, builder, operations, types};
