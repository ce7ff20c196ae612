//! Where a signed-in customer's parcels usually go, so that promises and costs are theirs before they order (STF-15).

use customers::address_book;
use kernel::Address;
use platform::{Actor, Ctx, Rx};

use crate::FlowError;

/// The address of a signed-in customer's book that is filled in first; nobody else has one.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, ctx: &Ctx) -> Result<Option<Address>, FlowError> {
    let Actor::Customer(id) = *ctx.actor() else {
        return Ok(None);
    };
    let first = address_book::list(rx, id).await?.into_iter().next();
    Ok(first.map(|kept| kept.address))
}

/// What a page calls the place of an address: its largest part and the one below it, as the country writes them.
#[must_use]
pub fn place_name(address: &Address) -> Option<String> {
    let (region, city) = (address.region.trim(), address.city.trim());
    let names = match (region.is_empty(), city.is_empty() || city == region) {
        (true, true) => return None,
        (false, true) => region.to_owned(),
        (true, false) => city.to_owned(),
        (false, false) if region.is_ascii() => format!("{city}, {region}"),
        (false, false) => format!("{region}{city}"),
    };
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// STF-15: a place is called as its country calls it, and a city that is its own region only once.
    #[test]
    fn a_place_is_named_once() {
        let name = |region: &str, city: &str| {
            place_name(&Address {
                region: region.into(),
                city: city.into(),
                ..Address::default()
            })
        };
        assert_eq!(name("高雄市", "前鎮區").as_deref(), Some("高雄市前鎮區"));
        assert_eq!(name("北京市", "北京市").as_deref(), Some("北京市"));
        assert_eq!(name("", "Singapore").as_deref(), Some("Singapore"));
        assert_eq!(
            name("Oregon", "Portland").as_deref(),
            Some("Portland, Oregon")
        );
        assert_eq!(name("", ""), None);
    }
}
