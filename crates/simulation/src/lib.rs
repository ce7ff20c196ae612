//! Seeded shoppers through the real commands, and the demo shop they visit.
