//! One-time codes of a telephone (RFC 6238): six digits of HMAC-SHA-1 over the half minute, as every authenticator
//! makes them.

use hmac::{Hmac, Mac};
use kernel::Timestamp;
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;

use crate::secret;

/// Seconds for which one code stands.
const STEP: i64 = 30;
/// Steps before and after the present one whose codes are taken, for clocks that are off.
const DRIFT: i64 = 1;
/// Bytes of a secret; RFC 4226 asks for 20.
const BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A fresh secret as authenticators take it, in base 32.
#[must_use]
pub fn fresh_secret() -> String {
    base32(&secret::random_bytes::<BYTES>())
}

/// A fresh recovery code: 80 random bits in four groups.
#[must_use]
pub fn fresh_recovery_code() -> String {
    let text = base32(&secret::random_bytes::<10>()).to_lowercase();
    let groups: Vec<&str> = (0..4).filter_map(|n| text.get(n * 4..n * 4 + 4)).collect();
    groups.join("-")
}

/// A recovery code as it is hashed, however it was typed.
#[must_use]
pub fn plain_recovery_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The step that a code belongs to, if it is one of a secret's codes around `now`.
#[must_use]
pub fn step_of(secret: &str, typed: &str, now: Timestamp) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = step_at(now);
    (present - DRIFT..=present + DRIFT)
        .find(|step| code(secret, *step).is_some_and(|code| secret::same(&code, &typed)))
}

/// The number of the half minute at an instant.
#[must_use]
pub const fn step_at(now: Timestamp) -> i64 {
    now.micros().div_euclid(1_000_000 * STEP)
}

/// The code of a step; `None` for a text that is no secret.
#[must_use]
pub fn code(secret: &str, step: i64) -> Option<String> {
    let key = bytes(secret)?;
    Some(format!("{:06}", code_at(&key, step, 1_000_000)))
}

/// The code of a step.
fn code_at(key: &[u8], step: i64, modulus: u32) -> u32 {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else {
        return 0;
    };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or(0) & 15);
    let word = hash.get(offset..offset + 4).unwrap_or(&[0; 4]);
    let number = word
        .iter()
        .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    (number & 0x7fff_ffff) % modulus
}

fn base32(bytes: &[u8]) -> String {
    let (mut out, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let index = usize::try_from((held >> bits) & 31).unwrap_or(0);
            out.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'A')));
        }
    }
    out
}

fn bytes(secret: &str) -> Option<Vec<u8>> {
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for c in secret.bytes() {
        let value = ALPHABET.iter().position(|a| *a == c)?;
        held = ((held << 5) | u32::try_from(value).ok()?) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(out)
}

/// The address that an authenticator takes a secret from.
#[must_use]
pub fn address(shop: &str, account: &str, secret: &str) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@') {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let shop = encoded(shop);
    format!(
        "otpauth://totp/{shop}:{}?secret={secret}&issuer={shop}",
        encoded(account)
    )
}

/// The dark squares of a QR code as the path of an SVG, and the number of squares on a side with its quiet zone.
#[must_use]
pub fn qr_path(text: &str) -> Option<(String, i32)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let quiet = 4;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + quiet, y + quiet));
        }
    }
    Some((path, code.size() + 2 * quiet))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A13: the codes of RFC 6238, appendix B (SHA-1, eight digits).
    #[test]
    fn the_vectors_of_the_rfc() {
        let key = b"12345678901234567890";
        let vectors = [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ];
        for (seconds, code) in vectors {
            assert_eq!(code_at(key, seconds / STEP, 100_000_000), code, "{seconds}");
        }
        assert_eq!(bytes(&base32(key)).unwrap(), key);
        assert_eq!(base32(key), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    /// A13: a code stands for its half minute and the ones beside it, and for nothing else.
    #[test]
    fn a_code_stands_for_a_moment() {
        let secret = base32(b"12345678901234567890");
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        assert_eq!(step_of(&secret, "287 082", at(59)), Some(1));
        assert_eq!(step_of(&secret, "287082", at(89)), Some(1));
        assert_eq!(step_of(&secret, "287082", at(90)), None);
        for wrong in ["", "28708", "2870821", "000000", "abcdef"] {
            assert_eq!(step_of(&secret, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_square_is_drawn() {
        let text = address("半日茶", "owner@shop.test", &fresh_secret());
        assert!(text.starts_with("otpauth://totp/%E5%8D%8A"), "{text}");
        let (path, side) = qr_path(&text).unwrap();
        assert!(path.len() > 1_000 && side > 30);
        assert_eq!(fresh_recovery_code().len(), 19);
        assert_eq!(plain_recovery_code(" ABCD-efgh "), "abcdefgh");
    }
}
