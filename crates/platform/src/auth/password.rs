//! Passwords: argon2id, checked away from the web server's threads.

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};

use crate::secret;

/// The shortest password that is accepted, in characters.
pub const SHORTEST: usize = 10;

/// Hashes a password; takes tens of milliseconds.
pub async fn hash(password: String) -> Option<String> {
    let hashing = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&secret::random_bytes::<16>()).ok()?;
        Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .ok()
            .map(|h| h.to_string())
    });
    hashing.await.ok().flatten()
}

/// Whether a password fits a hash. Takes as long when there is no hash, so that nobody learns which accounts exist.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let verifying = tokio::task::spawn_blocking(move || {
        let stand_in = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0Qw7uZ4qHnC8eS2x8m0mQy5b7u0i4kq4d4qQ4z3q3lE";
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| stand_in.to_owned());
        let fits = PasswordHash::new(&text).is_ok_and(|h| {
            Argon2::default()
                .verify_password(password.as_bytes(), &h)
                .is_ok()
        });
        known && fits
    });
    verifying.await.unwrap_or(false)
}
