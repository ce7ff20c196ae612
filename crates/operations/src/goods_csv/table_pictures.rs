//! The columns of pictures in the shop's own format: where they are, what they show, and which variant. Each has the
//! pictures in the same order, with `|` between them.

use kernel::{Locale, Texts};

use super::{
    Goods, PictureRef, PictureSource, said,
    table::{PICTURES, RowReader, in_language},
};

/// The columns of what they show.
const ALT: &str = "picture_alt";
/// The column of the variants that they show.
const SHOWS: &str = "picture_sku";
/// The columns beside that of the pictures.
pub(super) fn columns() -> impl Iterator<Item = String> {
    let alts = Locale::ALL.map(|locale| in_language(ALT, locale));
    alts.into_iter().chain([SHOWS.to_owned()])
}

/// The cells of a product's pictures, named by their addresses in the shop at `public_url`, which also say their size.
pub(super) fn put(put: &mut impl FnMut(&str, String), product: &Goods, public_url: &str) {
    let found = product.pictures.iter().flatten().filter_map(|picture| {
        let address = picture.source.address(public_url)?;
        let address = match picture.source {
            PictureSource::Kept { width, height, .. } => format!("{address}#{width}x{height}"),
            _ => address,
        };
        Some((address, picture))
    });
    let (addresses, pictures): (Vec<String>, Vec<&PictureRef>) = found.unzip();
    put(PICTURES, addresses.join("|"));
    let mut put_words = |name: &str, word: &dyn Fn(&PictureRef) -> Option<String>| {
        let words = pictures
            .iter()
            .map(|picture| word(picture).unwrap_or_default());
        let words: Vec<String> = words.collect();
        if words.iter().any(|word| !word.is_empty()) {
            put(name, said::joined(&words));
        }
    };
    for locale in Locale::ALL {
        put_words(&in_language(ALT, locale), &|picture| {
            picture.alt.as_ref()?.0.get(&locale).cloned()
        });
    }
    put_words(SHOWS, &|picture| picture.sku.clone());
}

impl RowReader<'_> {
    /// The pictures of a product's first row; `None` when the file does not speak of them.
    pub(super) fn pictures(&self) -> Option<Vec<PictureRef>> {
        let alts = self.alts();
        let shows = self.text(SHOWS).map(said::in_places);
        let picture = |(place, text): (usize, &str)| PictureRef {
            line: self.line,
            source: PictureSource::of(text),
            alt: alts.as_ref().map(|alts| {
                let in_each = alts.iter().map(|(locale, words)| {
                    (*locale, words.get(place).cloned().unwrap_or_default())
                });
                Texts(in_each.collect())
            }),
            sku: shows.as_ref().map(|skus| {
                let sku = skus.get(place).map_or("", |sku| sku.trim());
                sku.to_owned()
            }),
        };
        let pictures = self.list(PICTURES)?;
        Some(pictures.into_iter().enumerate().map(picture).collect())
    }

    /// What they show, in each language of which the file has a column; `None` when it has none.
    fn alts(&self) -> Option<Vec<(Locale, Vec<String>)>> {
        let columns = Locale::ALL.into_iter().filter_map(|locale| {
            let words = self.text(&in_language(ALT, locale))?;
            Some((locale, said::in_places(words)))
        });
        let found: Vec<_> = columns.collect();
        (!found.is_empty()).then_some(found)
    }
}
