//! Listening, and stopping cleanly: on a signal no new connection is taken and requests under way finish.

use std::net::SocketAddr;

use axum::{Router, ServiceExt, extract::Request};
use tokio::{net::TcpListener, sync::watch};
use tower::Layer;

use super::app::rewrite;

/// Serves until `stop` turns true, then drains.
///
/// # Errors
/// What the network said.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let service = tower::util::MapRequestLayer::new(rewrite).layer(router);
    let make = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(service);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    axum::serve(listener, make)
        .with_graceful_shutdown(async move {
            while !*stop.borrow() {
                if stop.changed().await.is_err() {
                    break;
                }
            }
        })
        .await
}
