//! Warehouses: adding, changing, closing and opening them again, and saying where on the shelves goods lie.

use std::{collections::BTreeMap, sync::Arc};

use inventory::{
    PlaceState,
    location::{self, Area, PlaceDraft},
    stock,
};
use kernel::{Address, LocationId, Permission as P};
use operations::{
    FlowError,
    views::admin::{StockItem, WarehousePage, WarehousesPage, stock_item, warehouses as views},
};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing, explain},
    paths::{PlacePath, VariantPath},
    routes::Desk,
    stock::StockStands,
};

/// The addresses of warehouses.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/warehouses",
            P::StockRead,
            "The places where stock lies",
            list,
        )
        .get(
            "/admin/warehouses/new",
            P::StockWrite,
            "The form of a new warehouse",
            new_form,
        )
        .post(
            "/admin/warehouses",
            P::StockWrite,
            "Adds a warehouse",
            create,
        )
        .get(
            "/admin/warehouses/{id}",
            P::StockRead,
            "One warehouse",
            show,
        )
        .put(
            "/admin/warehouses/{id}",
            P::StockWrite,
            "Replaces what is decided about a warehouse",
            write,
        )
        .post(
            "/admin/warehouses/{id}/closure",
            P::StockWrite,
            "Closes a warehouse where nothing lies",
            close,
        )
        .delete(
            "/admin/warehouses/{id}/closure",
            P::StockWrite,
            "Opens a warehouse again; what lies there is not for sale yet",
            reopen,
        )
        .put(
            "/admin/inventory/variants/{id}/shelf",
            P::StockWrite,
            "Says where on a warehouse's shelves a variant lies",
            set_shelf,
        )
}

/// What is decided about a warehouse.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteWarehouse {
    /// Its short name for programs; it stays as it was when a warehouse is changed.
    #[serde(default)]
    code: String,
    /// Its name for people.
    #[serde(default)]
    name: String,
    /// Goods leave from the smallest number first, from 0 to 1,000.
    #[serde(deserialize_with = "form::whole")]
    priority: i64,
    /// Whether orders are sent from here; what lies elsewhere is not for sale.
    #[serde(default, deserialize_with = "form::flag")]
    ships: bool,
    /// Where parcels from here come from.
    #[serde(default)]
    address: SenderAddress,
    /// Where it is the first to send to: a country such as `TW`, or a country and a region such as `TW:高雄市`.
    #[serde(default)]
    serves: Vec<String>,
}

/// The address of a sender; nothing of it is required.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SenderAddress {
    /// Who sends.
    #[serde(default)]
    name: String,
    /// Their telephone number.
    #[serde(default)]
    phone: String,
    /// ISO 3166-1 alpha-2; `TW` when absent.
    #[serde(default)]
    country: String,
    /// Postal code.
    #[serde(default)]
    postal_code: String,
    /// First level.
    #[serde(default)]
    region: String,
    /// Second level.
    #[serde(default)]
    city: String,
    /// Third level.
    #[serde(default)]
    district: String,
    /// Street and number.
    #[serde(default)]
    line1: String,
    /// Anything more.
    #[serde(default)]
    line2: Option<String>,
}

impl SenderAddress {
    fn address(self) -> Result<Address, Problem> {
        let address = Address {
            name: self.name.trim().to_owned(),
            phone: self.phone.trim().to_owned(),
            country: if self.country.trim().is_empty() {
                "TW".to_owned()
            } else {
                self.country.trim().to_uppercase()
            },
            postal_code: self.postal_code.trim().to_owned(),
            region: self.region.trim().to_owned(),
            city: self.city.trim().to_owned(),
            district: self.district.trim().to_owned(),
            line1: self.line1.trim().to_owned(),
            line2: self.line2.filter(|line| !line.trim().is_empty()),
            store: None,
        };
        // An address that somebody began to write is one that a courier must be able to read.
        let begun = [&address.name, &address.line1, &address.city];
        if begun.iter().all(|field| field.is_empty()) {
            return Ok(address);
        }
        let wrong = address.problems();
        let refused = wrong.into_iter().fold(
            None,
            |refused: Option<Problem>, (field, key): (&str, &'static str)| {
                let refused = refused.unwrap_or_else(|| Problem::invalid("error-invalid-input"));
                Some(refused.field(format!("address.{field}"), key))
            },
        );
        refused.map_or(Ok(address), Err)
    }
}

impl WriteWarehouse {
    fn draft(self) -> Result<PlaceDraft, Problem> {
        Ok(PlaceDraft {
            code: self.code.trim().to_owned(),
            name: self.name,
            address: self.address.address()?,
            priority: self.priority,
            serves: areas(&self.serves),
            ships: self.ships,
        })
    }
}

/// `TW`, `TW:高雄市` and `TW:屏東縣` as one area for the whole country and one for its two regions.
fn areas(texts: &[String]) -> Vec<Area> {
    let mut named: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut areas = Vec::new();
    for text in texts.iter().map(|text| text.trim()) {
        match text.split_once(':') {
            None if text.is_empty() => {}
            None => areas.push(Area {
                country: text.to_owned(),
                regions: Vec::new(),
            }),
            Some((country, region)) => {
                named.entry(country).or_default().push(region.to_owned());
            }
        }
    }
    areas.extend(named.into_iter().map(|(country, regions)| Area {
        country: country.to_owned(),
        regions,
    }));
    areas
}

