//! What can be wrong with delivery, as business facts.

use kernel::ParcelId;
use platform::DbError;

/// Why a command of this domain refused. Except for [`FulfilmentError::Db`], nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum FulfilmentError {
    /// Nobody of this code carries parcels.
    #[error("no carrier {0:?}")]
    UnknownCarrier(String),
    /// The carrier gives numbers, and none was entered.
    #[error("the parcel needs the carrier's tracking number")]
    TrackingNumberMissing,
    /// Not letters, digits and hyphens, or too long.
    #[error("not a tracking number")]
    InvalidTrackingNumber,
    /// Another parcel has this number.
    #[error("another parcel of this carrier has the number {0}")]
    TrackingNumberTaken(String),
    /// A parcel with nothing in it, or with zero or negative units.
    #[error("a parcel holds at least one unit of each of its lines")]
    EmptyParcel,
    /// There is no such parcel.
    #[error("there is no {0}")]
    UnknownParcel(ParcelId),
    /// Another way to deliver has this code.
    #[error("a way to deliver with the code {0:?} exists already")]
    DeliveryCodeTaken(String),
    /// There is no such way to deliver.
    #[error("there is no such way to deliver")]
    UnknownDelivery,
    /// A way to deliver without name or code, or with impossible figures; names the field.
    #[error("the way to deliver is wrong in {0}")]
    InvalidDelivery(&'static str),
    /// There is no such zone.
    #[error("there is no such zone")]
    UnknownZone,
    /// Two zones would have one place.
    #[error("{place} is in the zone {zone} already")]
    PlaceTaken {
        /// The country or region.
        place: String,
        /// The other zone.
        zone: String,
    },
    /// A calendar by which nothing could ever leave; names the field.
    #[error("the calendar is wrong in {0}")]
    InvalidCalendar(&'static str),
    /// The database failed; the transaction is over.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl FulfilmentError {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::UnknownCarrier(_) => "error-parcel-carrier",
            Self::TrackingNumberMissing => "error-parcel-tracking-missing",
            Self::InvalidTrackingNumber => "error-parcel-tracking-invalid",
            Self::TrackingNumberTaken(_) => "error-parcel-tracking-taken",
            Self::EmptyParcel => "error-parcel-empty",
            Self::UnknownParcel(_) => "error-parcel-unknown",
            Self::DeliveryCodeTaken(_) => "error-delivery-code-taken",
            Self::UnknownDelivery => "error-delivery-unknown",
            Self::InvalidDelivery(_) => "error-delivery-invalid",
            Self::UnknownZone => "error-delivery-zone-unknown",
            Self::PlaceTaken { .. } => "error-delivery-place-taken",
            Self::InvalidCalendar(_) => "error-calendar-invalid",
            Self::Db(error) if error.is_busy() => "error-busy",
            Self::Db(_) => "error-internal",
        }
    }
}
