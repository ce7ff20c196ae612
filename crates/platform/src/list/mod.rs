//! One way for lists: what a list is, what a reader asks of it, and how it answers.
//!
//! A list says once which columns it has, by which of them it sorts, which filters it takes and who may see what
//! ([`List`]). Everything else follows from that: how an address is read and refused ([`Asked`]), the links that sort
//! and filter without a script ([`ListView`]), pages by a cursor over any sort key ([`select`]), files for a
//! spreadsheet ([`export`]), and views that people keep ([`saved`]). A column that a reader may not see cannot be
//! sorted by and is in no file (A2, A4).

mod asked;
pub mod cell;
pub mod export;
pub mod saved;
pub mod select;
mod view;

use kernel::Permission;

pub use self::{
    asked::{Asked, Asks, Listed},
    cell::{Cell, sort_in_memory},
    select::{Key, Reading, Select},
    view::{
        Choice, ExportLink, FilterView, KeptField, ListView, SearchBox, SortLink, ViewLink,
        sort_links,
    },
};
use crate::{Ctx, DbError};

/// The largest page that anybody can ask for.
pub const MOST: usize = 500;

/// A list of rows of type `R`.
#[derive(Debug)]
pub struct List<R: 'static> {
    /// Its name in addresses of kept views and in names of files.
    pub code: &'static str,
    /// Its page.
    pub path: &'static str,
    /// Who may see it.
    pub permission: Permission,
    /// Its columns, in the order in which a file has them.
    pub columns: &'static [Column<R>],
    /// What it can be narrowed by, in the order in which the page shows it.
    pub filters: &'static [Filter],
    /// How it is sorted when nobody says: a column's code, with a minus for descending; empty for an order of its own.
    pub sort: &'static str,
    /// Rows on a page when nobody says.
    pub page: usize,
}

/// A column of a list.
#[derive(Debug)]
pub struct Column<R: 'static> {
    /// Its name in addresses and for programs.
    pub code: &'static str,
    /// The Fluent key of its heading.
    pub word: &'static str,
    /// Whether the list sorts by it.
    pub sorts: bool,
    /// Who may see it, when that is not everybody who may see the list.
    pub needs: Option<Permission>,
    /// What it shows of a row.
    pub cell: fn(&R) -> Cell,
}

impl<R> Column<R> {
    /// A column that is only shown.
    #[must_use]
    pub const fn new(code: &'static str, word: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self {
            code,
            word,
            sorts: false,
            needs: None,
            cell,
        }
    }

    /// A column by which the list sorts as well.
    #[must_use]
    pub const fn sorting(code: &'static str, word: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self {
            sorts: true,
            ..Self::new(code, word, cell)
        }
    }

    /// The same column, for those alone who have this permission as well.
    #[must_use]
    pub const fn needs(mut self, permission: Permission) -> Self {
        self.needs = Some(permission);
        self
    }

    /// Whether somebody may see it.
    #[must_use]
    pub fn shown_to(&self, ctx: &Ctx) -> bool {
        self.needs.is_none_or(|needed| ctx.allows(needed))
    }
}

/// Something that a list can be narrowed by.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    /// Its name in addresses.
    pub name: &'static str,
    /// The Fluent key of its label.
    pub word: &'static str,
    /// What it takes.
    pub kind: FilterKind,
    /// Who may use it, when that is not everybody who may see the list.
    pub needs: Option<Permission>,
}

/// What a filter takes.
#[derive(Debug, Clone, Copy)]
pub enum FilterKind {
    /// Words to look for.
    Search,
    /// One of these codes, shown as tabs above the list; the first one when nobody says.
    Tab(&'static [&'static str]),
    /// One of these codes; the word of each is this prefix with the code behind it.
    Choice(&'static [&'static str], &'static str),
    /// Something that the view offers by name, such as a place; the view reads it.
    Offered,
    /// A part of something that the view looks for, typed into a field of its own.
    Text,
    /// A day such as `2026-11-30`, in the shop's time zone.
    Day,
    /// Understood in addresses, without a field on the page.
    Quiet,
}

impl Filter {
    /// A search box with this hint in it.
    #[must_use]
    pub const fn search(word: &'static str) -> Self {
        Self::new("q", word, FilterKind::Search)
    }

    /// A filter.
    #[must_use]
    pub const fn new(name: &'static str, word: &'static str, kind: FilterKind) -> Self {
        Self {
            name,
            word,
            kind,
            needs: None,
        }
    }

    /// The same filter, for those alone who have this permission as well.
    #[must_use]
    pub const fn needs(mut self, permission: Permission) -> Self {
        self.needs = Some(permission);
        self
    }
}

impl<R> List<R> {
    /// The column of a code that this reader may sort by.
    fn sortable(&self, ctx: &Ctx, code: &str) -> Option<&Column<R>> {
        self.columns
            .iter()
            .find(|column| column.sorts && column.code == code && column.shown_to(ctx))
    }
}

/// Why a list could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The list does not sort by this, or not for this reader.
    #[error("the list does not sort by that")]
    NoSuchSort,
    /// A filter got something that it does not take.
    #[error("the filter {0} does not take that")]
    BadFilter(&'static str),
    /// The cursor is none, or one of another order.
    #[error("the cursor belongs to another list")]
    BadCursor,
    /// The list has more rows than a file takes.
    #[error("the list has more than {} rows", export::MOST_ROWS)]
    TooLong,
    /// Somebody keeps as many views of this list as they can.
    #[error("nobody keeps more than {} views of a list", saved::MOST_VIEWS)]
    TooManyViews,
    /// The view's name is missing or too long.
    #[error("a view needs a name of at most {} characters", saved::NAME)]
    BadName,
    /// There is no such view, or none that the actor may change.
    #[error("no such view")]
    NoSuchView,
    /// A file could not be written.
    #[error("the file could not be written: {0}")]
    File(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<ListError> for crate::web::Problem {
    fn from(error: ListError) -> Self {
        let wrong =
            |field: &str| Self::invalid("error-invalid-input").field(field, "error-invalid-value");
        match error {
            ListError::NoSuchSort => wrong("sort"),
            ListError::BadFilter(name) => wrong(name),
            ListError::BadCursor => wrong("after"),
            ListError::TooLong => {
                Self::invalid("error-list-too-long").with("rows", export::MOST_ROWS)
            }
            ListError::TooManyViews => {
                Self::conflict("error-views-too-many").with("most", saved::MOST_VIEWS)
            }
            ListError::BadName => {
                Self::invalid("error-invalid-input").field("name", "error-view-name")
            }
            ListError::NoSuchView => Self::not_found(),
            ListError::File(reason) => Self::internal(reason),
            ListError::Db(error) => error.into(),
        }
    }
}