/// A warehouse after something was decided about it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WarehouseStands {
    /// The place.
    id: LocationId,
    /// What it is for.
    state: PlaceState,
}

async fn page(ctx: &Ctx, id: LocationId) -> Result<WarehousePage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::one(rx, ctx, id).await)
        .await?)
}

async fn form_page(ctx: &Ctx) -> Result<WarehousePage, Problem> {
    Ok(ctx.read(async |rx, ctx| views::new(rx, ctx).await).await?)
}

/// All warehouses.
pub(crate) async fn list(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<WarehousesPage>, Problem> {
    let page = ctx.read(async |rx, ctx| views::list(rx, ctx).await).await?;
    Ok(Page::new(page))
}

/// The form of a new warehouse.
pub(crate) async fn new_form(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<WarehousePage>, Problem> {
    Ok(Page::new(form_page(&ctx).await?))
}

/// One warehouse.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<PlacePath>,
) -> Result<Page<WarehousePage>, Problem> {
    Ok(Page::new(page(&ctx, at.id).await?))
}

/// Adds a warehouse.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteWarehouse>,
) -> Result<Done<WarehouseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let draft = value?.draft()?;
        let state = state_of(&draft);
        let adding = ctx
            .write(async move |tx, ctx| Ok::<_, FlowError>(location::add(tx, ctx, &draft).await?));
        let id = adding.await.map_err(explain)?;
        let next = sent.next("/admin/warehouses");
        Ok(Done::created(WarehouseStands { id, state }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, form_page(&ctx)).await
}

const fn state_of(draft: &PlaceDraft) -> PlaceState {
    if draft.ships {
        PlaceState::Ships
    } else {
        PlaceState::Keeps
    }
}

/// Replaces what is decided about a warehouse.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PlacePath>, Form<WriteWarehouse>),
) -> Result<Done<WarehouseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let known = page(&ctx, at.id).await?;
        let draft = PlaceDraft {
            code: known.code,
            ..value?.draft()?
        };
        let (id, state) = (at.id, state_of(&draft));
        let writing =
            ctx.write(async move |tx, _| Ok::<_, FlowError>(location::edit(tx, id, &draft).await?));
        writing.await.map_err(explain)?;
        let next = sent.next("/admin/warehouses");
        Ok(Done::new(WarehouseStands { id, state }, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Closes a warehouse where nothing lies.
pub(crate) async fn close(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PlacePath>, Form<Nothing>),
) -> Result<Done<WarehouseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        // What is not there is said before anything that is wrong with it.
        page(&ctx, at.id).await?;
        let id = at.id;
        let closing =
            ctx.write(async move |tx, _| Ok::<_, FlowError>(location::close(tx, id).await?));
        closing.await?;
        let stands = WarehouseStands {
            id,
            state: PlaceState::Closed,
        };
        Ok(Done::new(stands, sent.next("/admin/warehouses")).flash("warehouse-flash-closed"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Opens a warehouse again.
pub(crate) async fn reopen(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<PlacePath>, Form<Nothing>),
) -> Result<Done<WarehouseStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        // What is not there is said before anything that is wrong with it.
        page(&ctx, at.id).await?;
        let id = at.id;
        let opening =
            ctx.write(async move |tx, _| Ok::<_, FlowError>(location::reopen(tx, id).await?));
        opening.await?;
        let stands = WarehouseStands {
            id,
            state: PlaceState::Keeps,
        };
        let next = sent.next(format!("/admin/warehouses/{id}"));
        Ok(Done::new(stands, next).flash("warehouse-flash-opened"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Where goods lie.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteShelf {
    /// The warehouse.
    location: LocationId,
    /// Where on its shelves, at most 40 characters; nowhere in particular when absent.
    #[serde(default)]
    shelf: String,
}

/// Says where on a warehouse's shelves a variant lies.
pub(crate) async fn set_shelf(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<VariantPath>, Form<WriteShelf>),
) -> Result<Done<StockStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let WriteShelf { location, shelf } = value?;
        let id = at.id;
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(stock::set_shelf(tx, ctx, id, location, &shelf).await?)
        });
        let level = writing.await.map_err(explain)?;
        let next = sent.next(format!("/admin/inventory/variants/{id}"));
        Ok(Done::new(StockStands::from(level), next).flash("admin-flash-saved"))
    };
    sent.or_show(work, item(&ctx, at.id)).await
}

async fn item(ctx: &Ctx, id: kernel::VariantId) -> Result<StockItem, Problem> {
    let most = *stock_item::MOVEMENTS.start();
    Ok(ctx
        .read(async move |rx, ctx| stock_item::item(rx, ctx, id, most).await)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INV-14: what is ticked is read as areas, regions of one country together.
    #[test]
    fn ticks_are_areas() {
        let ticked = ["HK", "TW:高雄市", "", "TW:屏東縣"].map(str::to_owned);
        let area = |country: &str, regions: &[&str]| Area {
            country: country.to_owned(),
            regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        };
        assert_eq!(
            areas(&ticked),
            [area("HK", &[]), area("TW", &["高雄市", "屏東縣"])]
        );
    }
}
