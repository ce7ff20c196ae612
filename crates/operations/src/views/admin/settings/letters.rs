//! How the shop's letters look and where they come from.

use kernel::Texts;
use platform::{Ctx, Rx, auth::staff};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed};
use crate::{
    FlowError,
    shop::{self, LetterSender},
};

/// How the shop's letters look and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LettersPage {
    /// Who changed it last.
    pub changed: Option<Changed>,
    /// What was decided.
    pub sender: LetterSender,
    /// The shop's name, from which they come where nothing else was decided.
    pub shop_name: Texts,
    /// Where customers write, and answers go where nothing else was decided.
    pub contact_email: String,
    /// The reader's own address, for an example; empty for programs.
    pub own_email: String,
}

/// How the shop's letters look and where they come from.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<LettersPage, FlowError> {
    let shop = shop::load(rx).await?;
    let me = match ctx.actor() {
        platform::Actor::Staff { id, .. } => Some(*id),
        _ => None,
    };
    let own = staff::list(rx).await?.into_iter();
    let mut own = own.filter(|person| Some(person.id) == me).map(|p| p.email);
    Ok(LettersPage {
        changed: changed(rx, shop::SHOP).await?,
        sender: shop.letters,
        shop_name: shop.name,
        contact_email: shop.contact_email,
        own_email: own.next().unwrap_or_default(),
    })
}
