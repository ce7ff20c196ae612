//! Who works here: staff accounts with roles, their sessions and second steps, and keys for programs (PLT-08).

pub mod keys;
pub mod known;
pub mod one_time;
pub mod password;
pub mod second_factor;
pub mod session;
pub mod staff;
pub mod tries;
