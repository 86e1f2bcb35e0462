//! The client of the one published piece of the document; see `tests/same_call.rs`.

#[allow(rustdoc::broken_intra_doc_links)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
#[path = "../../../../../src/hook.rs"]
mod hook;

pub use generated::{Client, SERVER, builder, operations, types};
