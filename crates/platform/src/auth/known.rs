//! Browsers that have signed in to an account before.
//!
//! After a sign-in the browser gets a mark that only this shop can make and that belongs to one account. It proves
//! nothing but that this browser was let in once, so that tries of strangers cannot use up its own (A13).

use serde::{Deserialize, Serialize};

use crate::{Ctx, DbError, Tx, params, secret, settings};

/// Settings key of the secret.
const KEY: &str = "known_browsers";

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Secret(String);

/// A fresh mark for a browser that was just let in to an account.
///
/// # Errors
/// Whatever the database says.
pub async fn cookie(ctx: &Ctx, account: &str) -> Result<String, DbError> {
    let secret = shop_secret(ctx).await?;
    let browser = secret::random_token();
    let proof = proof(&secret, account, &browser);
    Ok(format!("{browser}.{proof}"))
}

/// The browser behind a mark, if the mark is for this account.
///
/// # Errors
/// Whatever the database says.
pub async fn recognise(ctx: &Ctx, account: &str, cookie: &str) -> Result<Option<String>, DbError> {
    let Some((browser, given)) = cookie.split_once('.') else {
        return Ok(None);
    };
    let expected = proof(&shop_secret(ctx).await?, account, browser);
    Ok(secret::same(given, &expected).then(|| browser.to_owned()))
}

fn proof(secret: &str, account: &str, browser: &str) -> String {
    let message = format!("{} {browser}", account.trim().to_lowercase());
    secret::hmac_hex(secret.as_bytes(), message.as_bytes())
}

/// The shop's secret, made when it is first needed.
async fn shop_secret(ctx: &Ctx) -> Result<String, DbError> {
    let known: Secret = ctx
        .read(async |rx, _| settings::load(rx, KEY).await)
        .await?;
    if !known.0.is_empty() {
        return Ok(known.0);
    }
    let made: Secret = ctx
        .unrecorded()
        .write(async |tx: &mut Tx, ctx: &Ctx| {
            let fresh = serde_json::json!(secret::random_token());
            let sql = "INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING";
            tx.execute(sql, params![KEY, fresh, ctx.now(), ctx.actor().label()]).await?;
            settings::load(tx, KEY).await
        })
        .await?;
    Ok(made.0)
}
