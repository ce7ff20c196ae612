//! The data sheet of a product: brand, model, tags, and what its collections ask for.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{
    Attribute, AttributeDefinition, AttributeKind, AttributeValue, ProductIdentity, attribute,
    product,
};
use kernel::{Locale, Texts};
use operations::FlowError;
use platform::{
    Ctx,
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Form, explain},
    paths::ProductPath,
    products::{ProductChanged, changed, page_of, product_page},
};

/// What a product says about itself. What is absent is emptied, except for attributes that none of its collections
/// asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteSheet {
    /// Whose product it is.
    #[serde(default)]
    brand: String,
    /// What its maker calls it.
    #[serde(default)]
    model: String,
    /// Words by which the shop groups its goods: a list, or a text with commas.
    #[serde(default)]
    tags: Tags,
    /// Values by the attribute's code.
    #[serde(default)]
    attributes: BTreeMap<String, Typed>,
}

/// Tags as programs send them, or as people type them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Tags {
    /// One by one.
    List(Vec<String>),
    /// Separated by commas of either width.
    Text(String),
}

impl Default for Tags {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Tags {
    fn each(&self) -> Vec<&str> {
        match self {
            Self::List(list) => list.iter().map(String::as_str).collect(),
            Self::Text(text) => text.split([',', '，', '、']).collect(),
        }
    }
}

/// A value of whatever kind; the attribute says which it must be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Typed {
    /// Words in each language.
    Words(BTreeMap<Locale, String>),
    /// Yes or no.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// A decimal number, the code of a choice, or `yes` or `no`.
    Word(String),
}

/// Replaces a product's data sheet.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WriteSheet>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let sheet = ctx
            .read(async move |rx, _| Ok::<_, FlowError>(attribute::sheet(rx, at.id).await?))
            .await?;
        let definitions: Vec<AttributeDefinition> =
            sheet.into_iter().map(|line| line.definition).collect();
        let identity = ProductIdentity::typed(&wanted.brand, &wanted.model, wanted.tags.each());
        let values = values(&definitions, &wanted.attributes)?;
        let writing = ctx.write(async move |tx, ctx| {
            let known = product::by_id(tx, at.id)
                .await?
                .ok_or(FlowError::NotFound)?;
            let asked = |code: &str| definitions.iter().any(|d| d.code == code);
            let kept = known.attributes.into_iter().filter(|a| !asked(&a.code));
            let all = kept.chain(values.clone()).collect();
            product::update_identity(tx, ctx, at.id, identity.clone()).await?;
            Ok::<_, FlowError>(product::update_attributes(tx, ctx, at.id, all).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id) + "#sheet")))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// What was typed, in the kind of each attribute.
fn values(
    definitions: &[AttributeDefinition],
    typed: &BTreeMap<String, Typed>,
) -> Result<Vec<Attribute>, Problem> {
    let mut wrong = Problem::invalid("error-invalid-input");
    if let Some(code) = typed
        .keys()
        .find(|code| !definitions.iter().any(|d| d.code == **code))
    {
        return Err(wrong.field(format!("attributes.{code}"), "error-unknown-field"));
    }
    let mut found = Vec::new();
    for definition in definitions {
        let Some(typed) = typed.get(&definition.code) else {
            continue;
        };
        match value(definition, typed) {
            Ok(value) if value.is_empty() => {}
            Ok(value) => found.push(Attribute {
                code: definition.code.clone(),
                value,
            }),
            Err(key) => wrong = wrong.field(format!("attributes.{}", definition.code), key),
        }
    }
    if wrong.fields().is_empty() {
        Ok(found)
    } else {
        Err(wrong)
    }
}

/// One value, or the key of why it is none.
fn value(definition: &AttributeDefinition, typed: &Typed) -> Result<AttributeValue, &'static str> {
    let value = match (&definition.kind, typed) {
        (AttributeKind::Text, Typed::Words(words)) => AttributeValue::Text(Texts(
            words
                .iter()
                .map(|(locale, text)| (*locale, text.trim().to_owned()))
                .filter(|(_, text)| !text.is_empty())
                .collect(),
        )),
        (AttributeKind::Number { .. }, Typed::Whole(number)) => {
            AttributeValue::Number((*number).into())
        }
        (AttributeKind::Number { .. }, Typed::Word(word)) => {
            let plain: String = word.trim().chars().filter(|c| *c != ',').collect();
            AttributeValue::Number(plain.parse().map_err(|_| "error-attribute-number")?)
        }
        (AttributeKind::Choice { .. }, Typed::Word(word)) => AttributeValue::Choice(word.clone()),
        (AttributeKind::YesNo, Typed::Truth(truth)) => AttributeValue::YesNo(*truth),
        (AttributeKind::YesNo, Typed::Word(word)) if word == "yes" => AttributeValue::YesNo(true),
        (AttributeKind::YesNo, Typed::Word(word)) if word == "no" => AttributeValue::YesNo(false),
        (AttributeKind::Text, _) => return Err("error-attribute-text"),
        (AttributeKind::Number { .. }, _) => return Err("error-attribute-number"),
        (AttributeKind::Choice { .. }, _) => return Err("error-attribute-choice"),
        (AttributeKind::YesNo, _) => return Err("error-attribute-yes-no"),
    };
    definition.check(&value).map_err(|error| error.key())?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> AttributeDefinition {
        AttributeDefinition {
            kind: AttributeKind::Number {
                unit: Texts::one(Locale::En, "ml"),
            },
            ..AttributeDefinition::text("capacity", Texts::one(Locale::En, "Capacity"))
        }
    }

    /// CAT-01: numbers are read as people type them, and a wrong one is said at its field.
    #[test]
    fn values_are_read_in_their_kind() {
        let read = |typed: Typed| {
            let typed = BTreeMap::from([("capacity".to_owned(), typed)]);
            values(&[number()], &typed)
        };
        for typed in [Typed::Word("1,200".into()), Typed::Whole(1_200)] {
            let found = read(typed).unwrap();
            assert_eq!(found[0].value, AttributeValue::Number(1_200.into()));
        }
        let wrong = read(Typed::Word("much".into())).unwrap_err();
        assert_eq!(wrong.fields()[0].field, "attributes.capacity");
        assert_eq!(wrong.fields()[0].key, "error-attribute-number");
        let unknown = BTreeMap::from([("colour".to_owned(), Typed::Truth(true))]);
        assert!(values(&[number()], &unknown).is_err());
    }
}
