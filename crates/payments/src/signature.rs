//! Signed messages of providers: HMAC-SHA-256 over the time and the raw body, in a header `t=SECONDS,v1=HEX`.
//!
//! A message whose signature does not fit, or whose time is too far from ours, is worth nothing (P2).

use kernel::Timestamp;
use platform::secret;

/// How far the time of a message may be from ours, in seconds.
pub const TOLERANCE: i64 = 300;
/// The longest body that is looked at, in bytes.
pub const LONGEST: usize = 262_144;

/// Why a message is not believed. Callers answer all of them alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// The header is not of the form `t=SECONDS,v1=HEX`.
    #[error("the signature header is malformed")]
    Header,
    /// The time in the header is more than [`TOLERANCE`] seconds from ours.
    #[error("the message is too old or from the future")]
    Time,
    /// Somebody else signed, or the body was changed.
    #[error("the signature does not fit")]
    Mismatch,
    /// The body is too long, not text, or not a message of this provider.
    #[error("the body is not a message of this provider")]
    Body,
}

/// The header for a body that is sent now.
#[must_use]
pub fn sign(secret: &str, now: Timestamp, raw: &[u8]) -> String {
    let seconds = now.micros().div_euclid(1_000_000);
    format!(
        "t={seconds},v1={}",
        digest(secret, &seconds.to_string(), raw)
    )
}

/// Checks a body against its header. More than one `v1` may stand there while a provider changes its secret.
///
/// # Errors
/// Why the message is not believed.
pub fn check(secret: &str, header: &str, raw: &[u8], now: Timestamp) -> Result<(), BadSignature> {
    if raw.len() > LONGEST || secret.is_empty() {
        return Err(BadSignature::Body);
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", seconds)) if time.is_none() => time = Some(seconds),
            Some(("v1", hex)) if signatures.len() < 4 => signatures.push(hex),
            Some(("t" | "v1", _)) | None => return Err(BadSignature::Header),
            Some(_) => {}
        }
    }
    let time = time.ok_or(BadSignature::Header)?;
    let seconds: i64 = time.parse().map_err(|_| BadSignature::Header)?;
    let expected = digest(secret, time, raw);
    // Every candidate is compared, so that the duration does not tell which one came close.
    let fits = signatures
        .iter()
        .fold(false, |fits, given| secret::same(&expected, given) | fits);
    if !fits {
        return Err(BadSignature::Mismatch);
    }
    let away = now.micros().div_euclid(1_000_000).abs_diff(seconds);
    if away > TOLERANCE.unsigned_abs() {
        Err(BadSignature::Time)
    } else {
        Ok(())
    }
}

fn digest(secret: &str, time: &str, raw: &[u8]) -> String {
    let message = [time.as_bytes(), b".", raw].concat();
    secret::hmac_hex(secret.as_bytes(), &message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_772_416_800_000_000);

    /// P2: the scheme, checked against a value computed with another program (openssl dgst -sha256 -hmac).
    #[test]
    fn a_known_vector_fits() {
        let header =
            "t=1772416800,v1=564dab6a9e293fc270c1936961ca3b71586e3caa28d3a7342f9da2afb1e8e89a";
        assert_eq!(sign("whsec_test", NOW, br#"{"id":"evt_1"}"#), header);
        assert_eq!(
            check("whsec_test", header, br#"{"id":"evt_1"}"#, NOW),
            Ok(())
        );
    }

    /// P2: five minutes are tolerated in both directions, and not a second more.
    #[test]
    fn old_and_future_messages_are_refused() {
        let header = sign("s", NOW, b"{}");
        for (seconds, expected) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(BadSignature::Time)),
            (-301, Err(BadSignature::Time)),
        ] {
            assert_eq!(
                check("s", &header, b"{}", NOW.plus_seconds(seconds)),
                expected
            );
        }
    }

    /// P2: a header with the time twice, without a signature, or without sense is refused; a second signature is not.
    #[test]
    fn the_header_is_read_strictly() {
        let good = sign("s", NOW, b"{}");
        let (time, signature) = good.split_once(',').unwrap();
        assert_eq!(
            check("s", &format!("{time},v1=00,{signature},v0=x"), b"{}", NOW),
            Ok(())
        );
        for header in [
            "",
            "t=",
            "v1=",
            time,
            &format!("{time},{good}"),
            &format!("t=x,{signature}"),
            "t=1,,v1=2",
        ] {
            assert!(check("s", header, b"{}", NOW).is_err(), "{header}");
        }
        assert_eq!(
            check("", &sign("", NOW, b"{}"), b"{}", NOW),
            Err(BadSignature::Body)
        );
    }

    proptest! {
        /// P2: no other secret, no changed body and no changed time passes.
        #[test]
        fn only_the_very_message_passes(body in prop::collection::vec(any::<u8>(), 0..200), at in 0..200_usize, other in "[a-z]{1,8}") {
            let header = sign("the-secret", NOW, &body);
            prop_assert_eq!(check("the-secret", &header, &body, NOW), Ok(()));
            prop_assert_eq!(check(&other, &header, &body, NOW), Err(BadSignature::Mismatch));
            let mut changed = body.clone();
            match changed.get_mut(at) {
                Some(byte) => *byte ^= 1,
                None => changed.push(0),
            }
            prop_assert_eq!(check("the-secret", &header, &changed, NOW), Err(BadSignature::Mismatch));
            let moved = header.replace("t=1772416800", "t=1772416801");
            prop_assert_eq!(check("the-secret", &moved, &body, NOW), Err(BadSignature::Mismatch));
        }

        /// P2: no text is too strange to be refused.
        #[test]
        fn no_header_panics(header in "\\PC{0,80}") {
            let refused = check("the-secret", &header, b"{}", NOW).is_err();
            prop_assert!(refused);
        }
    }
}
