//! Accounts: letters that prove an address, signing in and what comes along, changing how one signs in (A12).

use customers::{account, link, link::Purpose};
use kernel::{CustomerId, Email, event};
use orders::{cart, cart_merge};
use platform::{
    Ctx, Tx,
    events::{Event, emit},
    secret,
};
use serde_json::json;

use super::tell_account;
use crate::FlowError;

/// What a browser brings when its shopper signs in.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// The token of its cart.
    pub cart: Option<String>,
    /// The token of the session it had.
    pub session: Option<String>,
}

/// What somebody fills in where a link leads.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Their name, for a fresh account.
    pub name: String,
    /// The password they choose; empty for none.
    pub password: String,
}

/// Somebody who was just let in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub customer: CustomerId,
    /// The address of their account.
    pub email: String,
    /// The token of their session.
    pub token: String,
    /// Units in their cart.
    pub units: i64,
    /// The page they wanted to go to.
    pub next: Option<String>,
}

/// Sends whoever owns an address a link. Nobody learns from the answer whether there is an account.
///
/// # Errors
/// Whatever the database says.
pub async fn send_link(
    ctx: &Ctx,
    wanted: Purpose,
    email: Email,
    next: Option<String>,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let fresh = link::make(tx, ctx, wanted, &email, next.as_deref()).await?;
        tell_account::link(tx, ctx, fresh).await
    })
    .await
}

/// Sends a link to the address that an account wants to move to. Its password is asked for where it has one, so that a
/// browser left open gives nothing away.
///
/// # Errors
/// [`customers::CustomersError::WrongPassword`].
pub async fn send_move(
    ctx: &Ctx,
    id: CustomerId,
    email: Email,
    password: String,
) -> Result<(), FlowError> {
    proven(ctx, id, password).await?;
    ctx.write(async move |tx, ctx| {
        let fresh = link::make_for_move(tx, ctx, id, &email).await?;
        tell_account::link(tx, ctx, fresh).await
    })
    .await
}

async fn proven(ctx: &Ctx, id: CustomerId, password: String) -> Result<(), FlowError> {
    let known = ctx
        .read(async move |rx, _| account::of(rx, id).await)
        .await?;
    if known.is_some_and(|a| a.has_password) {
        account::prove(ctx, id, password).await?;
    }
    Ok(())
}

/// Signs in by password.
///
/// # Errors
/// [`customers::CustomersError::WrongPassword`], the same for an unknown address.
pub async fn sign_in(
    ctx: &Ctx,
    email: &str,
    password: String,
    brought: Brought,
) -> Result<SignedIn, FlowError> {
    let id = account::behind(ctx, email, password).await?;
    ctx.write(async move |tx, ctx| enter(tx, ctx, id, &brought).await)
        .await
}

/// Uses a link of a letter, once: signs in, opens an account, sets a password or moves an account.
///
/// # Errors
/// [`customers::CustomersError::LinkOver`], [`customers::CustomersError::PasswordShort`],
/// [`customers::CustomersError::AddressTaken`]. Nothing is used up then.
pub async fn use_link(
    ctx: &Ctx,
    token: String,
    details: Details,
    brought: Brought,
) -> Result<SignedIn, FlowError> {
    let seen = token.clone();
    let purpose = ctx
        .read(async move |rx, ctx| link::look(rx, ctx, &seen).await)
        .await?
        .purpose;
    let chooses = match purpose {
        Purpose::Password => true,
        Purpose::SignUp => !details.password.is_empty(),
        Purpose::SignIn | Purpose::Email => false,
    };
    let hash = if chooses {
        Some(account::hashed(details.password).await?)
    } else {
        None
    };
    let name = details.name;
    ctx.write(async move |tx, ctx| {
        let link = link::take(tx, ctx, &token).await?;
        let id = prove(tx, ctx, &link, &name).await?;
        if let Some(hash) = &hash {
            account::set_password(tx, id, hash).await?;
        }
        if purpose == Purpose::Password {
            changed(tx, ctx, (id, purpose), link.email.clone(), &link.email).await?;
        }
        let mut entered = enter(tx, ctx, id, &brought).await?;
        entered.next = link.next;
        Ok(entered)
    })
    .await
}

