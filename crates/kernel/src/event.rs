//! The names of everything that can happen, on one stream: Segment's e-commerce words for what shoppers do, the
//! shop's own words for its acts.

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $( $(#[$doc])* pub const $name: &str = $text; )*

        /// Every event name, for documents and tests.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

events! {
    /// A page was opened.
    PAGE_VIEWED = "Page Viewed";
    /// Cards of products came into view (展現).
    PRODUCT_LIST_VIEWED = "Product List Viewed";
    /// A product's page was opened.
    PRODUCT_VIEWED = "Product Viewed";
    /// Somebody searched.
    PRODUCTS_SEARCHED = "Products Searched";
    /// A browser wished to be shown no longer what it had looked at.
    RECENTLY_VIEWED_CLEARED = "Recently Viewed Cleared";
    /// Units were put into a cart.
    PRODUCT_ADDED = "Product Added";
    /// Units were taken out of a cart.
    PRODUCT_REMOVED = "Product Removed";
    /// The cart page was opened.
    CART_VIEWED = "Cart Viewed";
    /// The checkout page was opened with something in the cart.
    CHECKOUT_STARTED = "Checkout Started";
    /// Address, delivery and payment were accepted.
    PAYMENT_INFO_ENTERED = "Payment Info Entered";
    /// A contact was clicked or a message sent (詢單).
    INQUIRY_STARTED = "Inquiry Started";
    /// A message of a customer was answered.
    INQUIRY_ANSWERED = "Inquiry Answered";
    /// An order exists (下單).
    ORDER_PLACED = "Order Placed";
    /// Staff placed an order for a customer.
    ORDER_ASSISTED = "Order Assisted";
    /// An order's goods, delivery or address changed before it was packed.
    ORDER_UPDATED = "Order Updated";
    /// An order goes before others, or no longer.
    ORDER_PRIORITY_CHANGED = "Order Priority Changed";
    /// An order was promised for a later time.
    ORDER_DELAYED = "Order Delayed";
    /// An order is paid, or due on delivery and confirmed (付款); Segment's purchase.
    ORDER_COMPLETED = "Order Completed";
    /// An order was cancelled.
    ORDER_CANCELLED = "Order Cancelled";
    /// An order was not paid in time and closed.
    ORDER_EXPIRED = "Order Expired";
    /// An order that its buyer had called off was restored.
    ORDER_RESTORED = "Order Restored";
    /// An order goes to another address.
    ORDER_READDRESSED = "Order Readdressed";
    /// An order's goods were taken from the shelf.
    ORDER_PICKED = "Order Picked";
    /// An order is complete and past its return window.
    ORDER_CLOSED = "Order Closed";
    /// Money was given back.
    ORDER_REFUNDED = "Order Refunded";
    /// A payment was asked for.
    PAYMENT_STARTED = "Payment Started";
    /// Money arrived for an order.
    PAYMENT_SUCCEEDED = "Payment Succeeded";
    /// A payment was declined.
    PAYMENT_FAILED = "Payment Failed";
    /// Nobody knows yet how a payment ended.
    PAYMENT_UNKNOWN = "Payment Unknown";
    /// Money arrived that fits no order, or not the one it names.
    PAYMENT_QUARANTINED = "Payment Quarantined";
    /// A shopper's bank asked for money back, and how that ended.
    PAYMENT_DISPUTED = "Payment Disputed";
    /// A parcel left.
    PARCEL_SHIPPED = "Parcel Shipped";
    /// A parcel arrived.
    PARCEL_DELIVERED = "Parcel Delivered";
    /// Stock was reserved for an order.
    STOCK_HELD = "Stock Held";
    /// A reservation ended without a sale.
    STOCK_RELEASED = "Stock Released";
    /// What is kept for an order is kept at another place now.
    STOCK_MOVED = "Stock Moved";
    /// Goods left one of the shop's places for another.
    TRANSFER_SENT = "Transfer Sent";
    /// Goods from another of the shop's places arrived, whole or in part.
    TRANSFER_RECEIVED = "Transfer Received";
    /// Stock changed by receipt, count, correction or return.
    STOCK_ADJUSTED = "Stock Adjusted";
    /// Stock fell to its alert level.
    STOCK_LOW = "Stock Low";
    /// A paid order has no stock any more; somebody must decide.
    STOCK_SHORT = "Stock Short";
    /// A product went on sale.
    PRODUCT_PUBLISHED = "Product Published";
    /// A product, its variants or its collections changed.
    PRODUCT_UPDATED = "Product Updated";
    /// A product went off sale.
    PRODUCT_UNPUBLISHED = "Product Unpublished";
    /// A price changed.
    PRICE_CHANGED = "Price Changed";
    /// A customer opened an account.
    SIGNED_UP = "Signed Up";
    /// A customer signed in.
    SIGNED_IN = "Signed In";
    /// A customer changed how they sign in.
    CREDENTIALS_CHANGED = "Credentials Changed";
    /// What the shop knows about a customer was changed by its people.
    CUSTOMER_UPDATED = "Customer Updated";
    /// A customer's personal data was erased.
    CUSTOMER_ERASED = "Customer Erased";
    /// A page of the shop was published.
    PAGE_PUBLISHED = "Page Published";
    /// A page of the shop was taken off.
    PAGE_WITHDRAWN = "Page Withdrawn";
    /// A page of the shop has another address.
    PAGE_MOVED = "Page Moved";
    /// Somebody said what kept them from buying.
    OBJECTION_GIVEN = "Objection Given";
    /// Another system's data was brought in.
    IMPORT_FINISHED = "Import Finished";
    /// A message left.
    MESSAGE_SENT = "Message Sent";
    /// A message could not be sent.
    MESSAGE_FAILED = "Message Failed";
}

#[cfg(test)]
mod tests {
    /// J12: no two business events share a name.
    #[test]
    fn names_are_unique() {
        let unique: std::collections::HashSet<_> = super::ALL.iter().collect();
        assert_eq!(unique.len(), super::ALL.len());
    }
}
