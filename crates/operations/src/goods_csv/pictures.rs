//! Where the pictures of a file are: in the shop already, in the zip that came with the file, or at an address from
//! which a job will fetch them. What is in none of these is remarked, and the rest of its row is taken.

use std::collections::{BTreeSet, HashMap};

use catalog::media;
use platform::{Ctx, files::Files, outgoing::Fetcher};

use super::{PictureRef, PictureSource, Read, Remark, archive::Taken};
use crate::FlowError;

/// The longest address, in bytes.
const ADDRESS: usize = 2_000;

/// Why a picture of a zip was not taken, as sentences.
const REFUSALS: [&str; 8] = [
    "error-picture-kind",
    "error-picture-svg",
    "error-picture-heic",
    "error-picture-bytes",
    "error-picture-pixels",
    "error-picture-torn",
    "error-picture-two-things",
    "error-picture-damaged",
];

/// What the shop has.
pub struct Shelf<'a> {
    /// Its files.
    pub files: &'a Files,
    /// What fetches from addresses.
    pub fetcher: &'a Fetcher,
    /// Its address, without a slash at the end.
    pub public_url: &'a str,
    /// What was taken out of a zip.
    pub taken: &'a Taken,
}

impl Read {
    /// The names of files that its goods take for pictures.
    #[must_use]
    pub fn named_files(&self) -> BTreeSet<String> {
        let pictures = self
            .goods
            .iter()
            .flat_map(|goods| &goods.pictures)
            .flatten();
        let named = pictures.filter_map(|picture| match &picture.source {
            PictureSource::File(name) => Some(name.clone()),
            PictureSource::Kept { .. } | PictureSource::Address(_) => None,
        });
        named.collect()
    }
}

impl Shelf<'_> {
    /// The file with every picture looked up: what is left is in the shop, or at an address that can be asked.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn settle(&self, ctx: &Ctx, mut read: Read) -> Result<Read, FlowError> {
        let pictures = read
            .goods
            .iter()
            .flat_map(|goods| &goods.pictures)
            .flatten();
        let own: Vec<String> = pictures
            .filter_map(|picture| self.own_key(picture))
            .collect();
        let sizes = ctx
            .read(async move |rx, _| media::sizes_of(rx, &own).await)
            .await?;
        for goods in &mut read.goods {
            let Some(pictures) = goods.pictures.take() else {
                continue;
            };
            let mut settled = Vec::with_capacity(pictures.len());
            for picture in pictures {
                let said = (picture.line, picture.source.to_string());
                match self.found(picture, &sizes) {
                    Ok(picture) => settled.push(picture),
                    Err(key) => {
                        let remark = Remark::note(said.0, read.picture_column, said.1, key);
                        read.remarks.push(remark);
                    }
                }
            }
            goods.pictures = Some(settled);
        }
        Ok(read)
    }

    fn found(
        &self,
        picture: PictureRef,
        sizes: &HashMap<String, (i64, i64)>,
    ) -> Result<PictureRef, &'static str> {
        let kept = |source: PictureSource| match &source {
            PictureSource::Kept { file_key, .. } if self.files.has(file_key) => Ok(source),
            _ => Err("csv-picture-unknown"),
        };
        let source = match &picture.source {
            PictureSource::Kept { .. } => kept(picture.source)?,
            PictureSource::File(name) => {
                let said = self.taken.get(name).ok_or("csv-picture-file")?;
                match PictureSource::of(said) {
                    source @ PictureSource::Kept { .. } => kept(source)?,
                    _ => return Err(refusal(said)),
                }
            }
            PictureSource::Address(address) => match self.own_key(&picture) {
                Some(key) => {
                    let stated = address.rsplit_once('#').map(|(_, size)| size);
                    let size = stated.and_then(PictureSource::size);
                    let (width, height) = size
                        .or_else(|| sizes.get(&key).copied())
                        .ok_or("csv-picture-unknown")?;
                    kept(PictureSource::Kept {
                        file_key: key,
                        width,
                        height,
                    })?
                }
                None if address.len() > ADDRESS => return Err("error-fetch-address"),
                None => {
                    self.fetcher.check(address).map_err(|error| error.key())?;
                    picture.source
                }
            },
        };
        Ok(PictureRef { source, ..picture })
    }

    /// The key of a picture that an address of this shop leads to.
    fn own_key(&self, picture: &PictureRef) -> Option<String> {
        let PictureSource::Address(address) = &picture.source else {
            return None;
        };
        let rest = address.strip_prefix(self.public_url)?;
        let key = rest.strip_prefix("/media/")?;
        let key = key.split(['#', '?']).next().unwrap_or(key);
        Some(key.to_owned())
    }
}

fn refusal(said: &str) -> &'static str {
    let known = REFUSALS.iter().find(|key| **key == said);
    known.copied().unwrap_or("csv-picture-file")
}
