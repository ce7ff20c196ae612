//! Letters about accounts: links that prove an address, and notices to whoever should know of a change.

use customers::link::{Fresh, Purpose};
use engagement::{
    Content, NewMessage,
    content::{AccountChange, AccountChanged, AccountLink, Proof},
    message,
};
use kernel::{CustomerId, Email};
use platform::{Ctx, Tx, secret};

use super::tell;
use crate::{FlowError, shop};

/// A link was asked for.
///
/// # Errors
/// Whatever the database says.
pub async fn link(tx: &mut Tx, ctx: &Ctx, fresh: Fresh) -> Result<(), FlowError> {
    let shop = shop::load(tx).await?;
    let content = AccountLink {
        shop: tell::sender_in(&shop, ctx.locale()),
        account: Proof {
            purpose: fresh.purpose.code().to_owned(),
            url: format!("{}/account/links/{}", shop.public_url, fresh.token),
            until: fresh.expires_at,
        },
    };
    let new = NewMessage {
        content: Content::AccountLink(Box::new(content)),
        recipient: fresh.recipient,
        order_id: None,
        customer_id: fresh.customer_id,
        // The secret itself is not kept.
        occurrence: secret::token_hash(&fresh.token),
        locale: ctx.locale(),
    };
    message::queue(tx, ctx, new).await?;
    Ok(())
}

/// An account has another password or address: its owner is told where they were reachable before.
///
/// # Errors
/// Whatever the database says.
pub async fn changed(
    tx: &mut Tx,
    ctx: &Ctx,
    (id, what): (CustomerId, Purpose),
    recipient: Email,
    now: &Email,
) -> Result<(), FlowError> {
    let shop = shop::load(tx).await?;
    let content = AccountChanged {
        shop: tell::sender_in(&shop, ctx.locale()),
        account: AccountChange {
            what: what.code().to_owned(),
            email: veiled(now.as_str()),
            at: ctx.now(),
        },
    };
    let new = NewMessage {
        content: Content::AccountChanged(Box::new(content)),
        recipient,
        order_id: None,
        customer_id: Some(id),
        occurrence: format!("{id}:{}", ctx.now()),
        locale: ctx.locale(),
    };
    message::queue(tx, ctx, new).await?;
    Ok(())
}

/// An address by which its owner recognises it and nobody else can write to it.
fn veiled(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}
