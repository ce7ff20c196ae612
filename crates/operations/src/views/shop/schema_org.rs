//! Pages in the words of schema.org (JSON-LD), for search engines and assistants: what is sold and at which price, how
//! it is delivered and taken back, where a page stands, who the shop is. Everything is taken from the view that the page
//! shows, so that what machines read and what people read is the same.

use fulfilment::delivery;
use kernel::{Currency, Locale, Money, Timestamp};
use platform::words::Words;
use serde_json::{Value, json};

use super::{
    collection::CollectionPage,
    facts::Facts,
    page::ShopPage,
    parts::Link,
    product::{ProductPage, VariantView},
};

/// Where a page is and for whom.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The shop's decisions.
    pub facts: &'a Facts,
    /// The shop's address on the web, without a slash at the end.
    pub base: &'a str,
    /// The language of the page.
    pub locale: Locale,
    /// All words.
    pub words: &'a Words,
    /// When it is shown.
    pub now: Timestamp,
}

/// A product with everything that can be bought of it, and the way to it.
#[must_use]
pub fn product(page: &ProductPage, at: Place<'_>) -> Value {
    let url = at.url(&format!("/products/{}", page.handle));
    let name = &page.title;
    let seller = at.shop_name();
    let mut goods = json!({
        "name": name, "url": url, "description": page.summary.as_ref().or(page.subtitle.as_ref()).unwrap_or(name),
        "image": page.images.iter().map(|i| at.absolute(&i.url)).collect::<Vec<_>>(),
        "brand": { "@type": "Brand", "name": page.brand.as_deref().unwrap_or(seller) },
        "additionalProperty": page.specs.iter().map(|s| property(&s.name, &s.value)).collect::<Vec<_>>(),
    });
    let offers: Vec<Value> = page
        .variants
        .iter()
        .map(|v| offer(v, &url, page.variants.len() > 1, at))
        .collect();
    let more = match (page.variants.as_slice(), offers.into_iter()) {
        ([only], mut offers) => {
            json!({ "@type": "Product", "sku": only.sku, "offers": offers.next() })
        }
        (variants, offers) => json!({
            "@type": "ProductGroup", "productGroupID": page.handle,
            "variesBy": page.options.iter().map(|o| &o.name).collect::<Vec<_>>(),
            "hasVariant": variants.iter().zip(offers).map(|(v, offer)| json!({
                "@type": "Product", "sku": v.sku, "name": format!("{name} {}", v.title),
                "image": v.image_url.as_ref().or(page.images.first().map(|i| &i.url)).map(|u| at.absolute(u)),
                "additionalProperty": page.options.iter().zip(&v.option_values)
                    .map(|(o, value)| property(&o.name, value)).collect::<Vec<_>>(),
                "offers": offer,
            })).collect::<Vec<_>>(),
        }),
    };
    merge(&mut goods, more);
    let trail = page.collections.first();
    let mut told = vec![goods, breadcrumbs(trail, name, &url, at)];
    if !page.faq.is_empty() {
        let questions = page.faq.iter().map(|q| {
            let answer = json!({ "@type": "Answer", "text": q.answer });
            json!({ "@type": "Question", "name": q.question, "acceptedAnswer": answer })
        });
        told.push(json!({ "@type": "FAQPage", "mainEntity": questions.collect::<Vec<_>>() }));
    }
    graph(&told)
}

/// What a variant costs, whether it is there, how it comes and how it goes back.
fn offer(variant: &VariantView, url: &str, several: bool, at: Place<'_>) -> Value {
    let availability = if !variant.in_stock {
        "OutOfStock"
    } else if variant.low_stock {
        "LimitedAvailability"
    } else {
        "InStock"
    };
    let url = if several {
        let join = if url.contains('?') { '&' } else { '?' };
        format!("{url}{join}variant={}", variant.id)
    } else {
        url.to_owned()
    };
    let mut offer = json!({
        "@type": "Offer", "url": url, "price": variant.price.decimal_text(), "priceCurrency": variant.price.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
        "seller": { "@type": "Organization", "name": at.shop_name() },
        "shippingDetails": shipping(variant.price, variant.weight_g, at),
    });
    if let Some(was) = variant.compare_at {
        // What was really charged before, as the page strikes it through.
        let former = json!({ "priceSpecification": {
            "@type": "UnitPriceSpecification", "priceType": "https://schema.org/StrikethroughPrice",
            "price": was.decimal_text(), "priceCurrency": was.currency.code(),
        } });
        merge(&mut offer, former);
    }
    if let Some(until) = variant.reduced_until {
        merge(&mut offer, json!({ "priceValidUntil": until.to_string() }));
    }
    if let Some(policy) = returns(at) {
        merge(&mut offer, json!({ "hasMerchantReturnPolicy": policy }));
    }
    offer
}

