# What shoppers read in the shop's pages.

## Every page
layout-skip = Skip to content
layout-menu = Menu
layout-categories = Categories
layout-all-of = All { $title }
layout-breadcrumbs = You are here
layout-home = Home
layout-shop = Shop
layout-help = Help
layout-find-order = Find my order
layout-contact = Contact
layout-write-us = Send us a message
layout-cart = Cart
layout-cart-count = Cart, { $count ->
    [0] empty
    [one] { $count } item
   *[other] { $count } items
}
pagination-label = Pages
pagination-first = Back to the first page
pagination-next = Show more

## Service promises
promise-label = What we promise
promise-fast = Quick to ship
promise-fast-text = Paid before { $time }, shipped the same working day
promise-cash = Cash on delivery
promise-cash-text = Pay when it is in your hands
promise-return = { $days }-day returns
promise-return-text = Not what you hoped for? Send it back

## Prices
price-now = Price
price-was = Was
price-from = From { $price }
price-sale = Sale
price-sale-until = Sale until { $date }
price-ends = This price ends on { $date }. After that it is { $price } again.

## Stock, always the true figure
stock-in = In stock
stock-low = Only { $count } left
stock-sold-out = Sold out

## Shipping and delivery
shipping-free = Free delivery
shipping-free-over = Free delivery over { $amount }
shipping-free-remaining = { $amount } more for free delivery
shipping-free-reached = Delivery is free for this order
shipping-from = Otherwise from { $amount }
delivery-ships-today = Pay before { $time } and it ships today
delivery-ships-on = Pay now and it ships on { $date }
delivery-ships-from = Ships from { $place }
delivery-to-you = For your usual address in { $place }
delivery-arrives-on = Arrives about { $date }
delivery-arrives-between = Arrives { $earliest } – { $latest }

## Home
home-collections = Shop by category
home-shop-now = Browse
home-story-more = About us
home-empty = We are still setting up the shop. Do come back in a few days.

## Lists and search
collection-narrow = Narrow down
collection-count = { $count ->
    [one] { $count } product
   *[other] { $count } products
}
collection-sort = Sort by
collection-empty = There is nothing in this category right now. Do look again in a few days.
sort-featured = Featured
sort-newest = Newest
sort-price-asc = Price, low to high
sort-price-desc = Price, high to low
search-label = Search products
search-placeholder = What are you looking for?
search-submit = Search
search-title = Results for “{ $q }”
search-empty = Nothing matches “{ $q }”.
search-empty-hint = Try a shorter or more common word.
search-ask-us = Still nothing? Just ask us
search-suggestions = Did you mean
search-start = Places to start
search-recommended = Often bought

## Product
product-pictures = Product pictures
product-variant = Choice
product-add = Add to cart
product-question = Any questions?
product-ask = Ask us
product-about = About this product
product-specs = Details
product-sku = SKU
product-related = You may also like

## Cart
cart-title = Cart
cart-count = { $count ->
    [one] { $count } item
   *[other] { $count } items
}
cart-empty = Your cart is empty.
cart-start = Start shopping
cart-quantity = Quantity
cart-quantity-of = Quantity of { $title }
cart-less = One fewer
cart-more = One more
cart-update = Update
cart-remove = Remove
cart-shipping-next = You will see the delivery charge on the next page, before you order.
cart-checkout = Check out
cart-fix-first = Please sort out the marked items before checking out.
cart-problem-sold-out = This has sold out. Please remove it.
cart-problem-not-enough = Only { $count } left. Please change the quantity.
cart-problem-price-changed = The price is now { $price }.
cart-problem-unavailable = This is no longer sold. Please remove it.
cart-recommended = You might also need
cart-recommended-empty = A few places to start

## Forms
form-optional = (optional)
form-choose = Please choose
form-apply = Apply
form-field-error = { $label }: { $error }
form-has-errors = A few things need another look. Everything you typed is still here.

## Sums
totals-title = Total
totals-subtotal = Items
totals-discount = Discount
totals-shipping = Delivery
totals-gift-wrap = Gift wrap
totals-fees = Fees
gift-wrap-free = Free
totals-total = Total
totals-tax-included = including { $amount } tax

