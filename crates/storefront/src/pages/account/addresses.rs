//! The customer's address book.

use std::sync::Arc;

use customers::address_book;
use kernel::{Address, AddressId, CustomerId};
use operations::{
    FlowError,
    views::shop::account::addresses::{AddressPage, AddressesPage, address_page, addresses_page},
};
use platform::{
    Ctx,
    web::{Body, Done, Either, FieldProblem, Incoming, Page, Path, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moved, customer};
use crate::{Storefront, address_input::AddressInput, face::problem};

/// An address of the book.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct AddressPath {
    /// Its key.
    id: AddressId,
}

/// Where the address is, as far as the fields of the form depend on it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct PlaceQuery {
    /// ISO 3166-1 alpha-2 code.
    pub(in crate::pages) country: Option<String>,
    /// County or city of the first level.
    pub(in crate::pages) region: Option<String>,
    /// District or city of the second level.
    pub(in crate::pages) city: Option<String>,
}

/// The book after a change, or the form with the fields of another country or place.
pub(crate) type Kept = Either<Done<Moved>, Page<AddressPage>>;

/// An address to keep.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AddressForm {
    /// The address.
    address: AddressInput,
    /// Whether it is filled in first.
    #[serde(deserialize_with = "form::flag")]
    is_default: bool,
    /// Only the fields of another country or place are wanted; nothing is kept.
    #[serde(deserialize_with = "form::flag")]
    choose: bool,
}

const BOOK: &str = "/account/addresses";

pub(crate) async fn list(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<AddressesPage>, Problem> {
    let id = customer(&ctx)?;
    shop.opened(&ctx, &incoming);
    let read = ctx.read(async move |rx, _| addresses_page(rx, id).await);
    Ok(Page::new(read.await?))
}

pub(crate) async fn fresh(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Query(place): Query<PlaceQuery>,
) -> Result<Page<AddressPage>, Problem> {
    let id = customer(&ctx)?;
    let read = ctx.read(async move |rx, _| {
        let person = customers::customer::by_id(rx, id).await?;
        person.ok_or(FlowError::NotFound)
    });
    let person = read.await?;
    let address = Address {
        name: person.name,
        phone: person.phone.unwrap_or_default(),
        country: person.country.unwrap_or_default(),
        ..Address::default()
    };
    shown(&shop, &ctx, None, (moved(address, place), false))
        .await
        .map(Page::new)
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Path(path), Query(place)): (Path<AddressPath>, Query<PlaceQuery>),
) -> Result<Page<AddressPage>, Problem> {
    let owner = customer(&ctx)?;
    let read = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(address_book::one(rx, owner, path.id).await?));
    let kept = read.await.map_err(problem)?;
    let address = moved(kept.address, place);
    shown(&shop, &ctx, Some(kept.id), (address, kept.is_default))
        .await
        .map(Page::new)
}

/// The address with the choices of the moment.
pub(in crate::pages) fn moved(address: Address, place: PlaceQuery) -> Address {
    Address {
        country: place.country.unwrap_or(address.country),
        region: place.region.unwrap_or(address.region),
        city: place.city.unwrap_or(address.city),
        ..address
    }
}

async fn shown(
    shop: &Storefront,
    ctx: &Ctx,
    id: Option<AddressId>,
    (address, is_default): (Address, bool),
) -> Result<AddressPage, Problem> {
    let facts = shop.facts(ctx).await?;
    Ok(address_page(id, &address, is_default, &facts.countries()))
}

pub(crate) async fn keep(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<AddressForm>),
) -> Result<Kept, Problem> {
    let owner = customer(&ctx)?;
    if form.choose {
        return chosen(&shop, &ctx, None, &form).await;
    }
    let address = checked(&shop, &ctx, &incoming, None, &form).await?;
    let write = ctx.write(async move |tx, ctx| {
        address_book::keep(tx, ctx, owner, &address, form.is_default).await?;
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    Ok(Either::Left(Moved::to(BOOK).flash("flash-account-saved")))
}

pub(crate) async fn change(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Path(path), Body(form)): (Whole, Path<AddressPath>, Body<AddressForm>),
) -> Result<Kept, Problem> {
    let owner = customer(&ctx)?;
    owned(&ctx, owner, path.id).await?;
    if form.choose {
        return chosen(&shop, &ctx, Some(path.id), &form).await;
    }
    let address = checked(&shop, &ctx, &incoming, Some(path.id), &form).await?;
    let write = ctx.write(async move |tx, _| {
        address_book::change(tx, owner, path.id, &address, form.is_default).await?;
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    Ok(Either::Left(Moved::to(BOOK).flash("flash-account-saved")))
}

/// The form with the fields of the country and place that were chosen; nothing is kept.
async fn chosen(
    shop: &Storefront,
    ctx: &Ctx,
    id: Option<AddressId>,
    form: &AddressForm,
) -> Result<Kept, Problem> {
    let typed = (form.address.address("").at_door(), form.is_default);
    let view = shown(shop, ctx, id, typed).await?;
    Ok(Either::Right(Page::new(view)))
}

async fn owned(ctx: &Ctx, owner: CustomerId, id: AddressId) -> Result<(), Problem> {
    let read = ctx.read(async move |rx, _| {
        address_book::one(rx, owner, id).await?;
        Ok::<_, FlowError>(())
    });
    read.await.map_err(problem)
}

pub(crate) async fn remove(
    _: Arc<Storefront>,
    ctx: Ctx,
    Path(path): Path<AddressPath>,
) -> Result<Done<Moved>, Problem> {
    let owner = customer(&ctx)?;
    let write = ctx.write(async move |tx, _| {
        address_book::remove(tx, owner, path.id).await?;
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    Ok(Moved::to(BOOK).flash("flash-account-address-removed"))
}

/// The address that was sent, or the form again with everything that was typed and what is wrong with it.
async fn checked(
    shop: &Storefront,
    ctx: &Ctx,
    incoming: &Incoming,
    id: Option<AddressId>,
    form: &AddressForm,
) -> Result<Address, Problem> {
    let facts = shop.facts(ctx).await?;
    let address = form.address.address("").at_door();
    let mut wrong = address.problems();
    if !facts.shop.reaches(&facts.tariff, &address.country) {
        wrong.push(("country", "error-country"));
    }
    if wrong.is_empty() {
        return Ok(address);
    }
    let fields = wrong.into_iter().map(|(field, key)| FieldProblem {
        field: format!("address.{field}"),
        key,
        args: Vec::new(),
    });
    let refusal = Problem::invalid("error-invalid-input");
    let view = shown(shop, ctx, id, (address, form.is_default)).await?;
    Err(refusal
        .with_fields(fields.collect())
        .on(Page::new(view).with_typed(incoming.typed())))
}
