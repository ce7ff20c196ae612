//! The suite's own memory of what was asked and what was acknowledged: one JSON object a line, each with fsync.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Line {
    /// An order is about to be asked for; its goods and its checkout were acknowledged.
    Asked {
        /// The key of the request.
        key: String,
        /// The token of the cart.
        cart: String,
        /// The total that was shown.
        total: i64,
    },
    /// The order was acknowledged.
    Ordered {
        /// The key of the request.
        key: String,
        /// The order's number.
        number: String,
        /// The token of its page.
        token: String,
        /// Its total.
        total: i64,
    },
    /// Its payment was acknowledged.
    Paid {
        /// The order's number.
        number: String,
    },
}

/// An order that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Ordered {
    pub(crate) number: String,
    pub(crate) token: String,
    pub(crate) total: i64,
}

/// Everything that was ever written down.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// What was asked: key to cart token and shown total.
    pub(crate) asked: BTreeMap<String, (String, i64)>,
    /// What was acknowledged, by the key of its request.
    pub(crate) ordered: BTreeMap<String, Ordered>,
    /// The numbers of orders whose payment was acknowledged.
    pub(crate) paid: Vec<String>,
}

/// The log.
pub(crate) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

impl Journal {
    pub(crate) fn create(folder: &Path) -> Self {
        let path = folder.join("acknowledged.jsonl");
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(&path)
            .unwrap();
        Self {
            path,
            file: Mutex::new(file),
        }
    }

    /// Writes a line down before anything else happens.
    pub(crate) fn write(&self, line: &Line) {
        let text = format!("{}\n", serde_json::to_string(line).unwrap());
        tokio::task::block_in_place(|| {
            let mut file = self.file.lock().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.sync_data().unwrap();
        });
    }

    /// Reads everything back from the disk.
    pub(crate) fn read(&self) -> Known {
        let mut known = Known::default();
        for line in BufReader::new(File::open(&self.path).unwrap()).lines() {
            match serde_json::from_str(&line.unwrap()).unwrap() {
                Line::Asked { key, cart, total } => {
                    known.asked.insert(key, (cart, total));
                }
                Line::Ordered {
                    key,
                    number,
                    token,
                    total,
                } => {
                    known.ordered.insert(
                        key,
                        Ordered {
                            number,
                            token,
                            total,
                        },
                    );
                }
                Line::Paid { number } => known.paid.push(number),
            }
        }
        known
    }
}
