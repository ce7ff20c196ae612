//! What a product says of itself as cells: attributes in columns of their own, brand, model and tags.
//!
//! An attribute of words has a column for each language (`attribute:origin:zh-Hant`), any other has one
//! (`attribute:capacity`) with the number, the code of the choice, or `yes` and `no`. Which kind a cell is of is said by
//! the sheets of the collections, so a file needs no column for it.

use std::collections::BTreeMap;

use catalog::{
    AttributeDefinition, AttributeKind,
    attribute::{Attribute, AttributeValue},
};
use kernel::{Locale, Texts};

use super::{Goods, Remark};

/// Columns of attributes begin with this; the code follows.
pub(super) const COLUMN: &str = "attribute:";
/// Between the tags of one cell; a tag that has it, or a backslash, has a backslash before it.
const BETWEEN: char = '|';

/// What a cell, or one for each language, says in an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Words in each language.
    Words(Texts),
    /// A number, the code of a choice, `yes` or `no`.
    Plain(String),
}

/// What a product says by the codes of its attributes; nothing for an attribute that the file has a column for and the
/// product is silent about.
pub type Sayings = BTreeMap<String, Option<Said>>;

impl Said {
    /// A value as cells have it.
    #[must_use]
    pub fn of(value: &AttributeValue) -> Self {
        match value {
            AttributeValue::Text(texts) => Self::Words(texts.clone()),
            AttributeValue::Number(number) => Self::Plain(number.to_string()),
            AttributeValue::Choice(code) => Self::Plain(code.clone()),
            AttributeValue::YesNo(yes) => Self::Plain(if *yes { "yes" } else { "no" }.to_owned()),
        }
    }

    /// The value that its line of a sheet takes; none for what does not fit.
    #[must_use]
    pub fn value(&self, line: &AttributeDefinition) -> Option<AttributeValue> {
        let plain = match self {
            Self::Words(texts) => texts.get(Locale::default()),
            Self::Plain(text) => text.as_str(),
        };
        let plain = plain.trim();
        let value = match (&line.kind, self) {
            (AttributeKind::Text, Self::Words(texts)) => AttributeValue::Text(texts.clone()),
            (AttributeKind::Text, Self::Plain(_)) => {
                AttributeValue::Text(Texts::one(Locale::default(), plain))
            }
            (AttributeKind::Number { .. }, _) => AttributeValue::Number(plain.parse().ok()?),
            (AttributeKind::Choice { .. }, _) => AttributeValue::Choice(plain.to_owned()),
            (AttributeKind::YesNo, _) => match plain.to_lowercase().as_str() {
                "yes" | "true" | "1" | "是" => AttributeValue::YesNo(true),
                "no" | "false" | "0" | "否" => AttributeValue::YesNo(false),
                _ => return None,
            },
        };
        line.check(&value).ok().map(|()| value)
    }

    /// The cell, or the words in one language of it.
    fn shown(&self) -> &str {
        match self {
            Self::Words(texts) => texts.get(Locale::default()),
            Self::Plain(text) => text,
        }
    }

    /// The names of its columns and what stands in them.
    pub(super) fn cells(&self, code: &str) -> Vec<(String, String)> {
        match self {
            Self::Plain(text) => vec![(format!("{COLUMN}{code}"), text.clone())],
            Self::Words(texts) => Locale::ALL
                .iter()
                .map(|locale| {
                    let text = texts.0.get(locale).cloned().unwrap_or_default();
                    (format!("{COLUMN}{code}:{locale}"), text)
                })
                .collect(),
        }
    }
}

/// What a product says, cell by cell.
pub(super) fn cells(product: &Goods) -> impl Iterator<Item = (String, String)> {
    let said = product.attributes.iter();
    said.flat_map(|(code, said)| said.iter().flat_map(move |said| said.cells(code)))
}

/// What a product says by the cells of its row.
pub(super) fn read<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Sayings {
    let mut found = Sayings::new();
    for (name, text) in cells {
        let Some(code) = name.strip_prefix(COLUMN) else {
            continue;
        };
        let in_language = code
            .rsplit_once(':')
            .and_then(|(code, language)| Some((code, language.parse::<Locale>().ok()?)));
        let (code, locale) = in_language.map_or((code, None), |(code, l)| (code, Some(l)));
        let said = found.entry(code.trim().to_owned()).or_default();
        match locale {
            // Words stay as they were typed, other answers have no blanks around them.
            None if !text.trim().is_empty() => *said = Some(Said::Plain(text.trim().to_owned())),
            Some(locale) if !text.is_empty() => {
                let mut texts = match said.take() {
                    Some(Said::Words(texts)) => texts,
                    _ => Texts::default(),
                };
                texts.0.insert(locale, text.to_owned());
                *said = Some(Said::Words(texts));
            }
            _ => {}
        }
    }
    found
}

