//! Stripe's own books: what it charged and gave back, page by page, for comparing them with ours (P11).

use kernel::{Money, Timestamp};

use super::{
    Stripe,
    amount::from_stripe,
    client::Failed,
    objects::{self, Charge, Refund},
};

/// Pages of a hundred rows that are read at most for one comparison.
const PAGES: usize = 1_000;

/// What Stripe's books say about a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    /// Charges that took money.
    pub charges: Vec<BookedCharge>,
    /// Refunds that were not lost.
    pub refunds: Vec<BookedRefund>,
}

/// A charge that took money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedCharge {
    /// The name under which we know it: that of its payment intent, or its own when it has none.
    pub reference: String,
    /// How much; none where it is in a currency that is none of ours.
    pub amount: Option<Money>,
    /// When.
    pub at: Timestamp,
}

/// Money that went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedRefund {
    /// Stripe's name for it.
    pub reference: String,
    /// The key under which we asked for it, if it was us.
    pub key: Option<String>,
    /// The charge, by the name under which we know it.
    pub charge: Option<String>,
    /// How much.
    pub amount: Option<Money>,
    /// When.
    pub at: Timestamp,
}

impl Stripe {
    /// What was charged and given back from `since` on, but before `until`.
    ///
    /// # Errors
    /// Why the books could not be read; half of them would prove nothing.
    pub async fn books(&self, since: Timestamp, until: Timestamp) -> Result<Books, String> {
        let within = |at: i64| (since..until).contains(&objects::seconds(at));
        let from = since.micros().div_euclid(1_000_000) - 1;
        let charges: Vec<Charge> = self
            .whole(
                &format!("charges?created[gt]={from}&"),
                |_: &Charge| false,
                |c| &c.id,
            )
            .await
            .map_err(|failed| failed.to_string())?;
        let before = |refund: &Refund| objects::seconds(refund.created) < since;
        let refunds: Vec<Refund> = self
            .whole("refunds?", before, |r| &r.id)
            .await
            .map_err(|failed| failed.to_string())?;
        let charges = charges
            .into_iter()
            .filter(|c| c.status == "succeeded" && c.captured && within(c.created))
            .map(|c| BookedCharge {
                amount: from_stripe(c.amount, &c.currency),
                at: objects::seconds(c.created),
                reference: c.payment_intent.map_or(c.id, |i| i.id().to_owned()),
            });
        let refunds = refunds
            .into_iter()
            .filter(|r| !r.is_lost() && within(r.created))
            .map(|r| BookedRefund {
                amount: from_stripe(r.amount, &r.currency),
                at: objects::seconds(r.created),
                key: r.named().cloned(),
                charge: r.payment_intent.map(|i| i.id().to_owned()).or(r.charge),
                reference: r.id,
            });
        Ok(Books {
            charges: charges.collect(),
            refunds: refunds.collect(),
        })
    }

    /// A list from its first row until `enough` says so of the last row of a page.
    async fn whole<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        enough: impl Fn(&T) -> bool,
        name: impl Fn(&T) -> &String,
    ) -> Result<Vec<T>, Failed> {
        let mut found: Vec<T> = Vec::new();
        for _ in 0..PAGES {
            let after = found.last().map(|row| name(row).clone());
            let page = self.page_of::<T>(what, after.as_deref()).await?;
            let more = page.has_more && !page.data.is_empty();
            found.extend(page.data);
            if !more || found.last().is_some_and(&enough) {
                return Ok(found);
            }
        }
        Err(Failed::Silence("the list has no end".into()))
    }
}
