//! A page: its words, its blocks, its place among the pages; the draft and what shoppers read.
//!
//! Commands are in [`write`], what makes a draft public or takes it back in [`publish`].

pub mod publish;
pub mod write;

use kernel::{PageId, Texts, Timestamp};
use platform::{
    DbError, Rx,
    db::{Dialect, Row},
    params,
};
use serde::{Deserialize, Serialize};

use crate::{
    Block, MarketingError, Topic,
    block::{self, codes},
};

/// The most blocks of a page.
pub const BLOCKS: usize = 40;
/// Drafts before the present one that are kept.
pub const VERSIONS: i64 = 30;
/// The longest handle, in characters.
pub const HANDLE: usize = 80;

codes! {
    /// What a page is for.
    PageKind, UnknownPageKind, "a text that names no kind of page" {
        /// What the shop begins with; there is one.
        Home = "home",
        /// Leads step by step to an offer (STF-01).
        Landing = "landing",
        /// What the shop binds itself to.
        Policy = "policy",
        /// Explains how something is done (STF-22).
        Guide = "guide",
        /// Questions and answers (STF-25).
        Faq = "faq",
        /// Anything else.
        Page = "page",
    }
}

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// Its title; where it is empty, the program's own for the handle.
    pub title: Texts,
    /// One line about it, for the page itself, search engines and those who share it.
    pub summary: Texts,
    /// The title for search engines, where it is another one.
    pub seo_title: Texts,
    /// Its blocks in order.
    pub blocks: Vec<Block>,
}

/// Where a page is linked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Places {
    /// Beside the collections at the top of every page.
    pub header: bool,
    /// At the foot of every page.
    pub footer: bool,
    /// Where an order is placed.
    pub checkout: bool,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its key.
    pub id: PageId,
    /// Its name in addresses.
    pub handle: String,
    /// What it is for.
    pub kind: PageKind,
    /// The topic on which the program has a title for it, where it has none of its own; nothing for a page that the
    /// operator made.
    pub topic: Option<Topic>,
    /// What the operator works on.
    pub draft: Content,
    /// The number of the draft; every change counts on.
    pub revision: i64,
    /// What shoppers read.
    pub live: Option<Content>,
    /// Of which draft that is a copy.
    pub live_revision: Option<i64>,
    /// When it was published last; nothing for a page that the program brought.
    pub published_at: Option<Timestamp>,
    /// Where it is linked.
    pub places: Places,
    /// Its place among the pages.
    pub position: i64,
    /// When somebody changed it last; nothing when nobody ever did.
    pub updated_at: Option<Timestamp>,
    /// Who.
    pub updated_by: Option<String>,
}

/// A page that is to be.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// Its name in addresses.
    pub handle: String,
    /// What it is for.
    pub kind: PageKind,
    /// What it begins with.
    pub content: Content,
    /// Where it is linked.
    pub places: Places,
}

/// A draft before the present one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub revision: i64,
    /// What it held.
    pub content: Content,
    /// When it was replaced.
    pub at: Timestamp,
    /// Who replaced it.
    pub replaced_by: String,
}

impl Content {
    /// The content as it is stored: every block cleaned and with a name of its own.
    ///
    /// # Errors
    /// Too many blocks, or what [`Block::checked`] refuses.
    pub fn checked(self) -> Result<Self, MarketingError> {
        if self.blocks.len() > BLOCKS {
            return Err(MarketingError::TooManyBlocks);
        }
        let blocks = self.blocks.into_iter().map(Block::checked);
        Ok(Self {
            title: block::kept(true, "title", block::TITLE, &self.title)?,
            summary: block::kept(true, "summary", block::TEXT, &self.summary)?,
            seo_title: block::kept(true, "seo_title", block::TITLE, &self.seo_title)?,
            blocks: named(blocks.collect::<Result<_, _>>()?),
        })
    }

    /// The blocks that shoppers see.
    pub fn shown(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| !block.hidden)
    }
}

/// Gives blocks without a name, or with one that another has, the next free one.
fn named(mut blocks: Vec<Block>) -> Vec<Block> {
    let number = |block: &Block| block.id.strip_prefix('b')?.parse::<u32>().ok();
    let mut last = blocks.iter().filter_map(number).max().unwrap_or(0);
    let mut taken = std::collections::HashSet::new();
    for block in &mut blocks {
        if number(block).is_none() || !taken.insert(block.id.clone()) {
            last += 1;
            block.id = format!("b{last}");
            taken.insert(block.id.clone());
        }
    }
    blocks
}

impl Page {
    /// Whether the draft is another than what shoppers read.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.live.as_ref() != Some(&self.draft)
    }

    /// Whether the program brought the page and nobody changed it.
    #[must_use]
    pub const fn is_untouched(&self) -> bool {
        self.updated_at.is_none()
    }

    /// Whether shoppers never read the page.
    #[must_use]
    pub const fn is_unread(&self) -> bool {
        self.live.is_none() && self.published_at.is_none()
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        let live: Option<String> = row.get("live")?;
        let live = live.map(|text| serde_json::from_str(&text)).transpose();
        let topic = row.get::<Option<String>>("topic")?;
        let topic = topic.map(|code| code.parse::<Topic>());
        Ok(Self {
            id: row.get("id")?,
            handle: row.get("handle")?,
            kind: row.parse("kind")?,
            topic: topic.transpose().map_err(|_| row.inconsistent("topic"))?,
            draft: row.json("draft")?,
            revision: row.get("revision")?,
            live: live.map_err(|_| row.inconsistent("live"))?,
            live_revision: row.get("live_revision")?,
            published_at: row.get("published_at")?,
            places: Places {
                header: row.get("in_header")?,
                footer: row.get("in_footer")?,
                checkout: row.get("at_checkout")?,
            },
            position: row.get("position")?,
            updated_at: row.get("updated_at")?,
            updated_by: row.get("updated_by")?,
        })
    }
}

