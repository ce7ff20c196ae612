//! How the shop's pages look: choosing a theme, trying one out before shoppers see it, setting its colours and logo,
//! taking it along and bringing it in.

use std::sync::Arc;

use kernel::Permission as P;
use operations::{
    flows::dress_shop,
    views::admin::{ThemePage, ThemesPage, themes as views},
};
use platform::{
    Ctx, pictures,
    theme::{
        ARCHIVE_BYTES, Color, Corners, Density, Font, Logo, PREVIEW_COOKIE, Pictures, Settings,
    },
    web::{
        Done, FieldProblem, FileField, Files, Incoming, Page, Path, Problem, Raw, StatusCode, Whole,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    routes::Desk,
    sign_in::{Moved, SAFE},
};

const PAGE: &str = "/admin/themes";
/// How long a browser tries a theme out unless it stops before, in seconds.
const PREVIEW: u32 = 7_200;

/// The addresses of the themes.
pub(crate) fn routes(routes: Desk) -> Desk {
    of_one(routes)
        .get(
            "/admin/themes",
            P::SettingsWrite,
            "The themes there are, and what is wrong with them",
            show,
        )
        .put(
            "/admin/theme",
            P::SettingsWrite,
            "Chooses the theme that shoppers see",
            choose,
        )
        .post(
            "/admin/theme/undo",
            P::SettingsWrite,
            "Takes back the last change of how the shop looks",
            undo,
        )
        .post(
            "/admin/theme/preview",
            P::SettingsWrite,
            "Shows a theme in this browser alone, before shoppers see it",
            preview,
        )
        .delete(
            "/admin/theme/preview",
            P::SettingsWrite,
            "Stops trying a theme out",
            stop_preview,
        )
        .post(
            "/admin/themes",
            P::SettingsWrite,
            "Brings in a theme from an archive",
            bring_in,
        )
}

/// What is done with one theme.
fn of_one(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/themes/{theme}",
            P::SettingsWrite,
            "One theme and what can be set of it",
            show_one,
        )
        .put(
            "/admin/themes/{theme}",
            P::SettingsWrite,
            "Sets colours, fonts, corners and room of a theme",
            save,
        )
        .post(
            "/admin/themes/{theme}/logo",
            P::SettingsWrite,
            "Sets a picture in place of the shop's name",
            set_logo,
        )
        .delete(
            "/admin/themes/{theme}/logo",
            P::SettingsWrite,
            "Takes the logo away",
            remove_logo,
        )
        .get(
            "/admin/themes/{theme}/archive",
            P::SettingsWrite,
            "A theme as one file",
            archive,
        )
}

/// A theme.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ThemePath {
    /// Its name.
    theme: String,
}

/// Which theme.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThemeForm {
    /// Its name.
    theme: String,
}

/// What is set of a theme. What is left out, or is as the theme itself has it, follows the theme.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsForm {
    /// The page, `#faf7f1`.
    #[serde(default)]
    paper: Option<Color>,
    /// Text.
    #[serde(default)]
    ink: Option<Color>,
    /// Buttons, links and what is chosen.
    #[serde(default)]
    accent: Option<Color>,
    /// Reduced prices and warnings.
    #[serde(default)]
    warm: Option<Color>,
    /// The font of text.
    #[serde(default)]
    text_font: Option<Font>,
    /// The font of headings.
    #[serde(default)]
    heading_font: Option<Font>,
    /// Corners.
    #[serde(default)]
    corners: Option<Corners>,
    /// How much room there is.
    #[serde(default)]
    density: Option<Density>,
    /// The shape of pictures of goods.
    #[serde(default)]
    pictures: Option<Pictures>,
}

/// The picture in place of the shop's name.
pub(crate) struct LogoFile;

impl FileField for LogoFile {
    const NAME: &'static str = "logo";
    const FILE_BYTES: usize = 4 << 20;
    const TYPES: &'static [&'static str] = pictures::TYPES;
}

/// A theme as an archive.
pub(crate) struct ThemeArchive;

impl FileField for ThemeArchive {
    const NAME: &'static str = "archive";
    const FILE_BYTES: usize = ARCHIVE_BYTES;
    const TYPES: &'static [&'static str] = &["application/gzip", ".tar.gz", ".tgz"];
}

