//! A shop seen through its outside contract: what there is to look at, to buy and to count.

use std::{collections::BTreeSet, net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, time::timeout};

use crate::{Connection, request};

const PATIENCE: Duration = Duration::from_secs(30);

/// A client that asks one thing after the other.
#[derive(Debug)]
pub struct Client {
    runtime: Runtime,
    connection: Connection,
    /// The header that says who asks, if it is not anybody; ends its line.
    credential: String,
}

/// A variant of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its id.
    pub id: String,
    /// The handle of its product.
    pub product: String,
}

/// A collection with everything that benchmarks need of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collection {
    /// Its handle.
    pub handle: String,
    /// The handles of its products.
    pub products: Vec<String>,
    /// Titles of its products.
    pub titles: Vec<String>,
    /// Cursors into its list, 20 products apart.
    pub cursors: Vec<String>,
}

impl Client {
    /// A client of the shop at `address`, with an API key where it works in the back office.
    ///
    /// # Errors
    /// When there can be no runtime.
    pub fn to(address: SocketAddr, key: Option<String>) -> Result<Self> {
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            connection: Connection::to(address),
            credential: key.map_or_else(String::new, |key| {
                format!("Authorization: Bearer {key}\r\n")
            }),
        })
    }

    /// A client at a browser, signed in by taking up an invitation, which is good for one use.
    ///
    /// # Errors
    /// When the invitation is not taken.
    pub fn invited(address: SocketAddr, invitation: &str) -> Result<Self> {
        let mut client = Self::to(address, None)?;
        let password = json!({
            "new_password": "only-for-this-benchmark",
            "new_password_again": "only-for-this-benchmark",
        });
        let mut bytes = Vec::new();
        let headers = "Accept: application/json\r\n";
        request(
            &mut bytes,
            "POST",
            invitation,
            headers,
            &password.to_string(),
        );
        let cookie = client.runtime.block_on(async {
            let answer = client.connection.exchange(&bytes).await?;
            let cookie = answer
                .header("set-cookie")
                .and_then(|c| c.split(';').next());
            let said = String::from_utf8_lossy(answer.body).into_owned();
            cookie.map(str::to_owned).context(said)
        })?;
        client.credential = format!("Cookie: {cookie}\r\n");
        Ok(client)
    }

    /// The header that says who asks, with the end of its line; nothing for guests.
    #[must_use]
    pub fn credential(&self) -> &str {
        &self.credential
    }

    /// The status of a page.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn get_status(&mut self, path: &str) -> Result<u16> {
        Ok(self.send("GET", path, None)?.0)
    }

    /// The text of a page.
    ///
    /// # Errors
    /// When there was no page.
    pub fn page(&mut self, path: &str) -> Result<String> {
        let (status, body) = self.send("GET", path, None)?;
        ensure!(status == 200, "{path} answered {status}: {body}");
        Ok(body)
    }

    /// A page as a browser gets it: its status and its text.
    ///
    /// # Errors
    /// When there was no answer.
    pub fn html(&mut self, path: &str) -> Result<(u16, String)> {
        self.exchange("GET", path, "Accept: text/html\r\n", "")
    }

    /// The JSON of a page.
    ///
    /// # Errors
    /// When there was no page, or no JSON.
    pub fn json(&mut self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.page(path)?)?)
    }

    fn post(&mut self, path: &str, body: &Value) -> Result<()> {
        let (status, said) = self.send("POST", path, Some(body))?;
        ensure!(
            (200..300).contains(&status),
            "{path} answered {status}: {said}"
        );
        Ok(())
    }

    fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, String)> {
        let mut headers = String::new();
        if body.is_some() {
            headers.push_str("Accept: application/json\r\n");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        self.exchange(method, path, &headers, &body)
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Result<(u16, String)> {
        let headers = format!("{headers}{}", self.credential);
        let mut bytes = Vec::new();
        request(&mut bytes, method, path, &headers, body);
        let connection = &mut self.connection;
        self.runtime.block_on(async move {
            let answer = timeout(PATIENCE, connection.exchange(&bytes)).await;
            let answer = answer.with_context(|| format!("no answer from {path}"))??;
            Ok((
                answer.status,
                String::from_utf8_lossy(answer.body).into_owned(),
            ))
        })
    }

    /// The collection with the most products, of those that the home page links to.
    ///
    /// # Errors
    /// When the shop has none, or its lists are not what the contract says.
    pub fn largest_collection(&mut self) -> Result<Collection> {
        let home = self.page("/")?;
        let handles: BTreeSet<&str> = home
            .split("/collections/")
            .skip(1)
            .filter_map(|rest| rest.split(['"', '\'', '?', '/', '#', '<', ' ']).next())
            .filter(|handle| !handle.is_empty())
            .collect();
        let mut largest = Collection::default();
        for handle in handles {
            let collection = self.collection(handle)?;
            if collection.products.len() > largest.products.len() {
                largest = collection;
            }
        }
        ensure!(
            !largest.products.is_empty(),
            "the home page leads to no products"
        );
        Ok(largest)
    }

    /// Reads a collection to its end.
    fn collection(&mut self, handle: &str) -> Result<Collection> {
        let mut found = Collection {
            handle: handle.to_owned(),
            ..Collection::default()
        };
        let mut path = format!("/collections/{handle}.json?limit=20");
        loop {
            let list = self.json(&path)?;
            let items = list.get("items").and_then(Value::as_array);
            for item in items.with_context(|| format!("{path} has no items"))? {
                found.products.push(text(item, "handle")?);
                found.titles.push(text(item, "title")?);
            }
            match list.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) if found.cursors.last().is_some_and(|last| last == cursor) => {
                    bail!("{path} leads to itself")
                }
                Some(cursor) => {
                    path = format!("/collections/{handle}.json?limit=20&after={cursor}");
                    found.cursors.push(cursor.to_owned());
                }
                None => return Ok(found),
            }
        }
    }

    /// The variants of the first of these products, `wanted` at most.
    ///
    /// # Errors
    /// When a product is not what the contract says.
    pub fn variants(&mut self, products: &[String], wanted: usize) -> Result<Vec<Variant>> {
        let mut found = Vec::new();
        for handle in products {
            let product = self.json(&format!("/products/{handle}.json"))?;
            let variants = product.get("variants").and_then(Value::as_array);
            for variant in variants.with_context(|| format!("{handle} has no variants"))? {
                found.push(Variant {
                    id: text(variant, "id")?,
                    product: handle.clone(),
                });
            }
            if found.len() >= wanted {
                break;
            }
        }
        found.truncate(wanted);
        Ok(found)
    }

    /// How many units of a variant can be bought.
    ///
    /// # Errors
    /// When the back office does not say.
    pub fn available(&mut self, variant: &Variant) -> Result<i64> {
        let stock = self.json(&format!("/admin/inventory/variants/{}.json", variant.id))?;
        let available = stock.get("available").and_then(Value::as_i64);
        available.with_context(|| format!("no stock of {}: {stock}", variant.id))
    }

    /// Corrects the stock of a variant until exactly `units` can be bought.
    ///
    /// # Errors
    /// When the back office refuses.
    pub fn put_on_shelf(&mut self, variant: &Variant, units: i64) -> Result<()> {
        let missing = units - self.available(variant)?;
        if missing != 0 {
            let body = json!({
                "variant_id": variant.id, "quantity_delta": missing, "reason": "count",
            });
            self.post("/admin/inventory/adjustments", &body)?;
        }
        let now = self.available(variant)?;
        ensure!(now == units, "{} has {now} units, not {units}", variant.id);
        Ok(())
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value.get(key).and_then(Value::as_str);
    Ok(text
        .with_context(|| format!("no {key} in {value}"))?
        .to_owned())
}

/// A text as it stands in an address.
#[must_use]
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chinese words and signs survive an address.
    #[test]
    fn words_are_encoded() {
        assert_eq!(encode("茶 a&b"), "%E8%8C%B6%20a%26b");
    }
}
