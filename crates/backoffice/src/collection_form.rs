//! How the sheet and the rules of a collection are typed: rows by number in a form, lists from programs.

use std::collections::BTreeMap;

use catalog::{AttributeDefinition, AttributeKind, Choice, Condition, Join, Rules, rules::slug};
use kernel::{Currency, Locale, Texts};
use platform::web::{Problem, form};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forms::{Amount, Listed, filled};

/// One line of the sheet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteSheetRow {
    /// Its code; made of the English name when absent.
    #[serde(default)]
    code: String,
    /// Its name.
    #[serde(default)]
    name: BTreeMap<Locale, String>,
    /// `text`, `number`, `choice` or `yes_no`.
    #[serde(default)]
    kind: String,
    /// The unit of a number.
    #[serde(default)]
    unit: BTreeMap<Locale, String>,
    /// The choices: a list, or one a line with its names in the three languages, as in `light: 輕焙 / 轻焙 / Light`.
    #[serde(default)]
    choices: Option<Choices>,
    /// Whether a product needs it to go on sale.
    #[serde(default, deserialize_with = "form::flag")]
    required: bool,
    /// Whether shoppers can narrow a list by it.
    #[serde(default, deserialize_with = "form::flag")]
    filterable: bool,
}

/// Choices as programs send them, or as people type them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Choices {
    /// One after another.
    List(Vec<Choice>),
    /// One a line.
    Lines(String),
}

/// The sheet of a collection.
///
/// # Errors
/// 422 naming the row.
pub(crate) fn sheet(rows: Vec<(u32, WriteSheetRow)>) -> Result<Vec<AttributeDefinition>, Problem> {
    let mut found = Vec::new();
    for (number, row) in rows {
        let name = filled(row.name);
        if row.code.trim().is_empty() && name.is_empty() {
            continue;
        }
        let wrong = |field: &str, key: &'static str| {
            Problem::invalid("error-invalid-input").field(format!("sheet.{number}.{field}"), key)
        };
        if name.is_empty() {
            return Err(wrong("name", "error-required"));
        }
        let code = Some(row.code.trim().to_owned()).filter(|code| !code.is_empty());
        let code = code.or_else(|| code_of(name.get(Locale::En)));
        let kind = match row.kind.as_str() {
            "" | "text" => AttributeKind::Text,
            "number" => AttributeKind::Number {
                unit: filled(row.unit),
            },
            "choice" => AttributeKind::Choice {
                choices: row.choices.map_or_else(Vec::new, Choices::list),
            },
            "yes_no" => AttributeKind::YesNo,
            _ => return Err(wrong("kind", "error-invalid-value")),
        };
        if let AttributeKind::Choice { choices } = &kind
            && choices.is_empty()
        {
            return Err(wrong("choices", "error-required"));
        }
        found.push(AttributeDefinition {
            code: code.ok_or_else(|| wrong("code", "error-required"))?,
            name,
            kind,
            required: row.required,
            filterable: row.filterable,
        });
    }
    Ok(found)
}

impl Choices {
    fn list(self) -> Vec<Choice> {
        match self {
            Self::List(list) => list,
            Self::Lines(text) => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.zip(1..).map(|(line, n)| choice(line, n)).collect()
            }
        }
    }
}

/// A choice from its line: `light: 輕焙 / 轻焙 / Light`. What is not given is made: the code of the English name or the
/// line's number, names of the first one.
fn choice(line: &str, number: usize) -> Choice {
    let (code, names) = line
        .split_once([':', '：'])
        .map_or(("", line), |(code, names)| (code.trim(), names.trim()));
    let given: Vec<&str> = names.split(['/', '／']).map(str::trim).collect();
    let all = Locale::ALL.iter().zip(&given);
    let named: BTreeMap<Locale, String> = all
        .filter(|(_, text)| !text.is_empty())
        .map(|(locale, text)| (*locale, (*text).to_owned()))
        .collect();
    let name = Texts(named);
    let code = Some(code.to_owned()).filter(|code| !code.is_empty());
    Choice {
        code: code
            .or_else(|| code_of(name.get(Locale::En)))
            .unwrap_or_else(|| format!("choice_{number}")),
        name,
    }
}

fn code_of(text: &str) -> Option<String> {
    slug(text).map(|slug| slug.replace('-', "_").chars().take(40).collect())
}

/// Rules for the members of a collection.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteRules {
    /// `all` or `any` of the conditions; absent where members are chosen by hand.
    #[serde(default)]
    join: Option<Join>,
    /// The conditions: a list, or rows by number. Rows without `on` do not count.
    #[serde(default)]
    conditions: Listed<WriteCondition>,
}

/// One condition.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteCondition {
    /// `tag`, `brand`, `attribute:{code}`, `price_from`, `price_to`, `in_stock` or `published_within`.
    #[serde(default)]
    on: String,
    /// The tag, brand, value of the attribute, price or days.
    #[serde(default)]
    value: Option<Typed>,
}

/// What was typed beside a condition.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Typed {
    /// A whole number.
    Whole(i64),
    /// A word, or an amount of money.
    Amount(Amount),
}

