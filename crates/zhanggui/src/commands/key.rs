//! `zhanggui key create`: a key for a program, shown once.

use anyhow::Result;
use kernel::Role;
use platform::{audit::Deed, auth::keys};
use serde_json::{Value, json};

use crate::App;

/// Makes a key.
///
/// # Errors
/// Whatever the database says.
pub async fn create(app: &App, name: String, role: Role) -> Result<Value> {
    let ctx = app
        .ctx
        .recording(Deed::at_the_terminal("zhanggui key create"));
    let made = ctx.write(async move |tx, ctx| keys::create(tx, ctx, &name, role).await);
    let (id, key) = made.await?;
    Ok(json!({ "id": id, "key": key, "role": role }))
}