/// The ways to deliver one of it: what each costs and how long it takes.
fn shipping(price: Money, weight_g: i64, at: Place<'_>) -> Vec<Value> {
    let methods = &at.facts.methods;
    let quotes = delivery::quote(methods, price, weight_g, at.now, &at.facts.calendar);
    let detail = |quote: &delivery::DeliveryQuote| {
        let method = methods.iter().find(|m| m.code == quote.code)?;
        let days = |min: i64, max: i64| json!({ "@type": "QuantitativeValue", "minValue": min, "maxValue": max, "unitCode": "DAY" });
        let mut detail = json!({
            "@type": "OfferShippingDetails",
            "shippingRate": { "@type": "MonetaryAmount", "value": quote.rate.decimal_text(), "currency": quote.rate.currency.code() },
            "deliveryTime": {
                "@type": "ShippingDeliveryTime", "handlingTime": days(0, 1), "transitTime": days(method.days_min, method.days_max),
            },
        });
        if let Some(country) = country(price.currency) {
            let region = json!({ "shippingDestination": { "@type": "DefinedRegion", "addressCountry": country } });
            merge(&mut detail, region);
        }
        Some(detail)
    };
    quotes.iter().filter_map(detail).collect()
}

/// How long goods can be sent back; `None` where they cannot, or where it is not known by which country's law.
fn returns(at: Place<'_>) -> Option<Value> {
    let country = country(at.facts.shop.currency)?;
    (at.facts.shop.return_days > 0).then(|| {
        json!({
            "@type": "MerchantReturnPolicy", "applicableCountry": country,
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": at.facts.shop.return_days, "returnMethod": "https://schema.org/ReturnByMail",
            "merchantReturnLink": at.url("/pages/returns"),
        })
    })
}

/// The one country in which a currency is paid with.
fn country(currency: Currency) -> Option<&'static str> {
    match currency.code() {
        "TWD" => Some("TW"),
        "HKD" => Some("HK"),
        "CNY" => Some("CN"),
        "JPY" => Some("JP"),
        "GBP" => Some("GB"),
        "USD" => Some("US"),
        _ => None,
    }
}

/// A collection: where it stands, and what is on this page of it, in order.
#[must_use]
pub fn collection(page: &CollectionPage, at: Place<'_>) -> Value {
    let url = at.url(&format!("/collections/{}", page.handle));
    let entry = |(card, position): (&super::card::ProductCard, usize)| {
        json!({
            "@type": "ListItem", "position": position, "name": card.title,
            "url": at.url(&format!("/products/{}", card.handle)),
        })
    };
    let list = json!({
        "@type": "ItemList", "name": page.title, "url": url,
        "itemListElement": page.items.iter().zip(1..).map(entry).collect::<Vec<_>>(),
    });
    graph(&[
        list,
        breadcrumbs(page.parent.as_ref(), &page.title, &url, at),
    ])
}