## Checkout
checkout-title = Checkout
checkout-back = Back to cart
checkout-recipient = Deliver to
checkout-name = Name
checkout-phone = Mobile
checkout-email = Email
checkout-email-hint = For your confirmation and shipping notice.
checkout-delivery = Delivery
checkout-payment = Payment
checkout-extras = Extras
checkout-gift = This is a gift
checkout-gift-message = Words on the card
checkout-gift-hint = We copy it onto a card and put it in the parcel. No prices inside.
checkout-gift-wrap = Wrap it as a gift ({ $price })
checkout-gift-wrap-about = Wrapped in paper with a ribbon before it goes into the parcel.
checkout-recipient-phone = Recipient’s mobile
checkout-recipient-phone-hint = Only if it differs from the number above.
checkout-note = Note to the shop
checkout-note-label = Your note to the shop
checkout-summary = Your order
checkout-recalculate = Update the total
checkout-place = Place order
checkout-busy = One moment…
checkout-place-note = Once you order, the goods are held for you. Card payment comes on the next page.

## Ways to pay, and why one of them cannot be chosen
payment-about-card = You pay on the next page
payment-about-bank_transfer = The account is on the next page; we keep the goods for you
payment-about-cash_on_delivery = Hand the cash to the courier when your parcel arrives
payment-about-at_store = You pay in cash only when you hold the parcel at the store; nothing is paid now
pickup-title = Collect at
pickup-number = Store number
pickup-name = Store name
pickup-name-example = for example Jianguo
pickup-find = A store of { $chain } has a number of { $digits } digits. Find a store that suits you on the chain’s own page, then enter its number and name below.
pickup-finder = Find a store of { $chain }
pickup-real-name = Please give the recipient’s name as it stands on their ID, and their own mobile number: a text message tells when the parcel is there, and the clerk looks at the ID.
pickup-pay-there = You can pay at the store: in cash, only when you hold the parcel.
pickup-bring = A text message tells you when the parcel is at the store. Bring an ID with the same name as on the order; the store keeps the parcel for { $days ->
    [one] one day
   *[other] { $days } days
}.
pickup-collect = To pay in cash at the counter: { $amount }
payment-unavailable-delivery = Not possible with the delivery you chose

## Demo card page
payment-demo-title = Demo payment
payment-demo-banner = Demo payment: no money will be taken
payment-demo-text = This page stands in for a bank’s card page. No card number is needed. Choose an outcome and see how the shop deals with it.
payment-demo-choose = The bank’s answer
payment-demo-submit = Send demo payment of { $amount }
payment-demo-cancel = Leave without paying
payment-amount = Amount
payment-due-on-delivery = Due on delivery
outcome-succeed = Payment succeeds
outcome-succeed-late = Payment succeeds, but the bank tells us late
outcome-succeed-twice = Payment succeeds, and the bank tells us twice
outcome-insufficient-funds = Not enough money in the account
outcome-limit-reached = Card limit reached
outcome-expired-card = Card has expired
outcome-declined-by-bank = Declined by the bank
outcome-suspected-fraud = Bank suspects fraud
outcome-authentication-failed = 3-D Secure fails
outcome-timed-out = Bank does not answer (time-out)

## Why a payment failed, and what helps
decline-insufficient-funds = The bank says there is not enough money in the account. Try another card, or pay another way.
decline-limit-reached = The bank says this card has reached its limit. Ask the bank to raise it, or pay another way.
decline-expired-card = The bank says this card has expired. Use another card, or pay another way.
decline-declined-by-bank = Your bank did not approve this payment and gave no reason. Call the number on the back of the card, or pay another way.
decline-suspected-fraud = Your bank stopped this payment to protect you. Call the number on the back of the card to confirm it was you, or pay another way.
decline-authentication-failed = The 3-D Secure check was not completed; the code may have been mistyped or too old. Try again, or pay another way.
decline-timed-out = The bank took too long to answer. No money was taken. Try again, or pay another way.
decline-other = The payment did not go through and no money was taken. Try again, or pay another way.

## Paying an order that is not paid yet
pay-now = Pay now
pay-try-again = Pay another way
pay-another-way = Pay another way
pay-choose-method = Choose how to pay
pay-submit = Pay { $amount } this way

## Bank transfer
transfer-title = Transfer details
transfer-bank = Bank
transfer-bank-code = code { $code }
transfer-account-number = Account number
transfer-account-name = Account name
transfer-amount = Amount
transfer-deadline = Pay by
transfer-last-five = Last five digits of your account
transfer-last-five-hint = Tell us after the transfer and we will find it sooner.
transfer-report = I have paid
transfer-reported = Thank you, noted (ending in { $digits }). We will email you once the money has arrived.

