//! Taking in the body of a request, within limits.

use std::time::Duration;

use axum::body::Body;
use tokio::sync::Semaphore;

use super::{
    StatusCode,
    input::Incoming,
    problem::Problem,
    upload::{self, Accepts},
};

/// The largest body of a request without files.
const BODY: usize = 2 << 20;
/// How long such a body may take to arrive, and an upload may wait for room.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How many MiB of uploads are in memory at once; more wait.
pub(super) const ROOM: usize = 192;

/// Reads the body. A form with files is taken apart as it arrives, where the route takes files.
///
/// # Errors
/// 408 for a body that stands still, 413 beyond the limit, 400 for a broken form, 503 when there is no room.
pub(super) async fn receive(
    incoming: &mut Incoming,
    body: Body,
    accepts: Option<&Accepts>,
    room: &Semaphore,
) -> Result<(), Problem> {
    if incoming.method.is_safe() {
        return Ok(());
    }
    let files = incoming
        .header("content-type")
        .filter(|kind| kind.starts_with("multipart/form-data"))
        .map(str::to_owned);
    if let (Some(kind), Some(accepts)) = (files, accepts) {
        let said = incoming
            .header("content-length")
            .and_then(|l| l.parse().ok());
        let size = said.unwrap_or(accepts.body_bytes).min(accepts.body_bytes);
        let units = u32::try_from((size >> 20) + 1).unwrap_or(u32::MAX);
        let busy = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "error-busy").retry_after(10);
        let _room = tokio::time::timeout(BODY_TIME, room.acquire_many(units))
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        incoming.upload = Some(upload::receive(body, &kind, accepts).await?);
        return Ok(());
    }
    incoming.body = tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, BODY))
        .await
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "error-timeout"))?
        .map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "error-too-large"))?;
    Ok(())
}

/// Lets the body of a refused request pass by, so that a browser sees the answer instead of a broken connection.
pub(super) async fn pass_over(incoming: &Incoming, body: Body) {
    if !incoming.method.is_safe() {
        upload::drain(body.into_data_stream(), BODY).await;
    }
}
