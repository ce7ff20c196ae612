//! The pages of the demo shop: a home page with offers, what sells and what is new, the story of the shop, and a landing
//! page that leads to one tea and keeps those whom it is not for.
//!
//! `content/pages.json` holds them as they are stored, with names in the place of what only a running shop knows: a
//! product by its handle, a variant by its SKU, a collection by its handle, a picture by what it draws.

use std::collections::HashMap;

use catalog::product;
use kernel::{CollectionId, ProductId, VariantId};
use marketing::{
    Content, NewPage, PageKind, Places,
    page::{self, publish, write},
};
use operations::FlowError;
use platform::{Ctx, files::Files};
use serde_json::{Map, Value, json};

use crate::{
    SimulationError,
    content::DemoShop,
    open_shop::{paragraphs, texts},
    pictures::{TABLE, View, banner_part_svg, product_svg},
};

const PAGES: &str = include_str!("content/pages.json");

/// What names in the content stand for.
struct Names<'a> {
    content: &'a DemoShop,
    files: &'a Files,
    products: HashMap<String, ProductId>,
    variants: HashMap<String, VariantId>,
    collections: &'a HashMap<String, CollectionId>,
}

/// Writes the home page, the page about the shop and the landing page, and publishes them.
pub(crate) async fn write(
    ctx: &Ctx,
    content: &DemoShop,
    collections: &HashMap<String, CollectionId>,
    files: &Files,
) -> Result<(), SimulationError> {
    let (products, variants) = goods(ctx, content).await?;
    let names = Names {
        content,
        files,
        products,
        variants,
        collections,
    };
    let mut pages: Map<String, Value> = serde_json::from_str(PAGES)?;
    let home = pages
        .get_mut("home")
        .and_then(|home| home.get_mut("blocks"));
    for block in home.and_then(Value::as_array_mut).into_iter().flatten() {
        own_words(block, content);
    }
    pages.insert("about".into(), about(content));
    for (handle, mut told) in pages {
        names.fill(&mut told)?;
        let content: Content = serde_json::from_value(told)?;
        one(ctx, handle, content).await?;
    }
    Ok(())
}

/// The ids of products and variants by what the content calls them.
async fn goods(
    ctx: &Ctx,
    content: &DemoShop,
) -> Result<(HashMap<String, ProductId>, HashMap<String, VariantId>), SimulationError> {
    let handles: Vec<String> = content.products.iter().map(|p| p.handle.clone()).collect();
    let read = ctx.read(async move |rx, _| {
        let (mut products, mut variants) = (HashMap::new(), HashMap::new());
        for handle in &handles {
            if let Some(id) = product::by_word(rx, handle).await? {
                products.insert(handle.clone(), id);
            }
        }
        let ids: Vec<ProductId> = products.values().copied().collect();
        for variant in product::variants_of(rx, &ids).await? {
            variants.insert(variant.sku, variant.id);
        }
        Ok::<_, FlowError>((products, variants))
    });
    Ok(read.await?)
}

async fn one(ctx: &Ctx, handle: String, content: Content) -> Result<(), SimulationError> {
    ctx.write(async move |tx, ctx| {
        let id = match page::by_handle(tx, &handle).await? {
            Some(known) => {
                let content = content.clone();
                write::edit(tx, ctx, known.id, None, |draft| {
                    *draft = content;
                    Ok(())
                })
                .await?;
                known.id
            }
            None => {
                let new = NewPage {
                    handle: handle.clone(),
                    kind: PageKind::Landing,
                    content: content.clone(),
                    places: Places {
                        header: true,
                        ..Places::default()
                    },
                };
                write::create(tx, ctx, new).await?
            }
        };
        publish::publish(tx, ctx, id, None).await?;
        Ok::<_, FlowError>(())
    })
    .await?;
    Ok(())
}

/// The shop's own words in the blocks of the home page that have none.
fn own_words(block: &mut Value, content: &DemoShop) {
    let kind = block
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let words = match kind {
        "picture" => &content.home.hero,
        "story" => &content.home.story,
        "promises" => {
            let items = content.promises.iter().map(|promise| {
                json!({ "icon": promise.icon, "title": texts(&promise.title), "text": texts(&promise.text) })
            });
            block["items"] = items.collect();
            return;
        }
        _ => return,
    };
    block["eyebrow"] = json!(texts(&words.eyebrow));
    block["title"] = json!(texts(&words.title));
    block["text"] = json!(texts(&words.text));
    block["action"] = json!(texts(&words.action));
    block["url"] = json!(words.url);
}

