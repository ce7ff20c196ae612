//! Files that come with a form (`multipart/form-data`): pictures, lists to import.
//!
//! A handler takes the text fields as it always does ([`Body`](super::Body) or a form of its face) and the files
//! beside them as [`Files`], whose type says under which name they come, how many and how large. A form without a
//! script is enough: `<form method="post" enctype="multipart/form-data">` with `<input type="file" name="…" multiple>`.
//!
//! ```
//! struct Lists;
//! impl platform::web::FileField for Lists {
//!     const NAME: &'static str = "list";
//!     const FILE_BYTES: usize = 8 << 20;
//!     const TYPES: &'static [&'static str] = &["text/csv"];
//! }
//! // async fn import(state: Arc<S>, ctx: Ctx, (form, lists): (Body<ImportForm>, Files<Lists>)) -> …
//! //     let list = lists.one()?;
//! ```
//!
//! What a file claims to be (its name, its media type) is a claim: whoever uses the bytes looks at them. A file that is
//! too large, or one too many, is a problem of its field, so the form comes back with everything that was typed; only a
//! request beyond the whole body's limit is refused unread. The doors come first: nobody without the permission can
//! make the shop keep a large body in memory.

use std::{marker::PhantomData, time::Duration};

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use multer::{Constraints, Field, Multipart, SizeLimit};
use schemars::SchemaGenerator;

use super::{
    StatusCode,
    input::{Incoming, Input},
    openapi::Operation,
    problem::{FieldProblem, Problem},
};
use crate::cards;

/// All text fields of one form together, and everything beside the files.
const TEXT_BYTES: usize = 2 << 20;
/// Parts of one form.
const PARTS: usize = 1_000;
/// How long nothing may arrive.
const STALL: Duration = Duration::from_secs(30);
/// How long an upload may take: 48 MiB over a slow line.
const WHOLE: Duration = Duration::from_secs(900);
/// What is read and thrown away of a body that is too large, so that a browser sees the answer instead of a broken
/// connection.
const DRAINED: usize = 64 << 20;

/// A field of a form that holds files.
pub trait FileField: Send + 'static {
    /// The field's name.
    const NAME: &'static str;
    /// How many files it may hold.
    const MOST: usize = 1;
    /// The largest file, in bytes.
    const FILE_BYTES: usize;
    /// The largest request, in bytes.
    const BODY_BYTES: usize = Self::MOST * Self::FILE_BYTES + TEXT_BYTES;
    /// Media types it is meant for, for the description and for the `accept` of the form's field.
    const TYPES: &'static [&'static str];
}

/// What a route accepts.
#[derive(Debug, Clone, Copy)]
pub struct Accepts {
    /// The field's name.
    pub field: &'static str,
    /// How many files.
    pub most: usize,
    /// The largest file, in bytes.
    pub file_bytes: usize,
    /// The largest request, in bytes.
    pub body_bytes: usize,
}

/// A file as it was sent.
#[derive(Clone)]
pub struct UploadedFile {
    /// Its name on the sender's device, without folders, for showing; empty when none was said.
    pub name: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl std::fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} ({} bytes)", self.name, self.bytes.len())
    }
}

/// A form with files, read.
#[derive(Debug, Default)]
pub struct Upload {
    /// Names and texts of the fields that are no files, in the order they were sent.
    pub texts: Vec<(String, String)>,
    /// The files.
    pub files: Vec<UploadedFile>,
    /// What is wrong with files that were left out.
    pub refused: Vec<FieldProblem>,
}

/// The files of a form beside its text fields. Reading it never fails, so that the form's other fields are checked and
/// kept as well; the problem comes out when the files are taken.
pub struct Files<F> {
    value: Result<Vec<UploadedFile>, Problem>,
    field: PhantomData<F>,
}

impl<F: FileField> Files<F> {
    /// All files, perhaps none.
    ///
    /// # Errors
    /// 422 at the field when a file was too large or one too many.
    pub fn all(self) -> Result<Vec<UploadedFile>, Problem> {
        self.value
    }

    /// All files, at least one.
    ///
    /// # Errors
    /// As [`Files::all`], or 422 at the field when there is none.
    pub fn some(self) -> Result<Vec<UploadedFile>, Problem> {
        match self.value {
            Ok(files) if files.is_empty() => Err(missing(F::NAME)),
            other => other,
        }
    }

    /// The one file of a field that holds one.
    ///
    /// # Errors
    /// As [`Files::some`].
    pub fn one(self) -> Result<UploadedFile, Problem> {
        self.value?
            .into_iter()
            .next()
            .ok_or_else(|| missing(F::NAME))
    }
}

fn missing(field: &str) -> Problem {
    Problem::invalid("error-invalid-input").field(field, "error-file-missing")
}

