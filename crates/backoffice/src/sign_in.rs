//! The door: signing in and out.
//!
//! Tries are counted for each place and for each account. Strangers to an account share its bucket; a browser that has
//! signed in to it before has a bucket of its own, so nobody who guesses can lock out the person they pretend to be
//! (A13). Each sign-in opens a fresh session and ends the one the browser came with (A12).

use std::{net::IpAddr, sync::Arc, time::Duration};

use operations::views::admin::{CodePage, SignInPage};
use platform::{
    Ctx,
    auth::{
        known, second_factor, session,
        staff::{self, SignedIn, StaffError},
        tries::{self, Try},
    },
    web::{Done, Limit, Page, Problem, Query, Whole, guard::STAFF_COOKIE},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing, is_local},
};

/// The cookie of a browser that has signed in before.
const KNOWN_COOKIE: &str = "__Host-known";
/// The cookie of a browser whose person knew the password and has yet to bring a code.
const HALF_COOKIE: &str = "__Host-half";
/// Where the code is entered.
const CODE_PAGE: &str = "/admin/sign-in/code";
/// The time over which tries are counted.
const PERIOD: Duration = Duration::from_secs(15 * 60);
/// Tries of one place.
const BY_PLACE: u32 = 20;
/// Tries of all strangers together at one account.
const BY_STRANGERS: u32 = 60;
/// Tries of one browser that has signed in to the account before.
const BY_KNOWN: u32 = 20;

/// Who has tried how often.
pub(crate) struct Doors {
    strangers: Limit,
    known: Limit,
    /// Tries of one place at links that set a password.
    pub(crate) invitations: Limit,
}

impl Doors {
    pub(crate) fn new() -> Self {
        Self {
            strangers: Limit::new(BY_PLACE, BY_STRANGERS, PERIOD),
            known: Limit::new(BY_PLACE, BY_KNOWN, PERIOD),
            invitations: Limit::new(BY_PLACE, BY_STRANGERS, PERIOD),
        }
    }

    /// Counts a try at an account.
    fn count(&self, source: IpAddr, account: &str, browser: Option<&str>) -> Result<(), Problem> {
        if let Some(browser) = browser {
            return self.known.account(&format!("{account} {browser}"));
        }
        self.strangers.source(place(source))?;
        self.strangers.account(account)
    }
}

/// The place behind an address: a household of IPv6 has a whole network of them.
pub(crate) fn place(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V4(_) => source,
        IpAddr::V6(v6) if v6.is_loopback() => source,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Where to go after signing in.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct DoorQuery {
    /// A path of this shop.
    #[serde(default)]
    next: Option<String>,
}

/// Who wants to come in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The address of the account.
    email: String,
    /// Its password.
    password: String,
    /// A path of this shop to go to afterwards.
    #[serde(default)]
    next: Option<String>,
}

/// Where the person stands now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Moved {
    /// The page to go on with.
    location: String,
}

impl Moved {
    pub(crate) fn to(location: impl Into<String>) -> Done<Self> {
        let location = location.into();
        Done::new(
            Self {
                location: location.clone(),
            },
            location,
        )
    }
}

/// The door.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    _: Ctx,
    Query(query): Query<DoorQuery>,
) -> Result<Page<SignInPage>, Problem> {
    Ok(Page::new(door(query.next.as_deref())))
}

fn door(next: Option<&str>) -> SignInPage {
    SignInPage {
        next: next.filter(|path| is_local(path)).map(str::to_owned),
    }
}

/// Signs in.
pub(crate) async fn sign_in(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (form, Whole(incoming)): (Form<SignIn>, Whole),
) -> Result<Done<Moved>, Problem> {
    let Form { value, sent } = form;
    let next = value
        .as_ref()
        .ok()
        .and_then(|v| v.next.clone())
        .filter(|path| is_local(path));
    let shown_again = door(next.as_deref());
    let work = async {
        let SignIn {
            email, password, ..
        } = value?;
        let account = email.trim().to_lowercase();
        let browser = match incoming.cookie(KNOWN_COOKIE) {
            Some(cookie) => known::recognise(&ctx, &account, &cookie).await?,
            None => None,
        };
        desk.doors
            .count(incoming.source, &account, browser.as_deref())?;
        if browser.is_none() {
            tries::stranger(&ctx, place(incoming.source), Try::Staff(&account)).await?;
        }
        let old = incoming.cookie(STAFF_COOKIE);
        match staff::sign_in(&ctx, &account, password, old).await? {
            SignedIn::Inside(token) => inside(&ctx, &account, &token, next).await,
            SignedIn::Halfway(half) => {
                let code = next.map_or_else(
                    || CODE_PAGE.to_owned(),
                    |next| format!("{CODE_PAGE}?{}", next_query(&next)),
                );
                let cookie = format!("{HALF_COOKIE}={half}; {SAFE}; Max-Age=600");
                Ok(Moved::to(code).header("set-cookie", cookie))
            }
        }
    };
    sent.or_show(work, async { Ok(shown_again) }).await
}

