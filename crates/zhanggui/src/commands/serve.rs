//! `zhanggui serve` and `worker`: run until told to stop, then finish what is under way.

use anyhow::{Context, Result};
use tokio::{net::TcpListener, sync::watch};

use crate::{App, Config};

/// Turns true at Ctrl-C or at a request to terminate.
#[must_use]
pub fn stop_signal() -> watch::Receiver<bool> {
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        let mut terminate =
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(signal) => signal,
                Err(error) => {
                    tracing::warn!(%error, "only Ctrl-C will stop the program");
                    let _ = tokio::signal::ctrl_c().await;
                    let _ = tell.send(true);
                    return;
                }
            };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: finishing what is under way");
        let _ = tell.send(true);
    });
    told
}

/// Takes the address to answer at. With port 0 the system chooses one, and it stands in the configuration from then on:
/// links are made of it.
///
/// # Errors
/// An address that is taken.
pub async fn listen(config: &mut Config) -> Result<TcpListener> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listening at {}", config.listen))?;
    config.listen = listener.local_addr()?;
    Ok(listener)
}

/// Serves the shop at `listener` and does its background work.
///
/// # Errors
/// What the database or the network said.
#[expect(clippy::print_stdout, reason = "the line that tools wait for")]
pub async fn serve(app: &App, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<()> {
    app.announce().await?;
    app.forget_again().await?;
    app.refresh_search().await?;
    println!("ready http://{}", listener.local_addr()?);
    app.serve(listener, stop).await
}

/// Does background work alone, beside other nodes that serve.
///
/// # Errors
/// What the database said.
pub async fn worker(app: &App, stop: watch::Receiver<bool>) -> Result<()> {
    if app.config.public_url.is_some() {
        app.announce().await?;
    }
    app.work(stop).await
}
