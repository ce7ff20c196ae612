//! What programs speak: importers of other systems' data.
//!
//! An import reads its file whole before it writes, so it can be tried without writing (`dry_run`); it writes in
//! batches, each of which also records how far it is, so a killed import goes on where it stopped and a repeated one
//! changes nothing. Every row that was rejected or repaired is kept with its reason.

pub mod import;
pub mod mall;
pub mod uci;

pub use import::{ImportError, ImportReport};
