//! Products, variants, price history, collections, pictures, search.
