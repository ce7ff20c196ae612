//! The life of a product: draft, on sale, put away.

use kernel::ProductId;
use platform::{Ctx, Tx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Product, lock, ready};
use crate::{CatalogError, attribute, events::Change, price};

/// Whether a product is on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductState {
    /// Being written, or off sale for now.
    Draft,
    /// On sale.
    Published,
    /// Put away for good, kept because orders name it.
    Archived,
}

/// What somebody does with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Puts it on sale.
    Publish,
    /// Takes it off sale.
    Unpublish,
    /// Puts it away.
    Archive,
    /// Takes it back as a draft.
    Restore,
}

/// Every step of a product's life: from, act, to. What is not here is refused.
pub const TRANSITIONS: &[(ProductState, Act, ProductState)] = &[
    (ProductState::Draft, Act::Publish, ProductState::Published),
    (ProductState::Published, Act::Unpublish, ProductState::Draft),
    (ProductState::Draft, Act::Archive, ProductState::Archived),
    (
        ProductState::Published,
        Act::Archive,
        ProductState::Archived,
    ),
    (ProductState::Archived, Act::Restore, ProductState::Draft),
];

impl ProductState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Published, Self::Archived];

    /// The stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// The state after an act; `None` when the act is not possible in this state.
    #[must_use]
    pub fn after(self, act: Act) -> Option<Self> {
        TRANSITIONS
            .iter()
            .find(|(from, by, _)| *from == self && *by == act)
            .map(|(_, _, to)| *to)
    }
}

impl std::str::FromStr for ProductState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(())
    }
}

impl Act {
    /// Where the act leads.
    #[must_use]
    pub const fn goal(self) -> ProductState {
        match self {
            Self::Publish => ProductState::Published,
            Self::Unpublish | Self::Restore => ProductState::Draft,
            Self::Archive => ProductState::Archived,
        }
    }

    const fn change(self) -> Change {
        match self {
            Self::Publish => Change::Published,
            Self::Unpublish => Change::Unpublished,
            Self::Archive => Change::Archived,
            Self::Restore => Change::Restored,
        }
    }
}

/// Puts a product on sale. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::TitleMissing`], [`CatalogError::NothingToSell`], [`CatalogError::AttributeMissing`],
/// [`CatalogError::State`] for an archived one, [`CatalogError::NotFound`], or the database's.
pub async fn publish(tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
    let product = lock(tx, id).await?;
    let sql = "SELECT COUNT(*) FROM variants WHERE product_id = $1 AND state = 'active'";
    let active: i64 = tx.scalar(sql, params![id]).await?;
    ready(&product.title, active > 0)?;
    attribute::check_complete(attribute::definitions(tx, id).await?, &product.attributes)?;
    step(tx, ctx, product, Act::Publish).await
}

/// Takes a product off sale; it becomes a draft. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::State`] for an archived one, [`CatalogError::NotFound`], or the database's.
pub async fn unpublish(tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
    let product = lock(tx, id).await?;
    if product.state == ProductState::Archived {
        return Err(CatalogError::State {
            from: product.state,
            to: ProductState::Draft,
        });
    }
    step(tx, ctx, product, Act::Unpublish).await
}

/// Puts a product away. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn archive(tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
    let product = lock(tx, id).await?;
    step(tx, ctx, product, Act::Archive).await
}

/// Takes a product out of the archive, as a draft. Doing it again changes nothing.
///
/// # Errors
/// [`CatalogError::State`] for one on sale, [`CatalogError::NotFound`], or the database's.
pub async fn restore(tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
    let product = lock(tx, id).await?;
    step(tx, ctx, product, Act::Restore).await
}

async fn step(tx: &mut Tx, ctx: &Ctx, product: Product, act: Act) -> Result<(), CatalogError> {
    if product.state == act.goal() {
        return Ok(());
    }
    let refused = CatalogError::State {
        from: product.state,
        to: act.goal(),
    };
    let to = product.state.after(act).ok_or(refused)?;
    let published_at = if act == Act::Publish {
        Some(ctx.now())
    } else {
        product.published_at
    };
    // What somebody does now, the clock need not do any more.
    let done = match act {
        Act::Publish => ", publish_at = NULL, plan_problem = NULL",
        Act::Unpublish => ", unpublish_at = NULL",
        Act::Archive => ", publish_at = NULL, unpublish_at = NULL, plan_problem = NULL",
        Act::Restore => "",
    };
    let sql = format!(
        "UPDATE products SET state = $3, published_at = $4{done} WHERE id = $1 AND state = $2"
    );
    tx.execute_one(
        &sql,
        params![product.id, product.state.code(), to.code(), published_at],
    )
    .await?;
    let was_on_sale = product.state == ProductState::Published;
    let on_sale = to == ProductState::Published;
    if was_on_sale != on_sale {
        price::note_offer(tx, ctx, product.id, on_sale).await?;
    }
    super::changed(tx, ctx, &product, act.change()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O7 for products: the table names each step once, leads where the act says, and leaves no state without a way out.
    #[test]
    fn the_table_of_steps_is_sound() {
        for (index, (from, act, to)) in TRANSITIONS.iter().enumerate() {
            println!("{} --{act:?}--> {}", from.code(), to.code());
            assert_eq!(act.goal(), *to);
            assert!(
                TRANSITIONS[index + 1..]
                    .iter()
                    .all(|(f, a, _)| (f, a) != (from, act))
            );
        }
        for state in ProductState::ALL {
            assert!(
                TRANSITIONS.iter().any(|(from, _, _)| *from == state),
                "{state:?} is a trap"
            );
            assert!(
                TRANSITIONS.iter().any(|(_, _, to)| *to == state),
                "{state:?} cannot be reached"
            );
            assert_eq!(state.code().parse(), Ok(state));
        }
        assert_eq!(ProductState::Archived.after(Act::Publish), None);
    }
}
