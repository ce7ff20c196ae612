//! A list as its page shows it: links that sort and filter without a script, files, kept views.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Asked, FilterKind, List, ListError,
    export::Format,
    saved::{self, SavedView},
};
use crate::{Ctx, Rx};

/// How a list is sorted and narrowed, and the addresses that change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ListView {
    /// The list's name.
    pub code: &'static str,
    /// Its page.
    pub path: &'static str,
    /// Everything that was asked except the cursor, as it stands after the question mark.
    pub query: String,
    /// The order: a column, with a minus for descending.
    pub sort: String,
    /// The Fluent key of that column's heading; null for an order of the list's own.
    pub sort_word: Option<&'static str>,
    /// The columns by which the list sorts, by their codes.
    pub sorts: BTreeMap<&'static str, SortLink>,
    /// The search box; null when nothing can be searched.
    pub search: Option<SearchBox>,
    /// The fields by which the list can be narrowed.
    pub filters: Vec<FilterView>,
    /// What the form of the filters sends along unseen: the tab and the order.
    pub kept: Vec<KeptField>,
    /// The address of each tab, with the other filters kept.
    pub tab_urls: BTreeMap<&'static str, String>,
    /// How many filters narrow the list, the tab aside.
    pub narrowed: usize,
    /// The list without them.
    pub clear_url: String,
    /// Files of all rows that the filters find.
    pub exports: Vec<ExportLink>,
    /// Views that the reader or somebody who shares them keeps.
    pub views: Vec<ViewLink>,
    /// Whether the reader can keep views.
    pub can_keep: bool,
}

/// A field that a form sends unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeptField {
    /// Its name.
    pub name: &'static str,
    /// What it has.
    pub value: String,
}

/// What sorts by a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SortLink {
    /// `ascending` or `descending` while the list is sorted by it, else null.
    pub direction: Option<&'static str>,
    /// The list sorted by it; the other way round when it is already.
    pub url: String,
}

/// The search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SearchBox {
    /// What is looked for.
    pub value: String,
    /// The Fluent key of what can be looked for.
    pub word: &'static str,
}

/// A field by which the list can be narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilterView {
    /// Its name in addresses.
    pub name: &'static str,
    /// The Fluent key of its label.
    pub word: &'static str,
    /// `choice`, `day` or `text`.
    pub kind: &'static str,
    /// What it has; empty for nothing.
    pub value: String,
    /// What can be chosen.
    pub options: Vec<Choice>,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Choice {
    /// What the address says.
    pub code: String,
    /// The Fluent key of its name; null when it has a name of its own.
    pub word: Option<String>,
    /// Its own name.
    pub name: Option<String>,
}

impl Choice {
    /// Something with a name of its own.
    pub fn named(code: &impl ToString, name: impl Into<String>) -> Self {
        Self {
            code: code.to_string(),
            word: None,
            name: Some(name.into()),
        }
    }
}

/// A file of the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExportLink {
    /// `csv` or `xlsx`.
    pub format: Format,
    /// Where it is.
    pub url: String,
}

/// A kept view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ViewLink {
    /// The view.
    #[serde(flatten)]
    pub view: SavedView,
    /// The list as the view shows it.
    pub url: String,
    /// Whether the list stands so now.
    pub current: bool,
}

