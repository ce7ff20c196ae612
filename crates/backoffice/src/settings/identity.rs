//! Who the shop is.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Currency, Locale, Texts};
use operations::{
    flows::decide::{self, Identity},
    views::admin::settings::identity::{self as views, IdentityPage},
};
use platform::{
    Ctx,
    web::{Done, Page, Problem},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Saved;
use crate::{Backoffice, forms::Form};

const PAGE: &str = "/admin/settings/shop";

/// Who the shop is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityForm {
    /// Its name.
    #[serde(default)]
    name: Texts,
    /// One line about it.
    #[serde(default)]
    tagline: Texts,
    /// Where customers write.
    #[serde(default)]
    contact_email: String,
    /// Where customers call.
    #[serde(default)]
    contact_phone: String,
    /// Where customers chat on LINE: an id such as `@tea`, or a link.
    #[serde(default)]
    contact_line: String,
    /// Where parcels are sent from.
    #[serde(default)]
    ships_from: Texts,
    /// The languages in which it sells, each with any text.
    #[serde(default)]
    languages: BTreeMap<Locale, String>,
    /// What it charges in; left out it stays.
    #[serde(default)]
    currency: Option<Currency>,
    /// Where its clock hangs.
    #[serde(default)]
    zone: String,
}

/// Who the shop is.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<IdentityPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

async fn page(ctx: &Ctx) -> Result<IdentityPage, Problem> {
    Ok(ctx.read(async |rx, _| views::page(rx).await).await?)
}

/// Says who the shop is.
pub(crate) async fn save(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<IdentityForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let new = Identity {
            name: trimmed(typed.name),
            tagline: trimmed(typed.tagline),
            contact_email: typed.contact_email.trim().to_owned(),
            contact_phone: typed.contact_phone.trim().to_owned(),
            contact_line: typed.contact_line.trim().to_owned(),
            ships_from: trimmed(typed.ships_from),
            languages: Locale::ALL
                .into_iter()
                .filter(|l| typed.languages.contains_key(l))
                .collect(),
            currency: typed.currency,
            zone: typed.zone,
        };
        ctx.write(async move |tx, ctx| decide::identity(tx, ctx, &new).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Texts without blanks around them, and without those that are only blanks.
pub(super) fn trimmed(texts: Texts) -> Texts {
    let all = texts.0.into_iter();
    Texts(
        all.map(|(locale, text)| (locale, text.trim().to_owned()))
            .filter(|(_, text)| !text.is_empty())
            .collect(),
    )
}
