//! The form with which a buyer sends an order elsewhere (ORD-04): its fields by country, the ways that go there, and what
//! the order would cost where that is otherwise.

use fulfilment::Place;
use kernel::{Address, Money, pickup::Store};
use orders::{OrdersError, order};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    address::{self, AddressFields},
    checkout::PickupOption,
    facts::Facts,
};
use crate::{
    FlowError,
    flows::{buyer_acts, edit_order},
};

/// The form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OrderAddressPage {
    /// The unguessable text of the order's page.
    pub token: String,
    /// The number people use.
    pub number: String,
    /// Who receives.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// The fields of the address, by its country.
    pub address_fields: AddressFields,
    /// The store at which the parcel is collected; null where none is named.
    pub store: Option<Store>,
    /// The ways by which the order could go there.
    pub delivery_methods: Vec<WayThere>,
    /// What delivery costs as it was agreed.
    pub shipping: Money,
    /// What the order costs as it was agreed.
    pub total: Money,
    /// What it would cost as it is filled in, to be agreed to; null where that is not known yet or the same.
    pub new_total: Option<Money>,
}

impl PageView for OrderAddressPage {
    const TEMPLATE: &'static str = "order_address.html";
}

/// A way by which an order could go.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WayThere {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it costs for this order.
    pub rate: Money,
    /// At which stores the parcel is collected; null where it is brought to the address.
    pub pickup: Option<PickupOption>,
    /// Whether it is chosen.
    pub selected: bool,
}

/// What is filled in instead of what the order has.
#[derive(Debug, Clone, Default)]
pub struct FilledIn {
    /// The address.
    pub address: Option<Address>,
    /// Code of the way to deliver.
    pub delivery_method: Option<String>,
}

/// The form for the order behind a link's token.
///
/// # Errors
/// [`FlowError::NotFound`] for a token that leads nowhere (A1, A7), [`OrdersError::TooLateToReaddress`] once the order is
/// picked.
pub async fn order_address_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    token: &str,
    filled: &FilledIn,
) -> Result<OrderAddressPage, FlowError> {
    let order = order::by_token(rx, token, ctx.now())
        .await?
        .ok_or(FlowError::NotFound)?;
    if !buyer_acts::may_readdress(&order) {
        return Err(OrdersError::TooLateToReaddress.into());
    }
    let lines = order::lines(rx, order.id).await?;
    let to = filled.address.as_ref().unwrap_or(&order.address).clone();
    let fields = address::fields(&to, &facts.countries());
    let place = Place {
        country: &fields.country,
        region: &to.region,
    };
    let ways = edit_order::ways_to(rx, ctx, (&order, &lines), place).await?;
    let wanted = filled.delivery_method.as_ref();
    let wanted = wanted.unwrap_or(&order.delivery_code);
    let delivery_methods = ways
        .into_iter()
        .map(|way| WayThere {
            name: way.name.get(ctx.locale()).to_owned(),
            rate: way.rate,
            pickup: way.pickup.as_ref().and_then(PickupOption::of),
            selected: way.code == *wanted,
            code: way.code,
        })
        .collect();
    Ok(OrderAddressPage {
        token: order.token,
        number: order.number,
        name: to.name,
        phone: to.phone,
        address_fields: fields,
        store: to.store,
        delivery_methods,
        shipping: order.shipping,
        total: order.total,
        new_total: None,
    })
}
