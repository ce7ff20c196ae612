//! How the shop looks: which theme it wears and what is set of it. Every step can be taken back.

use platform::{
    Ctx, DbError, Rx, Tx, settings,
    theme::{AllValues, BASE, Logo, Settings, Unreadable},
    web::FieldProblem,
};
use serde::{Deserialize, Serialize};

use crate::FlowError;

/// Settings key of [`Dress`].
pub const SETTING: &str = "theme";
/// Steps that can be taken back.
const STEPS: usize = 20;

/// How the shop looks, and how it looked before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dress {
    /// How it looks now.
    pub now: Choice,
    /// How it looked before, the newest last.
    pub before: Vec<Choice>,
}

/// A theme, and what is set of each theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// The theme that shoppers see.
    pub theme: String,
    /// What is set of each theme.
    pub values: AllValues,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            theme: BASE.to_owned(),
            values: AllValues::new(),
        }
    }
}

/// How the shop looks.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Dress, DbError> {
    settings::load(rx, SETTING).await
}

/// Chooses the theme that shoppers see. That there is one is for the caller to know, who has the themes.
///
/// # Errors
/// Whatever the database says.
pub async fn choose(tx: &mut Tx, ctx: &Ctx, theme: &str) -> Result<(), FlowError> {
    step(tx, ctx, |choice| theme.clone_into(&mut choice.theme)).await
}

/// Sets colours, fonts and the like of a theme; `own` is what the theme itself says, which is not kept again.
///
/// # Errors
/// [`FlowError::Fields`] with every colour that could not be read where the shop uses it.
pub async fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    theme: &str,
    new: Settings,
    own: Settings,
) -> Result<(), FlowError> {
    let known = own.unreadable();
    let wrong: Vec<FieldProblem> = new
        .over(own)
        .unreadable()
        .into_iter()
        .filter(|found| !known.contains(found))
        .map(|found| too_faint(&found))
        .collect();
    if !wrong.is_empty() {
        return Err(FlowError::Fields(wrong));
    }
    let new = new.beside(own);
    step(tx, ctx, |choice| {
        choice.values.entry(theme.to_owned()).or_default().settings = new;
    })
    .await
}

fn too_faint(found: &Unreadable) -> FieldProblem {
    let (whole, rest) = (found.contrast / 100, found.contrast % 100);
    FieldProblem {
        field: found.setting.to_owned(),
        key: "error-theme-contrast",
        args: vec![
            ("contrast", format!("{whole}.{rest:02}")),
            ("instead", found.instead.to_string()),
        ],
    }
}

/// Sets the picture in place of the shop's name, or takes it away.
///
/// # Errors
/// Whatever the database says.
pub async fn set_logo(
    tx: &mut Tx,
    ctx: &Ctx,
    theme: &str,
    logo: Option<Logo>,
) -> Result<(), FlowError> {
    step(tx, ctx, |choice| {
        choice.values.entry(theme.to_owned()).or_default().logo = logo;
    })
    .await
}

/// Notes that a theme was brought in: it begins without what was set of a former one of the same name.
///
/// # Errors
/// Whatever the database says.
pub async fn brought_in(tx: &mut Tx, ctx: &Ctx, theme: &str) -> Result<(), FlowError> {
    tx.about(|| format!("theme:{theme}"));
    step(tx, ctx, |choice| {
        choice.values.remove(theme);
    })
    .await
}

/// Takes the last step back.
///
/// # Errors
/// [`FlowError::NotEditable`] when there is none.
pub async fn undo(tx: &mut Tx, ctx: &Ctx) -> Result<(), FlowError> {
    settings::change(tx, ctx, SETTING, |dress: &mut Dress| {
        let before = dress.before.pop();
        dress.now = before.ok_or(FlowError::NotEditable("error-theme-nothing-before"))?;
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}

async fn step(tx: &mut Tx, ctx: &Ctx, change: impl FnOnce(&mut Choice)) -> Result<(), FlowError> {
    settings::change(tx, ctx, SETTING, |dress: &mut Dress| {
        let before = dress.now.clone();
        change(&mut dress.now);
        if dress.now != before {
            dress.before.push(before);
            let extra = dress.before.len().saturating_sub(STEPS);
            dress.before.drain(..extra);
        }
        Ok::<_, FlowError>(())
    })
    .await
    .map(|_| ())
}
