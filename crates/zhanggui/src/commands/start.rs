//! `zhanggui init` and `demo`: a shop where there was none.

use std::fs;

use anyhow::{Result, ensure};
use kernel::{Email, Role};
use operations::flows::dress_shop;
use platform::{audit::Deed, auth::staff, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::simulate::{Simulate, start_of_day};
use crate::{App, Config};

/// The file that marks a data folder as a demonstration.
const MARK: &str = "demo.json";
/// Days of history that a demonstration has.
const DAYS: i64 = 90;
/// Visitors of a day in that history.
const VISITORS: u32 = 48;
/// The seed of that history.
const SEED: u64 = 20_261_122;

#[derive(Debug, Default, Serialize, Deserialize)]
struct DemoState {
    ready: bool,
}

/// Sets up an empty shop with its first owner, who gets a link to set a password; there is no default password (A19).
///
/// # Errors
/// An address that is none, or that somebody has already.
pub async fn init(app: &App, email: &str, name: &str) -> Result<Value> {
    let email = Email::parse(email)?;
    let name = name.to_owned();
    let url = app.config.public_url();
    let ctx = app.ctx.recording(Deed::at_the_terminal("zhanggui init"));
    ctx.write(async move |tx, ctx| operations::shop::prepare(tx, ctx, &url).await)
        .await?;
    let invited =
        ctx.write(async move |tx, ctx| staff::invite(tx, ctx, &email, &name, Role::Owner).await);
    let (id, token) = invited.await?;
    Ok(
        json!({ "owner": id, "invitation": format!("{}/admin/invitations/{token}", app.config.public_url()) }),
    )
}

/// Refuses a data folder that has something else in it.
///
/// # Errors
/// A folder that is not empty and no demonstration.
pub fn claim(config: &Config) -> Result<()> {
    let folder = &config.data_dir;
    let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let known = folder.join(MARK).exists();
    ensure!(
        empty || known,
        "{} is not empty and no demonstration; choose another --data-dir",
        folder.display()
    );
    fs::create_dir_all(folder)?;
    if !known {
        fs::write(folder.join(MARK), "{}\n")?;
    }
    Ok(())
}

/// Makes the demonstration unless it is there already: goods, ninety days of shoppers, a first owner.
///
/// # Errors
/// A command that refused what it must accept.
pub async fn demo(app: &App) -> Result<Value> {
    let state: DemoState = app
        .ctx
        .read(async |rx, _| settings::load(rx, "demo").await)
        .await?;
    if !state.ready {
        let url = app.config.public_url();
        let from = start_of_day(app, app.ctx.now().plus_seconds(-DAYS * 86_400));
        let opened = simulation::open_shop(&app.ctx, &app.files, &url, DAYS).await?;
        let what = Simulate {
            products: None,
            days: DAYS,
            visitors_per_day: VISITORS,
            seed: SEED,
            from: Some(from),
        };
        let report = super::simulate::run(app, what).await?;
        simulation::restock(&app.ctx, &opened).await?;
        simulation::leave_work(&app.ctx).await?;
        app.ctx
            .write(async |tx, ctx| {
                settings::save(tx, ctx, "demo", &DemoState { ready: true }).await
            })
            .await?;
        tracing::info!(%report, "the demonstration is set up");
    }
    owner(app).await
}

/// Puts a theme on, as the owner would.
///
/// # Errors
/// A theme that there is not, or whatever the database says.
pub async fn wear(app: &App, theme: String) -> Result<()> {
    let known = app.themes.offered().into_iter().map(|theme| theme.name);
    let known: Vec<String> = known.collect();
    ensure!(
        known.contains(&theme),
        "no theme {theme}; there are {}",
        known.join(", ")
    );
    app.ctx
        .write(async move |tx, ctx| dress_shop::choose(tx, ctx, &theme).await)
        .await?;
    Ok(())
}

/// A fresh link for the demonstration's owner, as long as nobody has set a password.
async fn owner(app: &App) -> Result<Value> {
    let known = app.ctx.read(async |rx, _| staff::list(rx).await).await?;
    let invited = match known.first() {
        Some(staff) if staff.state == "invited" => {
            let id = staff.id;
            Some(
                app.ctx
                    .write(async move |tx, ctx| staff::reinvite(tx, ctx, id).await)
                    .await?,
            )
        }
        Some(_) => None,
        None => {
            let email = Email::parse("owner@example.com")?;
            Some(
                app.ctx
                    .write(async move |tx, ctx| {
                        staff::invite(tx, ctx, &email, "店主", Role::Owner).await
                    })
                    .await?
                    .1,
            )
        }
    };
    let link =
        invited.map(|token| format!("{}/admin/invitations/{token}", app.config.public_url()));
    Ok(json!({ "invitation": link }))
}
