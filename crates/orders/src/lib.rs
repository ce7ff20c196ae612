//! Carts, orders, their life and their lines.
