//! What the shop decides about people's data, and about its letters.

use std::sync::Arc;

use kernel::{Email, Texts};
use operations::{
    flows::decide_care::{self as decide, Privacy},
    retention::Retention,
    shop::{AskConsent, LetterSender},
    views::admin::{
        LettersPage, PrivacyPage,
        settings::{letters, privacy},
    },
};
use platform::{
    Ctx,
    web::{Done, Page, Problem},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Saved, identity::trimmed};
use crate::{
    Backoffice,
    forms::{Count, Form},
};

const PRIVACY: &str = "/admin/settings/privacy";
const LETTERS: &str = "/admin/settings/letters";

/// How the shop treats what it knows about people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrivacyForm {
    /// Whether browsers are asked before their visits are measured.
    ask_consent: AskConsent,
    /// Days that staff stay signed in.
    staff_days: Count,
    /// Days that customers stay signed in.
    customer_days: Count,
    /// Days that counts of tries to sign in are kept.
    sign_in_days: Count,
    /// Days that carts of browsers are kept.
    cart_days: Count,
    /// Days that the contents of letters are kept.
    letter_days: Count,
    /// Days that background work is kept after it ended.
    work_days: Count,
    /// Days that messages of card companies are kept as they came.
    provider_days: Count,
    /// Years that the law has the shop keep its books.
    books_years: Count,
}

/// How the shop's letters look and where they come from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LettersForm {
    /// The name they come from; the shop's own when empty.
    #[serde(default)]
    name: Texts,
    /// The address they come from; the program's own when empty.
    #[serde(default)]
    address: String,
    /// Where answers go; the contact address when empty.
    #[serde(default)]
    reply_to: String,
    /// A line at the end of every letter.
    #[serde(default)]
    footer: Texts,
}

/// Where an example goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestForm {
    /// The address.
    to: Email,
}

/// How the shop treats what it knows about people.
pub(crate) async fn show_privacy(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<PrivacyPage>, Problem> {
    Ok(Page::new(privacy_page(&ctx).await?))
}

async fn privacy_page(ctx: &Ctx) -> Result<PrivacyPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| privacy::page(rx, ctx).await)
        .await?)
}

/// Says how the shop treats what it knows about people.
pub(crate) async fn save_privacy(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<PrivacyForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let new = Privacy {
            ask_consent: typed.ask_consent,
            staff_days: typed.staff_days.0,
            customer_days: typed.customer_days.0,
            retention: Retention {
                sign_in_days: typed.sign_in_days.0,
                cart_days: typed.cart_days.0,
                letter_days: typed.letter_days.0,
                work_days: typed.work_days.0,
                provider_days: typed.provider_days.0,
                books_years: typed.books_years.0,
            },
        };
        ctx.write(async move |tx, ctx| decide::privacy(tx, ctx, new).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(PRIVACY)).flash("admin-flash-saved"))
    };
    sent.or_show(work, privacy_page(&ctx)).await
}

/// How the shop's letters look and where they come from.
pub(crate) async fn show_letters(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<LettersPage>, Problem> {
    Ok(Page::new(letters_page(&ctx).await?))
}

async fn letters_page(ctx: &Ctx) -> Result<LettersPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| letters::page(rx, ctx).await)
        .await?)
}

/// Says how the shop's letters look and where they come from.
pub(crate) async fn save_letters(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<LettersForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let new = LetterSender {
            name: trimmed(typed.name),
            address: typed.address.trim().to_owned(),
            reply_to: typed.reply_to.trim().to_owned(),
            footer: trimmed(typed.footer),
        };
        ctx.write(async move |tx, ctx| decide::letters(tx, ctx, new.clone()).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(LETTERS)).flash("admin-flash-saved"))
    };
    sent.or_show(work, letters_page(&ctx)).await
}

/// Sends an example of a letter as it would leave now.
pub(crate) async fn test_letter(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<TestForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let to = value?.to;
        ctx.write(async move |tx, ctx| decide::test_letter(tx, ctx, to.clone()).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(LETTERS)).flash("settings-flash-letter"))
    };
    sent.or_show(work, letters_page(&ctx)).await
}