impl WriteRules {
    /// The rules, with amounts in a currency and values of attributes as products have them; `None` where members are
    /// chosen by hand.
    ///
    /// # Errors
    /// 422 naming the condition.
    pub(crate) fn read(
        self,
        definitions: &[AttributeDefinition],
        currency: Currency,
    ) -> Result<Option<Rules>, Problem> {
        let Some(join) = self.join else {
            return Ok(None);
        };
        let mut conditions = Vec::new();
        for (number, typed) in self.conditions.list() {
            if typed.on.is_empty() {
                continue;
            }
            let wrong = || {
                let field = format!("rules.conditions.{number}.value");
                Problem::invalid("error-invalid-input").field(field, "error-condition-invalid")
            };
            let condition = typed
                .read(definitions, currency)
                .filter(Condition::makes_sense);
            conditions.push(condition.ok_or_else(wrong)?);
        }
        Ok(Some(Rules { join, conditions }))
    }
}

impl WriteCondition {
    fn read(&self, definitions: &[AttributeDefinition], currency: Currency) -> Option<Condition> {
        let word = match &self.value {
            Some(Typed::Amount(Amount::Typed(text))) => text.trim().to_owned(),
            Some(Typed::Whole(number)) => number.to_string(),
            Some(Typed::Amount(Amount::Exact(_))) | None => String::new(),
        };
        let price = || {
            let typed = Amount::Typed(word.clone());
            let amount = match &self.value {
                Some(Typed::Amount(amount)) => amount,
                _ => &typed,
            };
            amount.money(currency, "value").ok()
        };
        if let Some(code) = self.on.strip_prefix("attribute:") {
            let definition = definitions.iter().find(|d| d.code == code);
            return Some(Condition::Attribute {
                code: code.to_owned(),
                value: definition.map_or(word.clone(), |d| value_of(d, &word)),
            });
        }
        Some(match self.on.as_str() {
            "tag" => Condition::Tag { value: word },
            "brand" => Condition::Brand { value: word },
            "price_from" => Condition::PriceFrom { price: price()? },
            "price_to" => Condition::PriceTo { price: price()? },
            "in_stock" => Condition::InStock,
            "published_within" => Condition::PublishedWithin {
                days: word.parse().ok()?,
            },
            _ => return None,
        })
    }
}

/// The value that a person means: a choice by its name in any language, `yes` by the word for it, a number however it
/// was written.
fn value_of(definition: &AttributeDefinition, word: &str) -> String {
    match &definition.kind {
        AttributeKind::Choice { choices } => {
            let named = choices
                .iter()
                .find(|c| c.code == word || c.name.0.values().any(|name| name == word));
            named.map_or_else(|| word.to_owned(), |c| c.code.clone())
        }
        AttributeKind::YesNo if ["是", "Yes", "yes"].contains(&word) => "yes".to_owned(),
        AttributeKind::YesNo if ["否", "No", "no"].contains(&word) => "no".to_owned(),
        AttributeKind::Number { .. } => word
            .parse::<rust_decimal::Decimal>()
            .map_or_else(|_| word.to_owned(), |n| n.normalize().to_string()),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CAT-01: a line of choices is read as people type it, and what is left out is made.
    #[test]
    fn choices_are_read_line_by_line() {
        let lines = "light: 輕焙 / 轻焙 / Light roast\n\n中焙 / 中焙 / Medium roast\n重焙";
        let found = Choices::Lines(lines.to_owned()).list();
        let codes: Vec<&str> = found.iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes, ["light", "medium_roast", "zhong_bei"]);
        assert_eq!(found[0].name.get(Locale::Hans), "轻焙");
        assert_eq!(found[2].name.get(Locale::En), "重焙");
    }

    /// STF-02: a condition is read as people type it, a wrong one is named by its row.
    #[test]
    fn conditions_are_read_as_typed() {
        let roast = AttributeDefinition {
            kind: AttributeKind::Choice {
                choices: vec![choice("light: 輕焙 / 轻焙 / Light", 1)],
            },
            ..AttributeDefinition::text("roast", Texts::default())
        };
        let read = |json: serde_json::Value| {
            let typed: WriteRules = serde_json::from_value(json).unwrap();
            typed.read(std::slice::from_ref(&roast), Currency::TWD)
        };
        let rows = serde_json::json!({"join": "all", "conditions": {
            "0": {"on": "attribute:roast", "value": "輕焙"},
            "1": {"on": ""},
            "2": {"on": "price_to", "value": "1,200"},
            "5": {"on": "published_within", "value": 30},
        }});
        let rules = read(rows).unwrap().unwrap();
        let codes: Vec<&str> = rules.conditions.iter().map(Condition::code).collect();
        assert_eq!(codes, ["attribute", "price_to", "published_within"]);
        assert!(
            matches!(&rules.conditions[0], Condition::Attribute { value, .. } if value == "light")
        );
        let by_hand = serde_json::json!({"conditions": [{"on": "in_stock"}]});
        assert_eq!(read(by_hand).unwrap(), None);
        let wrong = serde_json::json!({"join": "any", "conditions": [{"on": "in_stock"}, {"on": "price_from", "value": "dear"}]});
        let refused = read(wrong).unwrap_err();
        assert_eq!(refused.fields()[0].field, "rules.conditions.1.value");
    }
}