## Result of an order
result-not-yet-paid = Not yet paid
result-awaiting-match = Waiting for your transfer
result-paid = Paid. Thank you
result-paid-text = A confirmation is on its way to { $email }.
result-cash-on-delivery = Order placed. Thank you
result-cash-on-delivery-text = Please have { $amount } in cash ready on delivery. A confirmation is on its way to { $email }.
result-cash-at-store-text = Please have { $amount } in cash ready at the store. A confirmation is on its way to { $email }.
result-awaiting-transfer = Transfer { $amount } to complete your order
result-awaiting-card = Your order is placed; only the payment is missing
result-declined = The payment did not go through
result-confirming = We are checking with the bank
result-confirming-text = The bank has not given its final answer. Please do not pay again; we will email you as soon as we know. The goods are held for you meanwhile.
result-kept-until = We keep your order and the goods until { $deadline }. After that the order is cancelled.
result-expired = This order has expired
result-expired-text = The time to pay has passed and the goods are back on the shelf. No money was taken. You are welcome to order again.
result-cancelled = This order is cancelled
result-cancelled-text = The order is cancelled and the goods are back on the shelf.
result-next = What happens next
result-next-transfer = We match your transfer and email you.
result-next-ship = We pack and ship, and send you the tracking number.
result-next-cash = Hand { $amount } to the courier when it arrives.
result-next-cash-at-store = Pay { $amount } at the counter when you hold the parcel.
result-next-track = Follow every step on your order page.
result-track = Track my order
result-see-order = See the order

## Order
order-title = Order { $number }
order-number = Order number
order-placed-at = Placed { $time }
order-ship-to = Deliver to
order-payment-state = Payment status
order-units-cancelled = These will not be sent:
order-refund = { $amount } refunded on { $time }
order-refund-waits = { $amount } goes back to you after { $until }.
order-refund-pending = { $amount } is on its way back to you. When it arrives depends on your bank.
order-ask = A question about this order?
order-cancel = Cancel this order
order-cancel-text = The goods go back on the shelf; money already paid goes back the way it came, once you can no longer change your mind.
order-cancel-confirm = Yes, cancel the order
step-placed = Placed
step-paid = Payment
step-picked = Packing
step-shipped = Shipped
step-delivered = Delivered
step-closed = Complete
step-cancelled = Cancelled
step-expired = Expired
step-refunded = Refunded
hold-title = Held for you
hold-awaiting-payment = The goods are held for you until { $until }, waiting for your payment. After that they go back on the shelf.
hold-confirming-payment = The goods are held for you while the bank confirms the payment.
hold-until-shipped = The goods are set aside for you until they ship.
parcel-title = Parcel { $number }
parcel-carrier = Carrier
parcel-tracking-number = Tracking number
parcel-shipped-at = Shipped
parcel-delivered-at = Delivered
parcel-track = Track with { $carrier }

## Find an order
lookup-title = Find my order
lookup-text = Enter the order number and the mobile number or email you ordered with.
lookup-contact = Mobile or email
lookup-contact-hint = The same as on the order
lookup-number-example = e.g. 20261122-000123
lookup-submit = Find order
lookup-help = No order number at hand? It is in your confirmation email.

## Contact
contact-title = Contact us
contact-text = Choosing, ordering, sending a gift: ask us anything.
contact-name = Your name
contact-email = Email
contact-message = Message
contact-about = About
contact-submit = Send message
contact-sent = Your message has arrived
contact-sent-text = We will answer by email during opening hours.
contact-other-ways = Other ways to reach us

## Text pages and errors
page-updated = Updated { $date }
error-home = Back to the shop
error-title = That did not work
error-title-404 = Page not found
error-title-link = This link no longer works
error-title-server = Something went wrong on our side
error-request = If you report this, please quote { $id }
gift-tag = Gift
gift-title = Free gift
gift-over = Free gift from { $amount }: { $gift }
gift-reached = Your order comes with a gift: { $gift }
gift-remaining = Add { $amount } for a free gift: { $gift }
gift-one = 1 piece, free
gift-worth = { $price } when bought
gift-free = free