const COLUMNS: &str = "id, handle, kind, topic, draft, revision, live, live_revision, published_at, in_header, in_footer, \
                       at_checkout, position, updated_at, updated_by";

/// All pages in their order, the home page first.
///
/// # Errors
/// Whatever the database says.
pub async fn all(rx: &mut Rx) -> Result<Vec<Page>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM pages ORDER BY CASE WHEN kind = 'home' THEN 0 ELSE 1 END, position, handle"
    );
    let rows = rx.rows(&sql, &[]).await?;
    rows.iter().map(Page::from_row).collect()
}

/// One page.
///
/// # Errors
/// Whatever the database says.
pub async fn by_id(rx: &mut Rx, id: PageId) -> Result<Option<Page>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM pages WHERE id = $1");
    let row = rx.row(&sql, params![id]).await?;
    row.as_ref().map(Page::from_row).transpose()
}

/// The page of this name.
///
/// # Errors
/// Whatever the database says.
pub async fn by_handle(rx: &mut Rx, handle: &str) -> Result<Option<Page>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM pages WHERE handle = $1");
    let row = rx.row(&sql, params![handle]).await?;
    row.as_ref().map(Page::from_row).transpose()
}

/// The page to which a name in addresses leads, its present one or one that it had.
///
/// # Errors
/// Whatever the database says.
pub async fn at_address(rx: &mut Rx, handle: &str) -> Result<Option<PageId>, DbError> {
    let sql = "SELECT page_id FROM page_addresses WHERE handle = $1";
    let row = rx.row(sql, params![handle]).await?;
    row.map(|row| row.get("page_id")).transpose()
}

/// The names in addresses that a page had and that still lead to it.
///
/// # Errors
/// Whatever the database says.
pub async fn former_handles(rx: &mut Rx, id: PageId) -> Result<Vec<String>, DbError> {
    let sql = "SELECT a.handle FROM page_addresses a JOIN pages p ON p.id = a.page_id \
               WHERE a.page_id = $1 AND a.handle <> p.handle ORDER BY a.handle";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter().map(|row| row.get("handle")).collect()
}

/// The drafts of a page before the present one, the last first.
///
/// # Errors
/// Whatever the database says.
pub async fn versions(rx: &mut Rx, id: PageId) -> Result<Vec<Version>, DbError> {
    let sql = "SELECT revision, content, at, replaced_by FROM page_versions WHERE page_id = $1 ORDER BY revision DESC";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter().map(version).collect()
}

fn version(row: &Row) -> Result<Version, DbError> {
    Ok(Version {
        revision: row.get("revision")?,
        content: row.json("content")?,
        at: row.get("at")?,
        replaced_by: row.get("replaced_by")?,
    })
}

/// The statement that reads a page and keeps others from changing it meanwhile.
fn locking(dialect: Dialect) -> String {
    format!(
        "SELECT {COLUMNS} FROM pages WHERE id = $1{}",
        dialect.for_update()
    )
}

/// A handle as it may be.
///
/// # Errors
/// [`MarketingError::HandleInvalid`].
fn check_handle(handle: &str) -> Result<(), MarketingError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=HANDLE).contains(&handle.len())
        && handle.bytes().all(plain)
        && !handle.starts_with('-')
        && !handle.ends_with('-');
    if fits {
        Ok(())
    } else {
        Err(MarketingError::HandleInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockKind, block::Fields};

    fn block(id: &str) -> Block {
        Block {
            id: id.into(),
            kind: BlockKind::Hot,
            hidden: false,
            fields: Fields::default(),
        }
    }

    /// Every block of a page has a name of its own, and keeps the one it had.
    #[test]
    fn blocks_have_names_of_their_own() {
        let content = Content {
            blocks: ["b3", "", "b3", "x", "b1"].map(block).to_vec(),
            ..Content::default()
        };
        let blocks = content.checked().unwrap().blocks;
        let names: Vec<&str> = blocks.iter().map(|b| b.id.as_str()).collect();
        assert_eq!(names, ["b3", "b4", "b5", "b6", "b1"]);
    }

    #[test]
    fn handles_are_plain() {
        for good in ["returns", "winter-tea-2026", "a"] {
            assert!(check_handle(good).is_ok(), "{good}");
        }
        let long = "a".repeat(HANDLE + 1);
        for bad in ["", "-a", "a-", "Tea", "茶", "a b", "a/b", "a.json", &long] {
            assert!(check_handle(bad).is_err(), "{bad}");
        }
    }

    /// A page has so many blocks and no more.
    #[test]
    fn blocks_are_counted() {
        let many = Content {
            blocks: vec![block(""); BLOCKS + 1],
            ..Content::default()
        };
        assert!(matches!(many.checked(), Err(MarketingError::TooManyBlocks)));
    }
}