fn next_query(next: &str) -> String {
    let encoded: String = next.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || byte == b'/' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    });
    format!("next={encoded}")
}

/// In: the session, and the mark of a browser that was let in.
async fn inside(
    ctx: &Ctx,
    account: &str,
    token: &str,
    next: Option<String>,
) -> Result<Done<Moved>, Problem> {
    let known = known::cookie(ctx, account).await?;
    Ok(Moved::to(next.unwrap_or_else(|| "/admin".to_owned()))
        .header("set-cookie", session_cookie(token))
        .header(
            "set-cookie",
            format!("{KNOWN_COOKIE}={known}; {SAFE}; Max-Age=31536000"),
        ))
}

/// The code of the second step.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    /// Six digits of the telephone, or a recovery code.
    one_time_code: String,
    /// A path of this shop to go to afterwards.
    #[serde(default)]
    next: Option<String>,
}

/// The second step of signing in.
pub(crate) async fn show_code(
    _: Arc<Backoffice>,
    _: Ctx,
    Query(query): Query<DoorQuery>,
) -> Result<Page<CodePage>, Problem> {
    Ok(Page::new(code_page(query.next.as_deref())))
}

fn code_page(next: Option<&str>) -> CodePage {
    CodePage {
        next: door(next).next,
    }
}

/// Ends signing in with a code; one password is good for five tries, and the account for as many as its password (A13).
pub(crate) async fn enter_code(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (form, Whole(incoming)): (Form<CodeForm>, Whole),
) -> Result<Done<Moved>, Problem> {
    let Form { value, sent } = form;
    let next = value
        .as_ref()
        .ok()
        .and_then(|v| v.next.clone())
        .filter(|path| is_local(path));
    let shown_again = code_page(next.as_deref());
    let work = async {
        let code = value?.one_time_code;
        let half = incoming.cookie(HALF_COOKIE).ok_or(StaffError::Again)?;
        desk.doors.strangers.source(place(incoming.source))?;
        let old = incoming.cookie(STAFF_COOKIE);
        let (token, account) = second_factor::finish(&ctx, &half, code, old).await?;
        let done = inside(&ctx, &account, &token, next).await?;
        Ok(done.header("set-cookie", format!("{HALF_COOKIE}=; {SAFE}; Max-Age=0")))
    };
    sent.or_show(work, async { Ok(shown_again) }).await
}

/// Signs out: ends the session and takes its cookie away.
pub(crate) async fn sign_out(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (form, Whole(incoming)): (Form<Nothing>, Whole),
) -> Result<Done<Moved>, Problem> {
    form.value?;
    if let Some(token) = incoming.cookie(STAFF_COOKIE) {
        ctx.write(async move |tx, _| session::close(tx, &token).await)
            .await?;
    }
    Ok(Moved::to("/admin/sign-in")
        .header("set-cookie", format!("{STAFF_COOKIE}=; {SAFE}; Max-Age=0")))
}

/// What every cookie of the back office promises.
pub(crate) const SAFE: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The cookie of a session.
pub(crate) fn session_cookie(token: &str) -> String {
    format!(
        "{STAFF_COOKIE}={token}; {SAFE}; Max-Age={}",
        session::LONGEST * 86_400
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A13: one household is one place, however many addresses it has.
    #[test]
    fn neighbours_of_a_network_are_one_place() {
        let at = |text: &str| place(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::4"), at("2001:db8:1:3::4"));
        assert_ne!(at("203.0.113.7"), at("203.0.113.8"));
    }

    /// A13: tries from one place end before they can use up the account's tries, and a known browser has its own.
    #[test]
    fn a_guesser_in_one_place_locks_nobody_out() {
        let doors = Doors::new();
        let thief: IpAddr = "203.0.113.7".parse().unwrap();
        let tries = (0..200)
            .filter(|_| doors.count(thief, "owner@example.com", None).is_ok())
            .count();
        assert_eq!(tries, usize::try_from(BY_PLACE).unwrap());
        let elsewhere: IpAddr = "198.51.100.1".parse().unwrap();
        assert!(doors.count(elsewhere, "owner@example.com", None).is_ok());
        for host in 0..100_u8 {
            let _ = doors.count(IpAddr::from([192, 0, 2, host]), "owner@example.com", None);
        }
        assert!(
            doors
                .count(IpAddr::from([192, 0, 2, 200]), "owner@example.com", None)
                .is_err()
        );
        assert!(
            doors
                .count(thief, "owner@example.com", Some("browser"))
                .is_ok()
        );
    }
}
