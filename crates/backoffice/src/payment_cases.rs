//! Cards that failed: the cases of those who help, and the texts that help (CHK-06, CHK-07).

use std::sync::Arc;

use kernel::{Locale, PaymentCaseId, Texts};
use operations::{
    FlowError,
    payment_help::{self, LONGEST, PaymentHelp},
    views::admin::{
        PaymentCasePage, PaymentHelpPage, payment_cases as views, payment_help as help_views,
    },
};
use payments::case::{self, CaseReason, CaseState};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing, explain},
    paths::CasePath,
};

/// How a case ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closing {
    /// The state and the reason, as `resolved:paying`, `resolved:other`, `lost:changed_mind`, `lost:unreachable` or
    /// `lost:other`.
    ending: String,
}

/// Something to be written down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// What, as plain text.
    #[serde(default)]
    text: String,
}

/// How a case stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CaseStands {
    /// The case.
    id: PaymentCaseId,
    /// `open`, `contacted`, `resolved` or `lost`.
    state: CaseState,
}

/// The texts that help, each in three languages. An absent or empty text leaves the program's own words in place.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HelpForm {
    card_limit_hant: String,
    card_limit_hans: String,
    card_limit_en: String,
    bank_limit_hant: String,
    bank_limit_hans: String,
    bank_limit_en: String,
    verification_hant: String,
    verification_hans: String,
    verification_en: String,
    other_ways_hant: String,
    other_ways_hans: String,
    other_ways_en: String,
    hotline_hant: String,
    hotline_hans: String,
    hotline_en: String,
}

async fn page(ctx: &Ctx, id: PaymentCaseId) -> Result<PaymentCasePage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::one(rx, ctx, id).await)
        .await?)
}

async fn stands(ctx: &Ctx, id: PaymentCaseId) -> Result<CaseStands, Problem> {
    let case = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(case::by_id(rx, id).await?))
        .await?;
    Ok(CaseStands {
        id,
        state: case.state,
    })
}

/// One case.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<CasePath>,
) -> Result<Page<PaymentCasePage>, Problem> {
    Ok(Page::new(page(&ctx, at.id).await?))
}

/// Takes a case upon oneself.
pub(crate) async fn take(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CasePath>, Form<Nothing>),
) -> Result<Done<CaseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let taken =
            ctx.write(async move |tx, ctx| Ok::<_, FlowError>(case::take(tx, ctx, at.id).await?));
        taken.await.map_err(explain)?;
        let next = sent.next(format!("/admin/payment-cases/{}", at.id));
        Ok(Done::new(stands(&ctx, at.id).await?, next).flash("admin-flash-case-taken"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Says that the shopper was reached.
pub(crate) async fn contacted(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CasePath>, Form<Nothing>),
) -> Result<Done<CaseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let told = ctx
            .write(async move |tx, ctx| Ok::<_, FlowError>(case::contacted(tx, ctx, at.id).await?));
        told.await.map_err(explain)?;
        let next = sent.next(format!("/admin/payment-cases/{}", at.id));
        Ok(Done::new(stands(&ctx, at.id).await?, next).flash("admin-flash-case-contacted"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Closes a case.
pub(crate) async fn close(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CasePath>, Form<Closing>),
) -> Result<Done<CaseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let (state, reason) = ending(&value?.ending)?;
        let closed = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(case::close(tx, ctx, at.id, state, reason).await?)
        });
        closed.await.map_err(explain)?;
        let next = sent.next(format!("/admin/payment-cases/{}", at.id));
        Ok(Done::new(stands(&ctx, at.id).await?, next).flash("admin-flash-case-closed"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

fn ending(text: &str) -> Result<(CaseState, CaseReason), Problem> {
    let wrong = || Problem::invalid("error-invalid-input").field("ending", "error-invalid-value");
    let (state, reason) = text.split_once(':').ok_or_else(wrong)?;
    let found = (
        state.parse().map_err(|_| wrong())?,
        reason.parse().map_err(|_| wrong())?,
    );
    if CaseReason::BY_HAND.contains(&found) {
        Ok(found)
    } else {
        Err(wrong())
    }
}

/// Writes something down.
pub(crate) async fn note(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CasePath>, Form<NewNote>),
) -> Result<Done<CaseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let text = value?.text;
        let kept = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(case::write_down(tx, ctx, at.id, &text).await?)
        });
        kept.await.map_err(explain)?;
        let next = sent.next(format!("/admin/payment-cases/{}", at.id));
        Ok(Done::new(stands(&ctx, at.id).await?, next).flash("admin-flash-case-noted"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

async fn help_page(ctx: &Ctx) -> Result<PaymentHelpPage, Problem> {
    Ok(ctx.read(async |rx, _| help_views::page(rx).await).await?)
}

/// The texts that help.
pub(crate) async fn show_help(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<PaymentHelpPage>, Problem> {
    Ok(Page::new(help_page(&ctx).await?))
}

/// Keeps the texts that help.
pub(crate) async fn save_help(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<HelpForm>,
) -> Result<Done<PaymentHelp>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let help = words(value?)?;
        let kept = help.clone();
        ctx.write(async move |tx, ctx| payment_help::save(tx, ctx, &kept).await)
            .await?;
        let next = sent.next("/admin/payment-help");
        Ok(Done::new(help, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, help_page(&ctx)).await
}

fn words(form: HelpForm) -> Result<PaymentHelp, Problem> {
    let texts = |name: &'static str, [hant, hans, en]: [String; 3]| {
        let mut texts = Texts::default();
        for (locale, suffix, text) in [
            (Locale::Hant, "hant", hant),
            (Locale::Hans, "hans", hans),
            (Locale::En, "en", en),
        ] {
            let text = text.trim().to_owned();
            if text.chars().count() > LONGEST {
                return Err(Problem::invalid("error-invalid-input")
                    .field(format!("{name}_{suffix}"), "error-payment-help-long"));
            }
            if !text.is_empty() {
                texts.0.insert(locale, text);
            }
        }
        Ok(texts)
    };
    Ok(PaymentHelp {
        card_limit: texts(
            "card_limit",
            [
                form.card_limit_hant,
                form.card_limit_hans,
                form.card_limit_en,
            ],
        )?,
        bank_limit: texts(
            "bank_limit",
            [
                form.bank_limit_hant,
                form.bank_limit_hans,
                form.bank_limit_en,
            ],
        )?,
        verification: texts(
            "verification",
            [
                form.verification_hant,
                form.verification_hans,
                form.verification_en,
            ],
        )?,
        other_ways: texts(
            "other_ways",
            [
                form.other_ways_hant,
                form.other_ways_hans,
                form.other_ways_en,
            ],
        )?,
        hotline: texts(
            "hotline",
            [form.hotline_hant, form.hotline_hans, form.hotline_en],
        )?,
    })
}