/// The shop itself, and how its goods are searched.
#[must_use]
pub fn home(at: Place<'_>) -> Value {
    let (shop, home) = (&at.facts.shop, at.url("/"));
    let mut seller = json!({
        "@type": "OnlineStore", "@id": format!("{}/#shop", at.base), "name": at.shop_name(), "url": home,
        "description": shop.tagline.get(at.locale),
    });
    let reached: Vec<(&str, &String)> = [
        ("email", &shop.contact_email),
        ("telephone", &shop.contact_phone),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect();
    if !reached.is_empty() {
        let mut contact = json!({ "@type": "ContactPoint", "contactType": "customer service" });
        for (name, value) in reached {
            merge(&mut contact, json!({ name: value }));
            merge(&mut seller, json!({ name: value }));
        }
        merge(&mut seller, json!({ "contactPoint": contact }));
    }
    if let Some(policy) = returns(at) {
        merge(&mut seller, json!({ "hasMerchantReturnPolicy": policy }));
    }
    let site = json!({
        "@type": "WebSite", "name": at.shop_name(), "url": home, "inLanguage": at.locale.code(),
        "publisher": { "@id": format!("{}/#shop", at.base) },
        "potentialAction": {
            "@type": "SearchAction", "query-input": "required name=search_term_string",
            "target": { "@type": "EntryPoint", "urlTemplate": format!("{}/search?q={{search_term_string}}", at.base) },
        },
    });
    graph(&[seller, site])
}

/// A page of blocks: where it stands, its questions and its steps.
#[must_use]
pub fn page(page: &ShopPage, at: Place<'_>) -> Value {
    let url = at.url(&format!("/pages/{}", page.handle));
    let mut about = json!({
        "@type": "WebPage", "name": page.seo_title, "url": url, "inLanguage": at.locale.code(),
        "isPartOf": { "@type": "WebSite", "url": at.url("/") },
    });
    if let Some(summary) = &page.summary {
        merge(&mut about, json!({ "description": summary }));
    }
    if let Some(changed) = page.updated_at {
        merge(&mut about, json!({ "dateModified": changed }));
    }
    let mut told = vec![about, breadcrumbs(None, &page.title, &url, at)];
    for block in page.blocks.iter().filter(|b| !b.entries.is_empty()) {
        let named = |what: &str, inner: &str| {
            let entries = block.entries.iter().map(|entry| {
                let text = entry.text.as_ref().unwrap_or(&entry.title);
                match what {
                    "Question" => json!({
                        "@type": what, "name": entry.title, inner: { "@type": "Answer", "text": text },
                    }),
                    _ => json!({ "@type": what, "name": entry.title, inner: text }),
                }
            });
            entries.collect::<Vec<_>>()
        };
        match block.kind {
            "faq" => told.push(
                json!({ "@type": "FAQPage", "mainEntity": named("Question", "acceptedAnswer") }),
            ),
            "steps" => told.push(json!({
                "@type": "HowTo", "name": block.title.as_ref().unwrap_or(&page.title),
                "step": named("HowToStep", "text"),
            })),
            _ => {}
        }
    }
    graph(&told)
}

/// The way from the first page to this one.
fn breadcrumbs(above: Option<&Link>, title: &str, url: &str, at: Place<'_>) -> Value {
    let mut steps = vec![(at.words.say(at.locale, "layout-home", &[]), at.url("/"))];
    steps.extend(above.map(|link| {
        (
            link.title.clone(),
            at.url(&format!("/collections/{}", link.handle)),
        )
    }));
    steps.push((title.to_owned(), url.to_owned()));
    let step = |((name, url), position): ((String, String), usize)| json!({ "@type": "ListItem", "position": position, "name": name, "item": url });
    json!({ "@type": "BreadcrumbList", "itemListElement": steps.into_iter().zip(1..).map(step).collect::<Vec<_>>() })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "@type": "PropertyValue", "name": name, "value": value })
}

fn graph(things: &[Value]) -> Value {
    json!({ "@context": "https://schema.org", "@graph": things })
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

impl Place<'_> {
    /// The address of a page in the language of this one.
    fn url(self, path: &str) -> String {
        address(self.base, path, self.locale, self.facts.first_language())
    }

    fn absolute(self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn shop_name(&self) -> &str {
        self.facts.shop.name.get(self.locale)
    }
}

/// The address at which a page is found in a language: the plain one in the shop's first language, where a reader who
/// comes by it gets their own, and with `lang` in the others.
#[must_use]
pub fn address(base: &str, path: &str, locale: Locale, first: Locale) -> String {
    if locale == first {
        return format!("{base}{path}");
    }
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{base}{path}{join}lang={locale}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_an_address() {
        let of = |path, locale, first| address("https://a.tw", path, locale, first);
        assert_eq!(of("/", Locale::Hant, Locale::Hant), "https://a.tw/");
        assert_eq!(of("/", Locale::En, Locale::En), "https://a.tw/");
        assert_eq!(
            of("/c?after=x", Locale::En, Locale::Hant),
            "https://a.tw/c?after=x&lang=en"
        );
    }
}