impl ListView {
    /// How a list stands. `offered` are the choices of filters whose values the view alone knows.
    ///
    /// # Errors
    /// Filters or an order that the reader may not use, or whatever the database says.
    pub async fn of<R>(
        rx: &mut Rx,
        ctx: &Ctx,
        list: &'static List<R>,
        asked: &Asked,
        offered: Vec<(&'static str, Vec<Choice>)>,
    ) -> Result<Self, ListError> {
        asked.permitted(ctx, list)?;
        let query = asked.query();
        let link = |asked: &Asked| format!("{}?{}", list.path, asked.query());
        let (code, descending) = asked.sort_of(ctx, list)?;
        let tabs = list.filters.iter().find_map(|f| match f.kind {
            FilterKind::Tab(codes) => Some((f.name, codes)),
            _ => None,
        });
        let tab_urls = tabs.map_or_else(BTreeMap::new, |(name, codes)| {
            let url = |code: &&'static str| (*code, link(&asked.with(name, Some(*code))));
            codes.iter().map(url).collect()
        });
        let kept = saved::of_list(rx, ctx, list.code).await?;
        let narrowing = |name: &str| tabs.is_none_or(|(tab, _)| tab != name);
        let mut cleared = asked.clone();
        cleared.filters.retain(|(name, _)| !narrowing(name));
        let clear_url = if cleared.filters.is_empty() && cleared.sort.is_none() {
            format!("{}?sort={}", list.path, list.sort)
        } else {
            link(&cleared)
        };
        Ok(Self {
            code: list.code,
            path: list.path,
            sort: format!("{}{code}", if descending { "-" } else { "" }),
            sort_word: list.columns.iter().find(|c| c.code == code).map(|c| c.word),
            sorts: sort_links(ctx, list, asked, |sort| link(&asked.sorted(sort)))?,
            search: search(list, asked),
            filters: filters(ctx, list, asked, offered),
            kept: kept_fields(list, asked),
            tab_urls,
            narrowed: asked.filters.iter().filter(|(n, _)| narrowing(n)).count(),
            clear_url,
            exports: exports(list, &query),
            views: kept
                .into_iter()
                .map(|view| ViewLink {
                    url: format!("{}?{}", list.path, view.query),
                    current: !query.is_empty() && view.query == query,
                    view,
                })
                .collect(),
            can_keep: saved::keeper(ctx).is_some(),
            query,
        })
    }
}

/// The links that sort a list, for columns that this reader sees; `url` writes the address of an order.
///
/// # Errors
/// [`ListError::NoSuchSort`].
pub fn sort_links<R>(
    ctx: &Ctx,
    list: &List<R>,
    asked: &Asked,
    url: impl Fn(&str) -> String,
) -> Result<BTreeMap<&'static str, SortLink>, ListError> {
    let (now, descending) = asked.sort_of(ctx, list)?;
    let mut found = BTreeMap::new();
    for column in list.columns.iter().filter(|c| c.sorts && c.shown_to(ctx)) {
        let is_now = column.code == now;
        let next = if is_now && !descending {
            format!("-{}", column.code)
        } else if is_now {
            column.code.to_owned()
        } else {
            first_direction(list, column.code)
        };
        let direction = if descending {
            "descending"
        } else {
            "ascending"
        };
        let link = SortLink {
            direction: is_now.then_some(direction),
            url: url(&next),
        };
        found.insert(column.code, link);
    }
    Ok(found)
}

/// The column of the standard order begins as that does; other columns begin with their lowest.
fn first_direction<R>(list: &List<R>, code: &str) -> String {
    if list.sort.strip_prefix('-') == Some(code) {
        list.sort.to_owned()
    } else {
        code.to_owned()
    }
}

fn kept_fields<R>(list: &List<R>, asked: &Asked) -> Vec<KeptField> {
    let unseen = |name: &str| {
        let filter = list.filters.iter().find(|f| f.name == name);
        filter.is_some_and(|f| matches!(f.kind, FilterKind::Tab(_) | FilterKind::Quiet))
    };
    let filters = asked.filters.iter().filter(|(name, _)| unseen(name));
    let sort = asked.sort.iter().map(|sort| ("sort", sort.clone()));
    filters
        .cloned()
        .chain(sort)
        .map(|(name, value)| KeptField { name, value })
        .collect()
}

fn search<R>(list: &List<R>, asked: &Asked) -> Option<SearchBox> {
    let filter = list
        .filters
        .iter()
        .find(|f| matches!(f.kind, FilterKind::Search))?;
    Some(SearchBox {
        value: asked.words(),
        word: filter.word,
    })
}

fn filters<R>(
    ctx: &Ctx,
    list: &List<R>,
    asked: &Asked,
    mut offered: Vec<(&'static str, Vec<Choice>)>,
) -> Vec<FilterView> {
    let mut found = Vec::new();
    for filter in list.filters {
        if filter.needs.is_some_and(|needed| !ctx.allows(needed)) {
            continue;
        }
        let (kind, options) = match filter.kind {
            FilterKind::Search | FilterKind::Tab(_) | FilterKind::Quiet => continue,
            FilterKind::Day => ("day", Vec::new()),
            FilterKind::Text => ("text", Vec::new()),
            FilterKind::Choice(codes, prefix) => {
                let option = |code: &&str| Choice {
                    code: (*code).to_owned(),
                    word: Some(format!("{prefix}{}", code.replace('.', "-"))),
                    name: None,
                };
                ("choice", codes.iter().map(option).collect())
            }
            FilterKind::Offered => {
                let at = offered.iter().position(|(name, _)| *name == filter.name);
                let options = at.map_or_else(Vec::new, |at| offered.swap_remove(at).1);
                if options.is_empty() {
                    continue;
                }
                ("choice", options)
            }
        };
        found.push(FilterView {
            name: filter.name,
            word: filter.word,
            kind,
            value: asked.get(filter.name).unwrap_or_default().to_owned(),
            options,
        });
    }
    found
}

fn exports<R>(list: &List<R>, query: &str) -> Vec<ExportLink> {
    let join = if query.is_empty() { "" } else { "&" };
    [Format::Csv, Format::Xlsx]
        .into_iter()
        .map(|format| ExportLink {
            format,
            url: format!("{}/export?format={}{join}{query}", list.path, format.code()),
        })
        .collect()
}
