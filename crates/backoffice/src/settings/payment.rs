//! How the shop is paid.

use std::{collections::BTreeMap, sync::Arc};

use operations::{
    flows::decide,
    payment_terms::MethodTerms,
    shop::BankAccount,
    views::admin::settings::payment::{self as views, PaymentSettingsPage},
};
use orders::PaymentMethod;
use platform::{
    Ctx,
    web::{Done, Page, Problem, form as fields},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Saved, currency, optional};
use crate::{
    Backoffice,
    forms::{Amount, Form},
};

const PAGE: &str = "/admin/settings/payment";

/// How the shop is paid. A way that is left out is off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentForm {
    /// The ways to pay.
    #[serde(default)]
    methods: BTreeMap<PaymentMethod, MethodForm>,
    /// Where transfers go.
    #[serde(default)]
    bank: BankForm,
}

/// One way to pay.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MethodForm {
    /// Whether it is on.
    #[serde(deserialize_with = "fields::flag")]
    on: bool,
    /// The smallest total.
    least: Option<Amount>,
    /// The largest total.
    most: Option<Amount>,
}

/// An account for bank transfers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BankForm {
    /// The bank's name.
    bank_name: String,
    /// The bank's code.
    bank_code: String,
    /// The branch.
    branch: String,
    /// The account's number.
    account_number: String,
    /// In whose name it is.
    account_name: String,
}

/// How the shop is paid.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<PaymentSettingsPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

async fn page(ctx: &Ctx) -> Result<PaymentSettingsPage, Problem> {
    Ok(ctx.read(async |rx, _| views::page(rx).await).await?)
}

/// Says how the shop is paid.
pub(crate) async fn save(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<PaymentForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let mut typed = value?;
        let currency = currency(&ctx).await?;
        let mut methods = BTreeMap::new();
        for method in PaymentMethod::ALL {
            let own = typed.methods.remove(method).unwrap_or_default();
            let limit = |amount: Option<&Amount>, name: &str| {
                optional(amount, currency, &format!("methods.{method}.{name}"))
            };
            let terms = MethodTerms {
                on: own.on,
                least: limit(own.least.as_ref(), "least")?.map(|m| m.amount),
                most: limit(own.most.as_ref(), "most")?.map(|m| m.amount),
            };
            methods.insert(*method, terms);
        }
        let trim = |text: String| text.trim().to_owned();
        let bank = BankAccount {
            bank_name: trim(typed.bank.bank_name),
            bank_code: trim(typed.bank.bank_code),
            branch: trim(typed.bank.branch),
            account_number: trim(typed.bank.account_number),
            account_name: trim(typed.bank.account_name),
        };
        ctx.write(async move |tx, ctx| {
            decide::payment(tx, ctx, methods.clone(), bank.clone()).await
        })
        .await?;
        Ok(Done::new(Saved::NOW, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}
