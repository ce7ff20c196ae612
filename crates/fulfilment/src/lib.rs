//! Ways to deliver, promises, parcels, carriers.