impl<F: FileField> Input for Files<F> {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.files(F::NAME, F::MOST, F::TYPES);
    }

    fn accepts() -> Option<Accepts> {
        Some(Accepts {
            field: F::NAME,
            most: F::MOST,
            file_bytes: F::FILE_BYTES,
            body_bytes: F::BODY_BYTES,
        })
    }

    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        let value = match &incoming.upload {
            None => Ok(Vec::new()),
            Some(upload) if upload.refused.is_empty() => Ok(upload.files.clone()),
            Some(upload) => {
                Err(Problem::invalid("error-invalid-input").with_fields(upload.refused.clone()))
            }
        };
        Ok(Self {
            value,
            field: PhantomData,
        })
    }
}

/// Reads a `multipart/form-data` body.
///
/// # Errors
/// 400 for a body that ends early or is none, 408 for one that stands still, 413 beyond the limit.
pub(super) async fn receive(
    body: Body,
    content_type: &str,
    accepts: &Accepts,
) -> Result<Upload, Problem> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| broken())?;
    let mut stream = body.into_data_stream();
    let most = u64::try_from(accepts.body_bytes).unwrap_or(u64::MAX);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(most));
    let mut parts = Multipart::with_constraints(&mut stream, boundary, limits);
    let read = tokio::time::timeout(WHOLE, read_parts(&mut parts, accepts)).await;
    let read = read.unwrap_or_else(|_| Err(too_slow()));
    drop(parts);
    if read
        .as_ref()
        .is_err_and(|problem| problem.status() == StatusCode::PAYLOAD_TOO_LARGE)
    {
        drain(stream, DRAINED).await;
    }
    read
}

/// Reads what is left of a body and throws it away, up to so many bytes and as long as it flows.
pub(super) async fn drain(mut stream: BodyDataStream, most: usize) {
    let mut seen = 0_usize;
    while let Ok(Some(Ok(chunk))) = tokio::time::timeout(STALL, stream.next()).await {
        seen = seen.saturating_add(chunk.len());
        if seen > most {
            return;
        }
    }
}

async fn read_parts(parts: &mut Multipart<'_>, accepts: &Accepts) -> Result<Upload, Problem> {
    let (mut upload, mut count, mut text_bytes) = (Upload::default(), 0_usize, 0_usize);
    while let Some(mut field) = flowing(parts.next_field()).await? {
        count += 1;
        if count > PARTS {
            return Err(too_large());
        }
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name().map(plain_name) {
            read_file(&mut upload, field, &name, file_name, accepts).await?;
            continue;
        }
        let mut text = Vec::new();
        while let Some(chunk) = flowing(field.chunk()).await? {
            text_bytes = text_bytes.saturating_add(chunk.len());
            if text_bytes > TEXT_BYTES {
                return Err(too_large());
            }
            text.extend_from_slice(&chunk);
        }
        upload
            .texts
            .push((name, String::from_utf8_lossy(&text).into_owned()));
    }
    Ok(upload)
}

async fn read_file(
    upload: &mut Upload,
    mut field: Field<'_>,
    name: &str,
    file_name: String,
    accepts: &Accepts,
) -> Result<(), Problem> {
    let mut bytes = BytesMut::new();
    let mut size = 0_usize;
    let wanted = name == accepts.field && upload.files.len() < accepts.most;
    while let Some(chunk) = flowing(field.chunk()).await? {
        size = size.saturating_add(chunk.len());
        if wanted && size <= accepts.file_bytes {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = BytesMut::new();
        }
    }
    // A file field that nothing was chosen for is sent as an empty file without a name.
    if size == 0 && file_name.is_empty() {
        return Ok(());
    }
    let refused = |key, args| FieldProblem {
        field: name.to_owned(),
        key,
        args,
    };
    if name != accepts.field {
        upload
            .refused
            .push(refused("error-unknown-field", Vec::new()));
    } else if !wanted {
        let most = vec![("count", accepts.most.to_string())];
        upload.refused.push(refused("error-files-too-many", most));
    } else if size > accepts.file_bytes {
        let limit = (accepts.file_bytes >> 20).max(1).to_string();
        let args = vec![("name", file_name), ("limit", limit)];
        upload.refused.push(refused("error-file-too-large", args));
    } else {
        upload.files.push(UploadedFile {
            name: file_name,
            bytes: bytes.freeze(),
        });
    }
    Ok(())
}

/// The last part of a path, as some browsers send one; at most 200 characters, none of them for controlling anything, and
/// no number of a card (P12).
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    cards::masked(&plain).into_owned()
}

async fn flowing<T>(reading: impl Future<Output = Result<T, multer::Error>>) -> Result<T, Problem> {
    match tokio::time::timeout(STALL, reading).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(multer::Error::StreamSizeExceeded { .. })) => Err(too_large()),
        Ok(Err(_)) => Err(broken()),
        Err(_) => Err(too_slow()),
    }
}

const fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "error-upload-broken")
}

const fn too_slow() -> Problem {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "error-timeout")
}

const fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "error-too-large")
}
