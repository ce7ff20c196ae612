//! Whose cart it is: a secret token, in a cookie for browsers, in a header for programs.

use platform::web::{Done, Incoming};
use schemars::JsonSchema;
use serde::Serialize;

/// The cookie with the token.
const CART: &str = "__Host-cart";
/// The cookie with the number of units, for the top of every page.
const COUNT: &str = "__Host-cartn";
/// The header with the token.
const HEADER: &str = "cart-token";
/// How long a browser keeps its cart, in seconds: half a year (CHK-01).
const KEPT: i64 = 180 * 86_400;

/// The token a request carries, if it could be one.
pub(crate) fn of(incoming: &Incoming) -> Option<String> {
    let token = incoming
        .header(HEADER)
        .map(str::to_owned)
        .or_else(|| incoming.cookie(CART))?;
    let plain = token
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (plain && (16..=64).contains(&token.len())).then_some(token)
}

/// How many units the browser's cart had when it last changed.
pub(crate) fn count(incoming: &Incoming) -> i64 {
    incoming
        .cookie(COUNT)
        .and_then(|n| n.parse().ok())
        .filter(|n| (0..=1_000_000).contains(n))
        .unwrap_or_default()
}

/// The cookies of a browser whose cart has `units`; `fresh` is a token it does not have yet.
pub(crate) fn cookies(fresh: Option<&str>, units: i64) -> Vec<String> {
    let kept = |name: &str, value: &str| cookie(name, value, KEPT);
    fresh
        .map(|token| kept(CART, token))
        .into_iter()
        .chain([kept(COUNT, &units.to_string())])
        .collect()
}

/// The cookies of a browser whose cart was ordered.
pub(crate) fn forgotten() -> Vec<String> {
    vec![cookie(CART, "", 0), cookie(COUNT, "0", 0)]
}

fn cookie(name: &str, value: &str, age: i64) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}")
}

/// The answer with what keeps the cart: cookies for a browser, the header for a program.
pub(crate) fn kept<T: Serialize + JsonSchema>(
    done: Done<T>,
    incoming: &Incoming,
    token: Option<&str>,
    fresh: Option<&str>,
    units: i64,
) -> Done<T> {
    if incoming.program {
        return match fresh.or(token) {
            Some(token) => done.header(HEADER, token),
            None => done,
        };
    }
    cookies(fresh, units)
        .into_iter()
        .fold(done, |done, cookie| done.header("set-cookie", cookie))
}