/// A theme that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ThemeChanged {
    /// Its name.
    theme: String,
}

fn done(theme: String, next: String) -> Done<ThemeChanged> {
    Done::new(ThemeChanged { theme }, next)
}

fn page_of(theme: &str) -> String {
    format!("{PAGE}/{theme}")
}

async fn themes_page(
    desk: &Backoffice,
    ctx: &Ctx,
    tried: Option<String>,
) -> Result<ThemesPage, Problem> {
    let themes = Arc::clone(&desk.themes);
    let read = ctx.read(async move |rx, ctx| views::page(rx, ctx, &themes, tried).await);
    Ok(read.await?)
}

async fn theme_page(
    desk: &Backoffice,
    ctx: &Ctx,
    name: &str,
    tried: Option<String>,
) -> Result<ThemePage, Problem> {
    let (themes, name) = (Arc::clone(&desk.themes), name.to_owned());
    let read = ctx.read(async move |rx, ctx| views::one(rx, ctx, &themes, &name, tried).await);
    Ok(read.await?)
}

fn tried(incoming: &Incoming) -> Option<String> {
    incoming
        .cookie(PREVIEW_COOKIE)
        .filter(|name| !name.is_empty())
}

/// The themes there are.
pub(crate) async fn show(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<ThemesPage>, Problem> {
    Ok(Page::new(themes_page(&desk, &ctx, tried(&incoming)).await?))
}

/// One theme.
pub(crate) async fn show_one(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Whole(incoming)): (Path<ThemePath>, Whole),
) -> Result<Page<ThemePage>, Problem> {
    let page = theme_page(&desk, &ctx, &at.theme, tried(&incoming)).await?;
    Ok(Page::new(page))
}

/// A theme that there is.
fn known(desk: &Backoffice, name: String) -> Result<String, Problem> {
    if desk.themes.has(&name) {
        Ok(name)
    } else {
        Err(Problem::not_found())
    }
}

/// Chooses the theme that shoppers see.
pub(crate) async fn choose(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<ThemeForm>,
) -> Result<Done<ThemeChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let theme = known(&desk, value?.theme)?;
        let name = theme.clone();
        ctx.write(async move |tx, ctx| dress_shop::choose(tx, ctx, &name).await)
            .await?;
        Ok(done(theme, sent.next(PAGE)).flash("admin-flash-theme-chosen"))
    };
    sent.or_show(work, themes_page(&desk, &ctx, None)).await
}

/// Takes back the last change.
pub(crate) async fn undo(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<Nothing>,
) -> Result<Done<Moved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        ctx.write(async move |tx, ctx| dress_shop::undo(tx, ctx).await)
            .await?;
        Ok(Moved::to(sent.next(PAGE)).flash("admin-flash-theme-undone"))
    };
    sent.or_show(work, themes_page(&desk, &ctx, None)).await
}

/// Shows a theme in this browser alone. The cookie is only a name: the shop's pages follow it as long as the browser is
/// signed in as somebody who may change the settings.
pub(crate) async fn preview(
    desk: Arc<Backoffice>,
    _: Ctx,
    form: Form<ThemeForm>,
) -> Result<Done<Moved>, Problem> {
    let theme = known(&desk, form.value?.theme)?;
    let cookie = format!("{PREVIEW_COOKIE}={theme}; {SAFE}; Max-Age={PREVIEW}");
    Ok(Moved::to(form.sent.next("/")).header("set-cookie", cookie))
}

/// Stops trying a theme out.
pub(crate) async fn stop_preview(
    _: Arc<Backoffice>,
    _: Ctx,
    form: Form<Nothing>,
) -> Result<Done<Moved>, Problem> {
    form.value?;
    let cookie = format!("{PREVIEW_COOKIE}=; {SAFE}; Max-Age=0");
    Ok(Moved::to(form.sent.next(PAGE)).header("set-cookie", cookie))
}

