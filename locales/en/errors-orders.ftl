# Why a cart or an order could not be changed, and what an order is waiting for.

## Carts
error-cart-not-found = This cart no longer exists. Start a new one from any product page.
error-cart-closed = This cart has already been ordered.
error-cart-changed = The cart has changed since you looked at it. Check the new amount, then order.
error-cart-line-not-found = This item is no longer in the cart.
error-unknown-variant = There is no such item.
error-cart-quantity-too-large = At most 9,999 pieces of one item can be ordered at once.
error-cart-full = The cart is full. Order what is in it first.

## Orders
error-orders-busy = The shop is very busy. Please try again in a moment.
error-orders-failed = Something went wrong on our side. Nothing was changed.
error-order-amount = This amount cannot be worked out.
error-order-empty = There is nothing here yet.
error-order-negative = An amount cannot be below zero.
error-order-discount-too-large = The discount is larger than the price of the goods.
error-order-text-too-long = This text is too long.
error-order-not-found = There is no such order.
error-order-illegal-step = The order has moved on, so this can no longer be done. Reload the page to see where it stands.
error-order-illegal-payment = The payment has moved on, so this can no longer be recorded.
error-order-method-fixed = The way to pay can no longer be changed. If a payment is still being confirmed, please wait for its result.
error-order-stock-decision = This order is paid but out of stock. Decide first whether to restock or refund.
error-order-line-not-found = The order has no such item.
error-order-line-exceeded = That is more than is left of this item.
error-order-bad-cursor = This page of the list no longer exists. Start again from the first page.

## What an order is waiting for
order-situation-awaiting-payment = This order is not paid yet. We keep the goods for you until { $until }.
order-situation-awaiting-payment-undated = This order is not paid yet. We keep the goods for you.
order-situation-payment-declined = The payment was declined and nothing was charged. You can pay another way until { $until }.
order-situation-payment-declined-undated = The payment was declined and nothing was charged. You can pay another way.
order-situation-confirming-payment = We are asking the bank how your payment ended. Please do not pay again; we keep the goods for you.
order-situation-due-on-delivery = There is nothing to pay now. Please pay the courier; your parcel leaves by { $ship_by }.
order-situation-due-on-delivery-undated = There is nothing to pay now. Please pay the courier.
order-situation-preparing = Your order is paid and being prepared. It leaves by { $ship_by }.
order-situation-preparing-undated = Your order is paid and being prepared.
order-situation-out-of-stock = Your payment arrived, but the goods were sold in the meantime. We will restock or refund, and tell you which.
order-situation-part-on-the-way = A part of your order is on its way; the rest follows.
order-situation-on-the-way = Your order is on its way.
order-situation-arrived = Your order has arrived.
order-situation-closed = This order is complete. Thank you.
order-situation-cancelled = This order was cancelled. Nothing was charged.
order-situation-cancelled-refunding = This order was cancelled. You get your money back.
order-situation-cancelled-refunded = This order was cancelled and your money was returned.
order-situation-expired = This order was not paid in time, so the goods went back on the shelf.
error-order-draft-not-found = There is no such order draft, or it is over already.
error-order-too-late-to-readdress = The goods are being packed, so the delivery details can no longer be changed here. Please contact us.
error-order-not-editable = This order can no longer be changed.
error-order-balance-due = The difference after the change has not been paid yet, so it cannot be packed.
error-order-no-room = That day takes no more urgent orders. Choose another day, or let another order go in its turn.
order-situation-balance-due = Your order costs more than before. Please pay the difference; it leaves once that is here.
