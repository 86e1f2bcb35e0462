//! What the build script wrote, and nothing else.

include!(concat!(env!("OUT_DIR"), "/client.rs"));