/// The page about the shop: its whole story, section by section.
fn about(content: &DemoShop) -> Value {
    let sections = content.story.iter().map(|section| {
        json!({
            "id": "", "kind": "rich_text", "title": texts(&section.heading),
            "text": paragraphs(&section.paragraphs),
        })
    });
    let contact = json!({ "id": "", "kind": "contact" });
    let blocks: Vec<Value> = sections.chain([contact]).collect();
    json!({ "summary": texts(&content.tagline), "blocks": blocks })
}

impl Names<'_> {
    /// Puts ids and stored pictures in the place of names.
    fn fill(&self, told: &mut Value) -> Result<(), SimulationError> {
        match told {
            Value::Array(list) => list.iter_mut().try_for_each(|inner| self.fill(inner)),
            Value::Object(fields) => {
                for (name, inner) in fields {
                    self.fill_field(name, inner)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn fill_field(&self, name: &str, inner: &mut Value) -> Result<(), SimulationError> {
        let named = inner.as_str().unwrap_or_default();
        match name {
            "product" => *inner = json!(self.products.get(named)),
            "variant" => *inner = json!(self.variants.get(named)),
            "collections" => {
                let handles = inner.as_array().into_iter().flatten();
                let ids = handles.filter_map(|h| self.collections.get(h.as_str()?));
                *inner = json!(ids.collect::<Vec<_>>());
            }
            "image" => *inner = self.picture(named)?,
            _ => self.fill(inner)?,
        }
        Ok(())
    }

    /// A drawing: the table with the shop's goods, or the scene of a product.
    fn picture(&self, named: &str) -> Result<Value, SimulationError> {
        let home = &self.content.home;
        let (drawn, (width, height), alt) = if named == "table" {
            let drawn = banner_part_svg(&self.content.hero, TABLE);
            (drawn, TABLE.size, texts(&home.hero.alt))
        } else {
            let found = self.content.products.iter().find(|p| p.handle == named);
            let drawn = found.map(|p| product_svg(&p.picture, View::Scene));
            let title = found.map(|p| texts(&p.title));
            (
                drawn.unwrap_or_default(),
                (800, 800),
                title.unwrap_or_default(),
            )
        };
        let key = self.files.put(drawn.as_bytes(), "svg")?;
        Ok(json!({ "key": key, "alt": alt, "width": width, "height": height }))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Locale, Texts};

    use super::*;
    use crate::content::demo_shop;

    /// Every name in the pages is one of the shop's, and every text is there in three languages.
    #[test]
    fn pages_name_what_is_there() {
        fn look(told: &Value, content: &DemoShop) {
            let Value::Object(fields) = told else {
                if let Value::Array(list) = told {
                    list.iter().for_each(|inner| look(inner, content));
                }
                return;
            };
            if fields.contains_key("zh-Hant") {
                let texts: Texts = serde_json::from_value(told.clone()).unwrap();
                let all = Locale::ALL.iter().all(|l| texts.0.contains_key(l));
                assert!(all, "{told}");
            }
            for (name, inner) in fields {
                let named = inner.as_str().unwrap_or_default();
                let products = &content.products;
                let known = match name.as_str() {
                    "product" => products.iter().any(|p| p.handle == named),
                    "image" => named == "table" || products.iter().any(|p| p.handle == named),
                    "variant" => products
                        .iter()
                        .flat_map(|p| &p.variants)
                        .any(|v| v.sku == named),
                    "collections" => {
                        let handles: Vec<String> = serde_json::from_value(inner.clone()).unwrap();
                        let is_known =
                            |h: &String| content.collections.iter().any(|c| c.handle == *h);
                        handles.iter().all(is_known)
                    }
                    _ => true,
                };
                assert!(known, "{name}: {inner}");
                look(inner, content);
            }
        }
        let pages: Value = serde_json::from_str(PAGES).unwrap();
        look(&pages, &demo_shop().unwrap());
        assert!(pages["home"].is_object());
    }
}