/// Sets colours, fonts, corners and room of a theme.
pub(crate) async fn save(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ThemePath>, Form<SettingsForm>),
) -> Result<Done<ThemeChanged>, Problem> {
    let Form { value, sent } = form;
    let theme = known(&desk, at.theme)?;
    let work = async {
        let typed = value?;
        let new = Settings {
            paper: typed.paper,
            ink: typed.ink,
            accent: typed.accent,
            warm: typed.warm,
            text_font: typed.text_font,
            heading_font: typed.heading_font,
            corners: typed.corners,
            density: typed.density,
            pictures: typed.pictures,
        };
        let own = views::own_settings(&desk.themes, &theme);
        let name = theme.clone();
        ctx.write(async move |tx, ctx| dress_shop::set(tx, ctx, &name, new, own).await)
            .await?;
        Ok(done(theme.clone(), sent.next(page_of(&theme))).flash("admin-flash-saved"))
    };
    sent.or_show(work, theme_page(&desk, &ctx, &theme, None))
        .await
}

/// Sets the logo: taken as every picture is, so nothing that was sent is served.
pub(crate) async fn set_logo(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form, files): (Path<ThemePath>, Form<Nothing>, Files<LogoFile>),
) -> Result<Done<ThemeChanged>, Problem> {
    let Form { value, sent } = form;
    let theme = known(&desk, at.theme)?;
    let work = async {
        value?;
        let file = files.one()?;
        let kept = pictures::take(&desk.files, file.bytes.clone()).await;
        let kept = kept.map_err(|error| wrong("logo", error.key(), ("name", file.name.clone())))?;
        let logo = Logo {
            file: kept.key,
            width: kept.width,
            height: kept.height,
        };
        let name = theme.clone();
        ctx.write(async move |tx, ctx| {
            dress_shop::set_logo(tx, ctx, &name, Some(logo.clone())).await
        })
        .await?;
        Ok(done(theme.clone(), sent.next(page_of(&theme))).flash("admin-flash-saved"))
    };
    sent.or_show(work, theme_page(&desk, &ctx, &theme, None))
        .await
}

/// Takes the logo away.
pub(crate) async fn remove_logo(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ThemePath>, Form<Nothing>),
) -> Result<Done<ThemeChanged>, Problem> {
    form.value?;
    let theme = known(&desk, at.theme)?;
    let name = theme.clone();
    ctx.write(async move |tx, ctx| dress_shop::set_logo(tx, ctx, &name, None).await)
        .await?;
    let next = form.sent.next(page_of(&theme));
    Ok(done(theme, next).flash("admin-flash-saved"))
}

/// A theme as one file.
pub(crate) async fn archive(
    desk: Arc<Backoffice>,
    _: Ctx,
    Path(at): Path<ThemePath>,
) -> Result<Raw, Problem> {
    let (themes, name) = (Arc::clone(&desk.themes), at.theme.clone());
    let packing = tokio::task::spawn_blocking(move || themes.archive(&name));
    let packed = packing.await.map_err(Problem::internal)?;
    let bytes = packed
        .map_err(Problem::internal)?
        .ok_or_else(Problem::not_found)?;
    let disposition = format!("attachment; filename=\"{}.tar.gz\"", at.theme);
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "application/gzip",
        bytes: bytes.into(),
        headers: vec![("content-disposition", disposition)],
    })
}

/// Brings in a theme. Shoppers see nothing of it before it is chosen.
pub(crate) async fn bring_in(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (form, files): (Form<Nothing>, Files<ThemeArchive>),
) -> Result<Done<ThemeChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let file = files.one()?;
        let themes = Arc::clone(&desk.themes);
        let bytes = file.bytes.clone();
        let unpacking = tokio::task::spawn_blocking(move || themes.bring_in(&bytes));
        let taken = unpacking.await.map_err(Problem::internal)?;
        let theme = taken.map_err(|error| {
            let (key, what) = error.told();
            wrong("archive", key, ("what", what))
        })?;
        let name = theme.clone();
        ctx.write(async move |tx, ctx| dress_shop::brought_in(tx, ctx, &name).await)
            .await?;
        let next = sent.next(page_of(&theme));
        Ok(Done::created(ThemeChanged { theme }, next).flash("admin-flash-theme-added"))
    };
    sent.or_show(work, themes_page(&desk, &ctx, None)).await
}

/// What is wrong with a file that was sent.
fn wrong(field: &str, key: &'static str, arg: (&'static str, String)) -> Problem {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "error-invalid-input");
    problem.with_fields(vec![FieldProblem {
        field: field.to_owned(),
        key,
        args: vec![arg],
    }])
}
