//! The commands, one file each.

pub mod backup;
pub mod check;
pub mod goods;
pub mod import;
pub mod key;
pub mod list;
pub mod serve;
pub mod simulate;
pub mod start;
pub mod theme;
