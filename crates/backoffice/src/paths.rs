//! What stands in the paths of the back office.

use kernel::{
    ApiKeyId, BankReceiptId, BreakId, BulkEditId, CartId, CollectionId, CustomerId,
    DeliveryMethodId, DeliveryZoneId, InquiryId, JobId, LocationId, OrderId, PageId, ParcelId,
    PaymentCaseId, PictureImportId, ProductId, RefundId, SavedViewId, StaffId, StockTransferId,
    VariantId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::forms::Count;

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        pub(crate) struct $name { $( $(#[$field_doc])* pub(crate) $field: $type, )+ }
    )*};
}

paths! {
    /// An order.
    OrderPath {
        /// The order.
        id: OrderId,
    }
    /// A place where stock lies.
    PlacePath {
        /// The place.
        id: LocationId,
    }
    /// Goods on their way between two places.
    TransferPath {
        /// The transfer.
        id: StockTransferId,
    }
    /// An order that staff put together.
    DraftPath {
        /// The draft.
        id: CartId,
    }
    /// A parcel of an order.
    ParcelPath {
        /// The order.
        id: OrderId,
        /// The parcel.
        parcel_id: ParcelId,
    }
    /// A refund of an order.
    RefundPath {
        /// The order.
        id: OrderId,
        /// The refund.
        refund_id: RefundId,
    }
    /// A failed payment that somebody helps with.
    CasePath {
        /// The case.
        id: PaymentCaseId,
    }
    /// A difference between a provider's books and ours.
    BreakPath {
        /// The difference.
        id: BreakId,
    }
    /// Money that arrived at the bank.
    ReceiptPath {
        /// The receipt.
        id: BankReceiptId,
    }
    /// What a customer asks.
    InquiryPath {
        /// The inquiry.
        id: InquiryId,
    }
    /// A product.
    ProductPath {
        /// The product.
        id: ProductId,
    }
    /// A collection.
    CollectionPath {
        /// The collection.
        id: CollectionId,
    }
    /// A product in a collection.
    MemberPath {
        /// The collection.
        id: CollectionId,
        /// The product.
        product_id: ProductId,
    }
    /// An option of a product.
    OptionPath {
        /// The product.
        id: ProductId,
        /// The option's place, from 0.
        option: String,
    }
    /// A picture of a product.
    PicturePath {
        /// The product.
        id: ProductId,
        /// The picture.
        picture_id: kernel::MediaId,
    }
    /// A variant.
    VariantPath {
        /// The variant.
        id: VariantId,
    }
    /// A part of a bundle.
    BundlePartPath {
        /// The bundle.
        id: VariantId,
        /// The part.
        part_id: VariantId,
    }
    /// A change of many products.
    BulkEditPath {
        /// The edit.
        id: BulkEditId,
    }
    /// The pictures of a file of goods.
    PictureImportPath {
        /// The import.
        id: PictureImportId,
    }
    /// A job.
    JobPath {
        /// The job.
        id: JobId,
    }
    /// A member of staff.
    StaffPath {
        /// Their account.
        id: StaffId,
    }
    /// A key for a program.
    KeyPath {
        /// The key.
        id: ApiKeyId,
    }
    /// A customer.
    CustomerPath {
        /// The customer.
        id: CustomerId,
    }
    /// A kept view of a list.
    ViewPath {
        /// The view.
        id: SavedViewId,
    }
    /// A way to deliver.
    DeliveryMethodPath {
        /// The way.
        id: DeliveryMethodId,
    }
    /// A zone.
    DeliveryZonePath {
        /// The zone.
        id: DeliveryZoneId,
    }
    /// A page of the shop.
    ShopPagePath {
        /// The page.
        id: PageId,
    }
    /// A block of a page.
    BlockPath {
        /// The page.
        id: PageId,
        /// The block's name within the page.
        block: String,
    }
    /// An earlier draft of a page.
    VersionPath {
        /// The page.
        id: PageId,
        /// The draft's number.
        revision: Count,
    }
    /// An invitation.
    InvitationPath {
        /// The secret of the link.
        token: String,
    }
    /// A page of the manual.
    HelpPath {
        /// The page: `orders`, …
        page: String,
    }
    /// A picture of the manual.
    HelpPicturePath {
        /// The language of the words in it.
        language: String,
        /// The file.
        file: String,
    }
    /// A kind of message.
    MessagePath {
        /// The kind: `order_shipped`, …
        kind: String,
    }
}