/// What a product says once a file was heard. What the file does not speak of stays; what has no line in any sheet, or
/// does not fit its line, is remarked and stays as it was.
pub(super) fn heard(
    goods: &Goods,
    sheet: &BTreeMap<String, AttributeDefinition>,
    before: &[Attribute],
    notes: &mut Vec<Remark>,
) -> Vec<Attribute> {
    let mut after = before.to_vec();
    for (code, said) in &goods.attributes {
        let value = match said {
            None => None,
            Some(said) => {
                let line = sheet.get(code);
                let Some(value) = line.and_then(|line| said.value(line)) else {
                    let key = if line.is_some() {
                        "csv-attribute-unfit"
                    } else {
                        "csv-attribute-unknown"
                    };
                    let column = format!("{COLUMN}{code}");
                    notes.push(Remark::note(goods.line, &column, said.shown(), key));
                    continue;
                };
                Some(value)
            }
        };
        let at = after.iter().position(|a| a.code == *code);
        match (at.and_then(|at| after.get_mut(at)), value) {
            (Some(known), Some(value)) => known.value = value,
            (None, Some(value)) => after.push(Attribute {
                code: code.clone(),
                value,
            }),
            (_, None) => after.retain(|a| a.code != *code),
        }
    }
    after
}

/// Words as one cell, each in its place.
pub(super) fn joined<T: AsRef<str>>(words: &[T]) -> String {
    let escaped = words.iter().map(|word| {
        let word = word.as_ref().replace('\\', "\\\\");
        word.replace(BETWEEN, "\\|")
    });
    escaped.collect::<Vec<_>>().join("|")
}

/// The words of a cell, the empty ones too.
pub(super) fn in_places(cell: &str) -> Vec<String> {
    let (mut words, mut word, mut escaped) = (Vec::new(), String::new(), false);
    for c in cell.chars() {
        match c {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            BETWEEN => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words
}

/// The tags of a cell.
pub(super) fn split(cell: &str) -> Vec<String> {
    let words = in_places(cell);
    let tags = words.iter().map(|word| word.trim().to_owned());
    tags.filter(|tag| !tag.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(kind: AttributeKind) -> AttributeDefinition {
        AttributeDefinition {
            kind,
            ..AttributeDefinition::text("it", Texts::one(Locale::Hant, "它"))
        }
    }

    /// CAT-01: a cell is read by the kind of its line; what does not fit is nothing.
    #[test]
    fn a_cell_is_read_by_its_line() {
        let number = line(AttributeKind::Number {
            unit: Texts::default(),
        });
        let plain = |text: &str| Said::Plain(text.to_owned());
        assert_eq!(
            plain(" 12.50 ").value(&number).map(|v| Said::of(&v)),
            Some(plain("12.50"))
        );
        assert_eq!(plain("much").value(&number), None);
        assert_eq!(
            plain("是").value(&line(AttributeKind::YesNo)),
            Some(AttributeValue::YesNo(true))
        );
        let none = AttributeKind::Choice {
            choices: Vec::new(),
        };
        assert_eq!(plain("light").value(&line(none)), None);
        let words = plain("南投").value(&line(AttributeKind::Text));
        assert_eq!(
            words.map(|v| Said::of(&v)),
            Some(Said::Words(Texts::one(Locale::Hant, "南投")))
        );
    }

    /// CAT-01: what a file does not speak of stays, an empty cell takes away, and what no sheet knows is remarked.
    #[test]
    fn silence_changes_nothing() {
        let sheet: BTreeMap<_, _> = [("yes", line(AttributeKind::YesNo))]
            .map(|(code, line)| (code.to_owned(), line))
            .into();
        let yes = |code: &str, yes| Attribute {
            code: code.to_owned(),
            value: AttributeValue::YesNo(yes),
        };
        let before = [yes("yes", true), yes("old", true)];
        let told = |cells: &[(&str, &str)]| {
            let goods = Goods {
                attributes: read(cells.iter().copied()),
                ..Goods::default()
            };
            let mut notes = Vec::new();
            let after = heard(&goods, &sheet, &before, &mut notes);
            (after, notes.len())
        };
        assert_eq!(told(&[("title", "x")]), (before.to_vec(), 0));
        assert_eq!(
            told(&[("attribute:yes", "no")]),
            (vec![yes("yes", false), yes("old", true)], 0)
        );
        assert_eq!(told(&[("attribute:old", "")]), (vec![yes("yes", true)], 0));
        assert_eq!(
            told(&[("attribute:new", "1"), ("attribute:yes", "perhaps")]),
            (before.to_vec(), 2)
        );
    }

    proptest! {
        /// CAT-01: tags go into a cell and come out as they were.
        #[test]
        fn tags_come_out_as_they_went_in(tags in prop::collection::vec("[a-z茶|\\\\]{1,6}", 0..5)) {
            prop_assert_eq!(split(&joined(&tags)), tags);
        }
    }
}
