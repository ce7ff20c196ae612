//! The people who buy, and what they ask.
