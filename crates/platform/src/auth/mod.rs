//! Who works here: staff accounts with roles, their sessions, and keys for programs (PLT-08).

pub mod keys;
pub mod known;
pub mod password;
pub mod session;
pub mod staff;
