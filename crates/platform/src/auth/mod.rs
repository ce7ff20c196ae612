//! Staff accounts, sessions and keys.
