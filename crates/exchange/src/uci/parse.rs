//! Reading the rows of the UCI Online Retail file.

use jiff::{civil::DateTime, tz::TimeZone};
use kernel::Timestamp;

use crate::import::{ImportError, Remark, RowOutcome};

/// One row: so many units of a SKU on an invoice at a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Line of the file, the header being line 1.
    pub(super) number: i64,
    pub(super) invoice: String,
    pub(super) sku: String,
    pub(super) description: String,
    pub(super) quantity: i64,
    pub(super) at: Timestamp,
    /// Pence.
    pub(super) price: i64,
    pub(super) customer: Option<i64>,
    pub(super) country: String,
}

impl Line {
    /// What the row is worth, in pence.
    pub(super) const fn amount(&self) -> i64 {
        self.quantity.saturating_mul(self.price)
    }

    /// The row as the file has it, for remarks.
    pub(super) fn content(&self) -> String {
        format!(
            "{} {} {} x {} @ {}",
            self.invoice, self.sku, self.description, self.quantity, self.price
        )
    }

    pub(super) fn remark(&self, reason: &'static str) -> Remark {
        Remark {
            line: self.number,
            outcome: RowOutcome::Repaired,
            reason,
            content: self.content(),
        }
    }
}

/// All rows that can be read, in the order of the file, and remarks on those that cannot or were rounded.
pub(super) fn lines(bytes: &[u8], path: &str) -> Result<(Vec<Line>, Vec<Remark>), ImportError> {
    let broken = |reason: String| ImportError::File {
        path: path.to_owned(),
        reason,
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader
        .byte_headers()
        .map_err(|e| broken(e.to_string()))?
        .clone();
    let wanted: [&[u8]; 8] = [
        b"InvoiceNo",
        b"StockCode",
        b"Description",
        b"Quantity",
        b"InvoiceDate",
        b"UnitPrice",
        b"CustomerID",
        b"Country",
    ];
    if !header.iter().eq(wanted) {
        return Err(broken("the header is not that of UCI Online Retail".into()));
    }
    let zone = TimeZone::get("Europe/London").map_err(|e| broken(e.to_string()))?;
    let (mut lines, mut remarks) = (Vec::with_capacity(550_000), Vec::new());
    let mut record = csv::ByteRecord::new();
    let mut number = 1;
    loop {
        number += 1;
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok((lines, remarks)),
            Ok(true) => match line(&record, number, &zone) {
                Ok((line, rounded)) => {
                    if rounded {
                        remarks.push(line.remark("price_rounded_to_pence"));
                    }
                    lines.push(line);
                }
                Err(reason) => remarks.push(rejected(number, reason, &record)),
            },
            Err(error) => return Err(broken(error.to_string())),
        }
    }
}

fn rejected(line: i64, reason: &'static str, record: &csv::ByteRecord) -> Remark {
    let content: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    Remark {
        line,
        outcome: RowOutcome::Rejected,
        reason,
        content: content.join(","),
    }
}

fn line(
    record: &csv::ByteRecord,
    number: i64,
    zone: &TimeZone,
) -> Result<(Line, bool), &'static str> {
    let field = |index: usize| {
        let bytes = record.get(index).ok_or("too_few_columns")?;
        std::str::from_utf8(bytes)
            .map(str::trim)
            .map_err(|_| "not_utf8")
    };
    let (invoice, sku) = (field(0)?, field(1)?);
    if invoice.is_empty() || sku.is_empty() {
        return Err("no_invoice_or_sku");
    }
    let quantity = field(3)?.parse().map_err(|_| "bad_quantity")?;
    let at: DateTime = field(4)?.parse().map_err(|_| "bad_date")?;
    let at = at.to_zoned(zone.clone()).map_err(|_| "bad_date")?;
    let (price, rounded) = pence(field(5)?).ok_or("bad_price")?;
    let customer = match field(6)? {
        "" => None,
        id => Some(
            id.trim_end_matches(".0")
                .parse()
                .map_err(|_| "bad_customer")?,
        ),
    };
    let line = Line {
        number,
        invoice: invoice.to_owned(),
        sku: sku.to_owned(),
        description: field(2)?.to_owned(),
        quantity,
        at: at.timestamp().into(),
        price,
        customer,
        country: field(7)?.to_owned(),
    };
    Ok((line, rounded))
}

/// A decimal price in pence, half away from zero; true when something was rounded off.
fn pence(text: &str) -> Option<(i64, bool)> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |d| (-1, d));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if !part.chars().all(|c| c.is_ascii_digit()) || part.len() > 9 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let padded = format!("{part:0<3}");
    let hundredths: i64 = padded.get(..2)?.parse().ok()?;
    let rest = padded.get(2..)?;
    let up = i64::from(rest.starts_with(|c: char| c >= '5'));
    let rounded = rest.chars().any(|c| c != '0');
    Some((
        sign * (whole
            .checked_mul(100)?
            .checked_add(hundredths)?
            .checked_add(up)?),
        rounded,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_become_pence() {
        assert_eq!(pence("2.55"), Some((255, false)));
        assert_eq!(pence("0.0"), Some((0, false)));
        assert_eq!(pence("0.001"), Some((0, true)));
        assert_eq!(pence("1.005"), Some((101, true)));
        assert_eq!(pence("-11062.06"), Some((-1_106_206, false)));
        assert_eq!(pence("12"), Some((1_200, false)));
        assert_eq!(pence("1,5"), None);
    }
}
