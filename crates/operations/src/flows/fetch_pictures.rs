//! Pictures that a file of goods named by their addresses: each is fetched by a job of its own, made anew like every
//! picture that is sent (A14, A15), and hung into its product's set in the transaction that ends the job.

use catalog::{
    CatalogError, NewMedia,
    picture_import::{self, PictureRow, PictureState, Place},
};
use platform::{
    Ctx,
    files::Files,
    jobs::{Failure, JobRun},
    outgoing::Fetcher,
    pictures::{self, Kept, PictureError},
};

use crate::FlowError;

/// Why there is no picture.
enum Missed {
    /// It may be there later.
    Again(&'static str),
    /// It will not be.
    Never(&'static str),
    /// The shop's own fault.
    Own(String),
}

/// Fetches the picture of one job. What cannot be had is told on the page of its import and is no dead letter.
pub(crate) async fn fetch(
    ctx: Ctx,
    run: JobRun,
    files: &Files,
    fetcher: &Fetcher,
) -> Result<(), Failure> {
    let place: Place = run.payload()?;
    let found = ctx
        .read(async move |rx, _| picture_import::at(rx, place).await)
        .await
        .map_err(|error| again(&error.into()))?;
    let Some(row) = found.filter(|row| row.state == PictureState::Waiting) else {
        return Ok(());
    };
    match have(&row, files, fetcher).await {
        Ok(kept) => hang(&ctx, &run, row, kept).await,
        Err(Missed::Again(reason)) if run.attempt < run.max_attempts => {
            Err(Failure::Retry(format!("{reason}: {}", row.wanted.address)))
        }
        Err(Missed::Again(reason) | Missed::Never(reason)) => {
            let giving = ctx.write(async move |tx, ctx| {
                picture_import::give_up(tx, place, reason).await?;
                Ok::<_, FlowError>(run.complete(tx, ctx).await?)
            });
            giving.await.map_err(|error| again(&error))
        }
        Err(Missed::Own(error)) => Err(Failure::Retry(error)),
    }
}

fn again(error: &FlowError) -> Failure {
    Failure::Retry(error.to_string())
}

async fn have(row: &PictureRow, files: &Files, fetcher: &Fetcher) -> Result<Kept, Missed> {
    let bytes = fetcher.get(&row.wanted.address, pictures::FILE_BYTES).await;
    let bytes = bytes.map_err(|error| {
        if error.may_pass() {
            Missed::Again(error.key())
        } else {
            Missed::Never(error.key())
        }
    })?;
    let taken = pictures::take(files, bytes.into()).await;
    taken.map_err(|error| match error {
        PictureError::Disk(error) => Missed::Own(error.to_string()),
        error => Missed::Never(error.key()),
    })
}

/// Hangs what was fetched; a set that is full tells so on the page of the import.
async fn hang(ctx: &Ctx, run: &JobRun, row: PictureRow, kept: Kept) -> Result<(), Failure> {
    let run = run.clone();
    let new = NewMedia {
        file_key: kept.key,
        alt: row.wanted.alt.clone(),
        width: i64::from(kept.width),
        height: i64::from(kept.height),
    };
    let hanging = ctx.write(async move |tx, ctx| {
        let hung = tx
            .attempt(async |tx| picture_import::arrived(tx, ctx, &row, new.clone()).await)
            .await;
        match hung {
            Ok(()) => {}
            Err(CatalogError::Db(error)) => return Err(error.into()),
            Err(error) => picture_import::give_up(tx, row.place, error.key()).await?,
        }
        Ok::<_, FlowError>(run.complete(tx, ctx).await?)
    });
    hanging.await.map_err(|error| again(&error))
}
