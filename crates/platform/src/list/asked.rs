//! What a reader asks of a list: filters, an order, a place to go on from. Read by the list's own description, so that
//! a name or a value that the list does not know is refused and not ignored (A4).

use std::{marker::PhantomData, sync::Arc};

use jiff::civil::Date;
use kernel::Timestamp;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{FilterKind, List, ListError, MOST, export::Format};
use crate::{
    Ctx, Cursor,
    web::{Incoming, Input, Problem, openapi::Operation},
};

/// Characters of a filter's value.
const VALUE: usize = 200;

/// A list that pages and files can be made of.
pub trait Listed: Send + Sync + 'static {
    /// A row.
    type Row: Send + 'static;

    /// What the list is.
    fn list() -> &'static List<Self::Row>;
}

/// What somebody asks of a list.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The filters, by name; those without a value are left out.
    pub filters: Vec<(&'static str, String)>,
    /// A column's code, with a minus for descending.
    pub sort: Option<String>,
    /// The order when nobody asks for one, where that is not the list's own: a tab may have its own.
    pub usual: Option<&'static str>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many rows.
    pub limit: Option<usize>,
    /// Whether a person opened the list without asking anything, so that their own view of it may be shown.
    pub bare: bool,
    /// The kind of file, when a file is wanted.
    pub format: Option<Format>,
}

impl Asked {
    /// The value of a filter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.filters
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The words that are looked for; empty for none.
    #[must_use]
    pub fn words(&self) -> String {
        self.get("q").unwrap_or_default().trim().to_owned()
    }

    /// The value of a filter as a domain value.
    ///
    /// # Errors
    /// [`ListError::BadFilter`].
    pub fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, ListError> {
        self.get(name)
            .map(|value| value.parse().map_err(|_| ListError::BadFilter(name)))
            .transpose()
    }

    /// The instant at which the day of a filter begins, on the shop's clock.
    ///
    /// # Errors
    /// [`ListError::BadFilter`].
    pub fn day_begins(
        &self,
        ctx: &Ctx,
        name: &'static str,
    ) -> Result<Option<Timestamp>, ListError> {
        self.parsed::<Date>(name)?
            .map(|day| midnight(ctx, day).ok_or(ListError::BadFilter(name)))
            .transpose()
    }

    /// The instant at which the day of a filter is over.
    ///
    /// # Errors
    /// [`ListError::BadFilter`].
    pub fn day_ends(&self, ctx: &Ctx, name: &'static str) -> Result<Option<Timestamp>, ListError> {
        let next = |day: Date| day.tomorrow().ok().and_then(|day| midnight(ctx, day));
        self.parsed::<Date>(name)?
            .map(|day| next(day).ok_or(ListError::BadFilter(name)))
            .transpose()
    }

    /// The column to sort by, and whether the other way round; no column for a list in an order of its own.
    ///
    /// # Errors
    /// [`ListError::NoSuchSort`] for a column that the list does not sort by, or that this reader may not see.
    pub fn sort_of<R>(&self, ctx: &Ctx, list: &List<R>) -> Result<(&'static str, bool), ListError> {
        let usual = self.usual.unwrap_or(list.sort);
        let sort = self.sort.as_deref().unwrap_or(usual);
        if sort.is_empty() {
            return Ok(("", false));
        }
        let (code, descending) = sort
            .strip_prefix('-')
            .map_or((sort, false), |code| (code, true));
        let column = list.sortable(ctx, code).ok_or(ListError::NoSuchSort)?;
        Ok((column.code, descending))
    }

    /// Rows on the page.
    #[must_use]
    pub fn limit_of<R>(&self, list: &List<R>) -> usize {
        self.limit.unwrap_or(list.page).clamp(1, MOST)
    }

    /// Refuses filters and an order that this reader may not use (A2).
    ///
    /// # Errors
    /// [`ListError::BadFilter`] or [`ListError::NoSuchSort`].
    pub fn permitted<R>(&self, ctx: &Ctx, list: &List<R>) -> Result<(), ListError> {
        for (name, _) in &self.filters {
            let filter = list.filters.iter().find(|f| f.name == *name);
            let allowed = |needed| ctx.allows(needed);
            if !filter.is_some_and(|f| f.needs.is_none_or(allowed)) {
                return Err(ListError::BadFilter(name));
            }
        }
        self.sort_of(ctx, list).map(|_| ())
    }

