//! `zhanggui backup` and `restore`: one archive with the database, the pictures and the shop's own
//! themes, verified before it is trusted (D4).

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use platform::{
    secret::sha256_hex,
    theme::{Source, Themes},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{App, Config};

const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "shop.db";

/// What an archive holds, with the hash of each file.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    version: u32,
    made_at: String,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    path: String,
    sha256: String,
}

impl Manifest {
    /// Adds a file to an archive and notes its hash.
    fn add(
        &mut self,
        archive: &mut tar::Builder<impl std::io::Write>,
        path: String,
        bytes: &[u8],
    ) -> Result<()> {
        append(archive, &path, bytes)?;
        let sha256 = sha256_hex(bytes);
        self.files.push(Entry { path, sha256 });
        Ok(())
    }
}

/// Writes an archive while the shop is open.
///
/// # Errors
/// What the disk or the database said.
pub async fn backup(app: &App, target: PathBuf) -> Result<Value> {
    let draft = target.with_extension("partial");
    let copy = target.with_extension("database");
    let _ = fs::remove_file(&copy);
    app.ctx
        .db()
        .backup(copy.clone())
        .await
        .context("copying the database")?;
    let (media, made_at) = (app.files.root().to_owned(), app.ctx.now().to_string());
    let writing = {
        let (draft, copy, themes) = (draft.clone(), copy.clone(), Arc::clone(&app.themes));
        tokio::task::spawn_blocking(move || write_archive(&draft, &copy, &media, &themes, made_at))
    };
    let manifest = writing.await??;
    fs::remove_file(&copy)?;
    fs::rename(&draft, &target)?;
    if let Some(folder) = target.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(
        json!({ "archive": target, "files": manifest.files.len(), "bytes": fs::metadata(&target)?.len() }),
    )
}

fn write_archive(
    draft: &Path,
    database: &Path,
    media: &Path,
    themes: &Themes,
    made_at: String,
) -> Result<Manifest> {
    let mut files = vec![(DATABASE.to_owned(), database.to_owned())];
    for entry in fs::read_dir(media)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            files.push((format!("media/{name}"), entry.path()));
        }
    }
    let mut manifest = Manifest {
        version: 1,
        made_at,
        files: Vec::new(),
    };
    let file = fs::File::create(draft)?;
    let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    for (name, path) in files {
        manifest.add(&mut archive, name, &fs::read(&path)?)?;
    }
    for theme in themes.offered().into_iter().filter(|t| !t.built_in) {
        let source = Source::read(&theme.name, &themes.folder().join(&theme.name))?;
        for (path, bytes) in &source.files {
            manifest.add(&mut archive, format!("themes/{}/{path}", theme.name), bytes)?;
        }
    }
    append(
        &mut archive,
        MANIFEST,
        &serde_json::to_vec_pretty(&manifest)?,
    )?;
    let file = archive.into_inner()?.finish()?;
    file.sync_all()?;
    Ok(manifest)
}

fn append(archive: &mut tar::Builder<impl std::io::Write>, name: &str, bytes: &[u8]) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    archive.append_data(&mut header, name, bytes)?;
    Ok(())
}

/// Restores an archive into an empty data folder and verifies it: hashes, integrity of the database, invariants.
///
/// # Errors
/// A data folder that is in use, a damaged archive, an invariant that does not hold; nothing is left behind then.
pub async fn restore(config: &Config, archive: &Path) -> Result<Value> {
    let folder = &config.data_dir;
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(
        !occupied,
        "{} is not empty; restore into an empty folder",
        folder.display()
    );
    ensure!(
        config.database.is_none(),
        "an archive restores into the data folder; leave --database out"
    );
    let unpacked = unpack(archive, folder).and_then(|()| verify(folder));
    let files = match unpacked {
        Ok(files) => files,
        Err(error) => {
            let _ = fs::remove_dir_all(folder);
            return Err(error.context("the archive is damaged; nothing was restored"));
        }
    };
    let app = App::open(config.clone()).await?;
    let (sound, report) = super::check::run(&app).await?;
    if !sound {
        bail!("the restored data breaks invariants: {report}");
    }
    Ok(json!({ "restored": folder, "files": files, "invariants": "hold" }))
}

fn unpack(archive: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("media"))?;
    let mut archive = tar::Archive::new(GzDecoder::new(fs::File::open(archive)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let plain = path
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)));
        ensure!(plain, "a path leads out of the folder: {}", path.display());
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn verify(folder: &Path) -> Result<usize> {
    let manifest: Manifest =
        serde_json::from_slice(&fs::read(folder.join(MANIFEST)).context("no manifest")?)?;
    for file in &manifest.files {
        let bytes = fs::read(folder.join(&file.path))
            .with_context(|| format!("{} is missing", file.path))?;
        ensure!(
            sha256_hex(&bytes) == file.sha256,
            "{} is not what was backed up",
            file.path
        );
    }
    fs::remove_file(folder.join(MANIFEST))?;
    Ok(manifest.files.len())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use platform::words::Words;

    use super::*;

    /// D4, STF-05: the shop's own themes are in the archive, and come back where they were.
    #[test]
    fn a_backup_holds_the_themes() {
        let folder = tempfile::tempdir().unwrap();
        let (data, archive) = (folder.path().join("data"), folder.path().join("a.tar.gz"));
        let kept = [
            (DATABASE, "rows"),
            ("media/a.png", "picture"),
            ("themes/mine/theme.toml", "parent = \"default\"\n"),
            ("themes/mine/templates/parts/price.html", "a price"),
        ];
        for (path, text) in kept {
            let path = data.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let words = Arc::new(Words::load().unwrap());
        let themes = Themes::new(Vec::new(), data.join("themes"), words, TimeZone::UTC);
        let media = data.join("media");
        write_archive(
            &archive,
            &data.join(DATABASE),
            &media,
            &themes,
            "now".into(),
        )
        .unwrap();
        let restored = folder.path().join("restored");
        unpack(&archive, &restored).unwrap();
        assert_eq!(verify(&restored).unwrap(), kept.len());
        for (path, text) in kept {
            assert_eq!(fs::read_to_string(restored.join(path)).unwrap(), text);
        }
    }
}
