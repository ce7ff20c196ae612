//! The report of an import: before it from the plan, after it from the shop's own books.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kernel::ImportId;
use platform::{Ctx, Rx, params};

use super::{parse::Line, plan::Plan, write::Progress};
use crate::import::{ImportError, ImportReport, RowOutcome};

/// What an import of these rows would report.
pub(super) fn planned(lines: &[Line], plan: &Plan) -> ImportReport {
    let mut reasons: BTreeMap<String, i64> = BTreeMap::new();
    for remark in &plan.remarks {
        *reasons.entry(remark.reason.to_owned()).or_default() += 1;
    }
    let of = |outcome| {
        plan.remarks
            .iter()
            .filter(|r| r.outcome == outcome)
            .map(|r| r.line)
            .collect::<BTreeSet<_>>()
            .len()
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let gross: i64 = lines.iter().map(Line::amount).filter(|a| *a > 0).sum();
    let net: i64 = lines.iter().map(Line::amount).sum();
    ImportReport {
        lines: count(lines.len() + of(RowOutcome::Rejected)),
        invoices: count(
            lines
                .iter()
                .map(|l| &l.invoice)
                .collect::<HashSet<_>>()
                .len(),
        ),
        products: count(plan.products.len()),
        customers: count(
            lines
                .iter()
                .filter_map(|l| l.customer)
                .collect::<HashSet<_>>()
                .len(),
        ),
        countries: count(
            lines
                .iter()
                .map(|l| &l.country)
                .collect::<HashSet<_>>()
                .len(),
        ),
        orders: count(plan.orders.len()),
        guest_lines: count(lines.iter().filter(|l| l.customer.is_none()).count()),
        duplicate_lines: count(duplicates(lines)),
        gross,
        returns: net - gross,
        net,
        currency: "GBP".to_owned(),
        rejected: count(of(RowOutcome::Rejected)),
        repaired: count(of(RowOutcome::Repaired)),
        reasons,
        already: false,
    }
}

/// Rows that stand in the file more than once, exactly alike, beyond the first of each.
fn duplicates(lines: &[Line]) -> usize {
    let mut seen = HashSet::with_capacity(lines.len());
    lines
        .iter()
        .filter(|l| {
            !seen.insert((
                &l.invoice,
                &l.sku,
                &l.description,
                l.quantity,
                l.at,
                l.price,
                l.customer,
                &l.country,
            ))
        })
        .count()
}

/// What was imported, read from the shop's tables: money from the journal, the rest from what was made.
pub(super) async fn stored(ctx: &Ctx, run: ImportId) -> Result<ImportReport, ImportError> {
    ctx.read_snapshot(async move |rx, _| {
        let sums = rx
            .one(
                "SELECT COALESCE(SUM(CASE WHEN entry IN ('capture', 'correction') AND debit = 'asset:bank' THEN amount ELSE 0 END), 0) AS gross, \
                 COALESCE(SUM(CASE WHEN entry IN ('refund', 'correction') AND credit = 'asset:bank' THEN amount ELSE 0 END), 0) AS back FROM journal",
                &[],
            )
            .await?;
        let (gross, back): (i64, i64) = (sums.get("gross")?, sums.get("back")?);
        let reasons = rx.rows("SELECT reason, count(*) AS n FROM import_rows WHERE import_id = $1 GROUP BY reason", params![run]).await?;
        let reasons = reasons.iter().map(|r| Ok((r.get("reason")?, r.get("n")?))).collect::<Result<BTreeMap<String, i64>, platform::DbError>>()?;
        let progress: Progress = rx.one("SELECT progress FROM imports WHERE id = $1", params![run]).await?.json("progress")?;
        Ok(ImportReport {
            products: count(rx, "SELECT count(*) FROM variants").await?,
            customers: count(rx, "SELECT count(*) FROM customers").await?,
            orders: count(rx, "SELECT count(*) FROM orders").await?,
            rejected: outcomes(rx, run, "rejected").await?,
            repaired: outcomes(rx, run, "repaired").await?,
            gross,
            returns: -back,
            net: gross - back,
            currency: "GBP".to_owned(),
            reasons,
            ..progress.facts
        })
    })
    .await
}

async fn count(rx: &mut Rx, sql: &'static str) -> Result<i64, ImportError> {
    Ok(rx.scalar(sql, &[]).await?)
}

async fn outcomes(rx: &mut Rx, run: ImportId, outcome: &str) -> Result<i64, ImportError> {
    let sql = "SELECT count(DISTINCT line) FROM import_rows WHERE import_id = $1 AND outcome = $2";
    Ok(rx.scalar(sql, params![run, outcome]).await?)
}