    /// The address without its cursor, after the question mark.
    #[must_use]
    pub fn query(&self) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .filters
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        pairs.extend(self.sort.as_deref().map(|sort| ("sort", sort)));
        serde_urlencoded::to_string(pairs).unwrap_or_default()
    }

    /// The same question with another order.
    #[must_use]
    pub fn sorted(&self, sort: &str) -> Self {
        Self {
            sort: Some(sort.to_owned()),
            after: None,
            ..self.clone()
        }
    }

    /// The same question with another value of a filter, or none.
    #[must_use]
    pub fn with(&self, name: &'static str, value: Option<&str>) -> Self {
        let mut changed = self.clone();
        changed.after = None;
        changed.filters.retain(|(known, _)| *known != name);
        if let Some(value) = value {
            changed.filters.insert(0, (name, value.to_owned()));
        }
        changed
    }

    /// Reads the text after a question mark.
    ///
    /// # Errors
    /// 422 with the field that the list does not know or that does not fit.
    pub fn read<R>(list: &List<R>, query: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|_| Problem::invalid("error-invalid-input"))?;
        let mut asked = Self::default();
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() || matches!(name.as_str(), "lang" | "theme") {
                continue;
            }
            let wrong =
                || Problem::invalid("error-invalid-input").field(&*name, "error-invalid-value");
            if value.chars().count() > VALUE && name != "after" {
                return Err(wrong());
            }
            match name.as_str() {
                "sort" => {
                    let code = value.strip_prefix('-').unwrap_or(value);
                    if !list.columns.iter().any(|c| c.sorts && c.code == code) {
                        return Err(wrong());
                    }
                    asked.sort = Some(value.to_owned());
                }
                "after" => asked.after = Some(Cursor::from_text(value)),
                "limit" => {
                    let limit: usize = value.parse().map_err(|_| wrong())?;
                    asked.limit = Some(limit.clamp(1, MOST));
                }
                "format" => asked.format = Some(value.parse().map_err(|()| wrong())?),
                _ => asked.filter(list, &name, value)?,
            }
        }
        asked
            .filters
            .sort_by_key(|(name, _)| list.filters.iter().position(|f| f.name == *name));
        Ok(asked)
    }

    fn filter<R>(&mut self, list: &List<R>, name: &str, value: &str) -> Result<(), Problem> {
        let refused = |key| Problem::invalid("error-invalid-input").field(name, key);
        let filter = list
            .filters
            .iter()
            .find(|filter| filter.name == name)
            .ok_or_else(|| refused("error-unknown-field"))?;
        let fits = match filter.kind {
            FilterKind::Tab(codes) | FilterKind::Choice(codes, _) => codes.contains(&value),
            FilterKind::Day => value.parse::<Date>().is_ok(),
            FilterKind::Search | FilterKind::Text | FilterKind::Offered | FilterKind::Quiet => true,
        };
        if !fits {
            return Err(refused("error-invalid-value"));
        }
        self.filters.retain(|(known, _)| *known != filter.name);
        self.filters.push((filter.name, value.to_owned()));
        Ok(())
    }
}

fn midnight(ctx: &Ctx, day: Date) -> Option<Timestamp> {
    let zoned = day.to_zoned(ctx.zone().clone()).ok()?;
    Some(zoned.timestamp().into())
}

/// What a request asks of the list `L`.
pub struct Asks<L>(pub Asked, PhantomData<L>);

impl<L: Listed> Input for Asks<L> {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        if let Ok(schema) = Schema::try_from(schema(L::list())) {
            operation.parameters("query", schema);
        }
    }

    fn read(incoming: &Arc<Incoming>) -> Result<Self, Problem> {
        let mut asked = Asked::read(L::list(), &incoming.query)?;
        asked.bare = !incoming.program && incoming.query.is_empty();
        Ok(Self(asked, PhantomData))
    }
}

/// The parameters of a list, for the document of all routes.
fn schema<R>(list: &List<R>) -> Value {
    let mut fields = Map::new();
    for filter in list.filters {
        let field = match filter.kind {
            FilterKind::Tab(codes) | FilterKind::Choice(codes, _) => {
                json!({ "type": "string", "enum": codes })
            }
            FilterKind::Day => json!({ "type": "string", "format": "date" }),
            FilterKind::Search | FilterKind::Text | FilterKind::Offered | FilterKind::Quiet => {
                json!({ "type": "string", "maxLength": VALUE })
            }
        };
        fields.insert(filter.name.to_owned(), field);
    }
    let codes = list.columns.iter().filter(|c| c.sorts).map(|c| c.code);
    let orders: Vec<String> = codes
        .flat_map(|code| [code.to_owned(), format!("-{code}")])
        .collect();
    let about = "A column, with a minus for descending.";
    fields.insert(
        "sort".into(),
        json!({ "type": "string", "enum": orders, "description": about }),
    );
    let about = "The `next_cursor` of the page before.";
    fields.insert(
        "after".into(),
        json!({ "type": "string", "description": about }),
    );
    let about = format!("How many rows; a number outside 1 to {MOST} is brought inside.");
    fields.insert(
        "limit".into(),
        json!({ "type": "integer", "minimum": 0, "description": about }),
    );
    json!({ "type": "object", "properties": fields })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Cell, Column, Filter},
        *,
    };

    const LIST: List<i64> = List {
        code: "numbers",
        path: "/admin/numbers",
        permission: kernel::Permission::SignedIn,
        columns: &[
            Column::sorting("size", "admin-total", |n| Cell::Number(*n)),
            Column::new("name", "admin-name", |_| Cell::Empty),
        ],
        filters: &[
            Filter::new("tab", "admin-state", FilterKind::Tab(&["all", "odd"])),
            Filter::search("admin-search"),
            Filter::new("from", "admin-from", FilterKind::Day),
        ],
        sort: "-size",
        page: 20,
    };

    /// A4: an address is read by the list's description; what it does not know is refused by name.
    #[test]
    fn an_address_is_read_or_refused() {
        let asked = Asked::read(&LIST, "q=tea&tab=odd&sort=size&lang=en&from=").unwrap();
        assert_eq!(asked.query(), "tab=odd&q=tea&sort=size");
        assert_eq!(
            asked.sorted("-size").with("tab", None).query(),
            "q=tea&sort=-size"
        );
        let long = "x".repeat(VALUE + 1);
        for (query, field) in [
            ("colour=red", "colour"),
            ("tab=even", "tab"),
            ("sort=name", "sort"),
            ("from=yesterday", "from"),
            ("limit=many", "limit"),
            ("format=pdf", "format"),
            (&format!("q={long}"), "q"),
        ] {
            let refused = Asked::read(&LIST, query).unwrap_err();
            assert_eq!(refused.fields()[0].field, field, "{query}");
        }
    }
}
