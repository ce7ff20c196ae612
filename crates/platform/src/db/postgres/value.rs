//! Values on their way to PostgreSQL and back.

use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use uuid::Uuid;

use crate::db::Value;

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::INT2) => i16::try_from(*n)?.to_sql(ty, out),
            (Self::Int(n), &Type::BOOL) => (*n != 0).to_sql(ty, out),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a column of ratios; money never passes here"
            )]
            (Self::Int(n), &Type::FLOAT8) => (*n as f64).to_sql(ty, out),
            (Self::Int(n), _) => n.to_sql(&Type::INT8, out),
            (Self::Bool(b), _) => b.to_sql(&Type::BOOL, out),
            (Self::Real(r), _) => r.to_sql(&Type::FLOAT8, out),
            (Self::Text(t), _) => t.as_str().to_sql(&Type::TEXT, out),
            (Self::Blob(b), &Type::UUID) => Uuid::from_slice(b)?.to_sql(ty, out),
            (Self::Blob(b), _) => b.as_slice().to_sql(&Type::BYTEA, out),
            (Self::Id(id), &Type::BYTEA) => id.as_bytes().as_slice().to_sql(ty, out),
            (Self::Id(id), _) => id.to_sql(&Type::UUID, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT2 => Self::Int(i64::from(i16::from_sql(ty, raw)?)),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::UUID => Self::Id(Uuid::from_sql(ty, raw)?),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            Type::NUMERIC => {
                Self::Int(whole_numeric(raw).ok_or("a NUMERIC that is no 64-bit whole number")?)
            }
            _ => Self::Text(std::str::from_utf8(raw)?.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads the binary form of a NUMERIC that holds a whole number, as sums of BIGINT columns do.
fn whole_numeric(raw: &[u8]) -> Option<i64> {
    let word = |index: usize| {
        Some(i16::from_be_bytes([
            *raw.get(index * 2)?,
            *raw.get(index * 2 + 1)?,
        ]))
    };
    let (digits, weight, sign) = (word(0)?, word(1)?, word(2)?);
    let mut value: i64 = 0;
    for index in 0..=weight.max(-1) {
        let digit = if index < digits {
            word(4 + usize::try_from(index).ok()?)?
        } else {
            0
        };
        value = value.checked_mul(10_000)?.checked_add(i64::from(digit))?;
    }
    match sign {
        0 => Some(value),
        0x4000 => Some(-value),
        _ => None,
    }
}
