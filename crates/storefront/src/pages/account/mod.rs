//! The account of a signed-in customer, and the door to it.

pub(crate) mod addresses;
pub(crate) mod data;
pub(crate) mod door;
pub(crate) mod links;
pub(crate) mod messages;
pub(crate) mod orders;
pub(crate) mod overview;
pub(crate) mod settings;

use kernel::CustomerId;
use operations::{
    FlowError,
    flows::account::{Brought, SignedIn},
};
use platform::{
    Actor, Ctx,
    auth::known,
    web::{Done, Incoming, Problem, StatusCode},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{cart_token, face::problem};

/// The cookie of a customer's session.
pub(crate) const SESSION: &str = "__Host-account";
/// The cookie of a browser that has signed in before.
const KNOWN: &str = "__Host-account-known";
/// What every cookie of an account promises.
const SAFE: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Where somebody stands now.
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

/// The customer who asks; the doors have let nobody else through.
pub(crate) fn customer(ctx: &Ctx) -> Result<CustomerId, Problem> {
    match ctx.actor() {
        Actor::Customer(id) => Ok(*id),
        _ => Err(Problem::new(StatusCode::UNAUTHORIZED, "error-sign-in")),
    }
}

/// What a browser brings to its sign-in.
fn brought(incoming: &Incoming) -> Brought {
    Brought {
        cart: cart_token::of(incoming),
        session: incoming.cookie(SESSION),
    }
}

/// The answer that lets somebody in: a fresh session, a mark that this browser was let in once, and the number of
/// units in the cart that is now theirs.
async fn let_in(ctx: &Ctx, entered: &SignedIn, done: Done<Moved>) -> Result<Done<Moved>, Problem> {
    let mark = known::cookie(ctx, &bucket(&entered.email)).await?;
    let session = platform::auth::session::LONGEST * 86_400;
    let done = done
        .header(
            "set-cookie",
            format!("{SESSION}={}; {SAFE}; Max-Age={session}", entered.token),
        )
        .header(
            "set-cookie",
            format!("{KNOWN}={mark}; {SAFE}; Max-Age=31536000"),
        );
    let cookies = cart_token::forgotten().into_iter().take(1);
    let cookies = cookies.chain(cart_token::cookies(None, entered.units));
    Ok(cookies.fold(done, |done, cookie| done.header("set-cookie", cookie)))
}

/// The answer that lets somebody out: neither session nor cart stay behind.
fn let_out(location: &'static str) -> Done<Moved> {
    let done = Moved::to(location).header("set-cookie", format!("{SESSION}=; {SAFE}; Max-Age=0"));
    cart_token::forgotten()
        .into_iter()
        .fold(done, |done, cookie| done.header("set-cookie", cookie))
}

/// The account as its limits and its marks know it: one for all spellings of an address.
fn bucket(email: &str) -> String {
    let identity = kernel::Email::parse(email).map(|e| e.identity());
    format!(
        "account {}",
        identity.unwrap_or_else(|_| email.trim().to_lowercase())
    )
}

/// The browser behind the request, if it has signed in to this account before.
async fn known_browser(
    ctx: &Ctx,
    incoming: &Incoming,
    email: &str,
) -> Result<Option<String>, Problem> {
    match incoming.cookie(KNOWN) {
        Some(mark) => Ok(known::recognise(ctx, &bucket(email), &mark).await?),
        None => Ok(None),
    }
}

/// A page of this shop to go on with.
pub(crate) fn local(next: Option<String>) -> Option<String> {
    next.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace())
            && path.len() <= 500
    })
}

/// A refusal of an account's flow, with the field that is to blame.
fn refusal(error: FlowError, field: &'static str) -> Problem {
    let short = matches!(
        error,
        FlowError::Customers(customers::CustomersError::PasswordShort)
    );
    let refusal = problem(error);
    if short {
        return refusal
            .with("shortest", platform::auth::password::SHORTEST)
            .field(field, "error-password-short");
    }
    refusal
}