/// What the proof of an address brings about, and whose account it is then.
async fn prove(
    tx: &mut Tx,
    ctx: &Ctx,
    link: &link::Link,
    name: &str,
) -> Result<CustomerId, FlowError> {
    match (link.purpose, link.customer_id) {
        (Purpose::Email, Some(id)) => {
            let moved = account::move_to(tx, id, &link.email).await?;
            orders::account::moved(tx, id, moved.before.as_ref(), (moved.also, &link.email))
                .await?;
            if let Some(before) = moved.before {
                changed(tx, ctx, (id, link.purpose), before, &link.email).await?;
            }
            Ok(id)
        }
        (Purpose::SignUp, _) => {
            let (id, fresh) = account::open(tx, ctx, &link.email, name).await?;
            if fresh {
                let event = Event::new(event::SIGNED_UP, &json!({})).customer(Some(id));
                emit(tx, ctx, event.about(id)).await?;
            }
            Ok(id)
        }
        _ => {
            let known = account::by_email(tx, &link.email).await?;
            Ok(known.ok_or(FlowError::NotFound)?.customer_id)
        }
    }
}

/// Tells the stream and the owner that an account is signed in to in another way now.
async fn changed(
    tx: &mut Tx,
    ctx: &Ctx,
    (id, what): (CustomerId, Purpose),
    recipient: Email,
    now: &Email,
) -> Result<(), FlowError> {
    let payload = json!({ "what": what.code() });
    let event = Event::new(event::CREDENTIALS_CHANGED, &payload).customer(Some(id));
    emit(tx, ctx, event.about(id)).await?;
    tell_account::changed(tx, ctx, (id, what), recipient, now).await
}

/// Lets somebody in: the session they had ends, a fresh one begins, the cart of the browser joins their own.
async fn enter(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CustomerId,
    brought: &Brought,
) -> Result<SignedIn, FlowError> {
    if let Some(old) = &brought.session {
        account::close_session(tx, old).await?;
    }
    // Locks the account, so that two browsers bring their carts one after the other.
    let token = account::open_session(tx, ctx, id).await?;
    if let Some(cart) = &brought.cart {
        cart_merge::give(tx, ctx, &secret::token_hash(cart), id).await?;
    }
    let lines = cart::of_customer(tx, id).await?;
    let units = lines.map_or(0, |(_, lines)| lines.iter().map(|l| l.quantity.get()).sum());
    let known = account::of(tx, id).await?.ok_or(FlowError::NotFound)?;
    let event = Event::new(event::SIGNED_IN, &json!({})).customer(Some(id));
    emit(tx, ctx, event.about(id)).await?;
    Ok(SignedIn {
        customer: id,
        email: known.email,
        token,
        units,
        next: None,
    })
}

/// Changes the password of an account that has one, ends all sessions and tells the token of a fresh one (A12).
///
/// # Errors
/// [`customers::CustomersError::WrongPassword`], [`customers::CustomersError::PasswordShort`].
pub async fn change_password(
    ctx: &Ctx,
    id: CustomerId,
    present: String,
    new: String,
) -> Result<SignedIn, FlowError> {
    account::prove(ctx, id, present).await?;
    let hash = account::hashed(new).await?;
    ctx.write(async move |tx, ctx| {
        account::set_password(tx, id, &hash).await?;
        let known = account::of(tx, id).await?.ok_or(FlowError::NotFound)?;
        let email = Email::parse(&known.email).map_err(|_| FlowError::NotFound)?;
        changed(tx, ctx, (id, Purpose::Password), email.clone(), &email).await?;
        enter(tx, ctx, id, &Brought::default()).await
    })
    .await
}

/// Ends one session.
///
/// # Errors
/// Whatever the database says.
pub async fn sign_out(ctx: &Ctx, token: String) -> Result<(), FlowError> {
    ctx.write(async move |tx, _| Ok(account::close_session(tx, &token).await?))
        .await
}

/// Ends every session of a customer.
///
/// # Errors
/// Whatever the database says.
pub async fn sign_out_everywhere(ctx: &Ctx, id: CustomerId) -> Result<(), FlowError> {
    ctx.write(async move |tx, _| Ok(account::close_all(tx, id).await?))
        .await
}
