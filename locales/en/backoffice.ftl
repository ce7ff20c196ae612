# The back office: for working people, so words are short and say what happens.

## Everywhere
admin-skip = Skip to content
admin-language = Language
admin-search = Search
admin-all = All
admin-add = Add
admin-save = Save
admin-remove = Remove
admin-copy = Copy
admin-choose = Choose
admin-close = Close
admin-show = Show
admin-yes = Yes
admin-no = No
admin-never = Never
admin-failed = Failed
admin-from = From
admin-to = To
admin-date = Date
admin-time = Time
admin-why = Reason
admin-by = By
admin-state = State
admin-total = Total
admin-amount = Amount
admin-quantity = Quantity
admin-price = Price
admin-in-currency = { $name } ({ $currency })
admin-unit-price = Unit price
admin-updated = Updated
admin-people = people
admin-person = Name
admin-name = Name
admin-email = E-mail
admin-phone = Phone
admin-role = Role
admin-order = Order
admin-order-number = Order number
admin-customer = Customer
admin-product = Product
admin-sku = SKU
admin-location = Location
admin-payment = Payment
admin-source = Source
admin-reference = Reference
admin-carrier = Carrier
admin-tracking-number = Tracking number
admin-gift = Gift
admin-gift-message = Gift message
admin-gift-wrap = Gift wrap
admin-wrap-as-gift = Wrap as a gift
admin-has-note = Note
admin-customer-note = Note from the customer
admin-note-for-us = Internal note
admin-urgent = Due today
admin-overdue = Overdue
admin-overdue-by = Overdue ({ $time })
admin-sold-out = Sold out
admin-low = Low
admin-short = Short
admin-units =
    { $count ->
        [one] { $count } unit
       *[other] { $count } units
    }
admin-last-five = last five { $digits }
admin-payer-last-five = Payer's last five digits
admin-received-at = Received at
admin-received-at-hint = Empty means now
admin-list-separator = { ", " }
# What stands between two sentences.
admin-sentence-gap = { " " }
admin-pages = Pages
admin-first-page = ← First page
admin-next-page = Next page →
admin-as-of = as of { $time }
admin-data-until = Data until { $time }.
admin-table-behind = Show the figures

## Navigation and keyboard
admin-nav-label = Back office
admin-nav-home = Home
admin-nav-orders = Orders
admin-nav-inquiries = Inquiries
admin-nav-waiting = waiting:
admin-nav-shipping = Shipping
admin-nav-bank-receipts = Bank transfers
admin-nav-products = Products
admin-nav-stock = Stock
admin-nav-funnel = Funnel
admin-nav-message-templates = Messages
admin-nav-jobs = Jobs
admin-nav-staff = Staff
admin-nav-account = My account
admin-nav-shop = Visit the shop
admin-nav-sign-out = Sign out
admin-keys-title = Keyboard shortcuts
admin-keys-search = Search
admin-keys-rows = Next row, previous row
admin-keys-open = Open the selected row
admin-keys-help = Show this list

## Signing in
admin-sign-in-title = Sign in
admin-sign-in-submit = Sign in
admin-sign-in-help = Forgot your password? Ask an owner for a new link on the Staff page.
admin-password = Password
admin-current-password = Current password
admin-new-password = New password
admin-new-password-again = New password again
admin-password-rule = At least { $count } characters; a sentence you remember is best.
admin-invitation-title = Set your password
admin-invitation-hello = Hello { $name }. Once your password is set you can work here as { $role }.
admin-invitation-submit = Set password and sign in
admin-invitation-until = This link works once, until { $time }.
admin-invitation-used = This link was used or has run out. Ask an owner for a new one.
admin-error-home = Back to home
admin-error-title = That did not work
admin-error-title-403 = This is not yours to open
admin-error-role = If you need this page, ask the owner to change your role under “Staff”.
admin-error-title-404 = There is no such page
admin-error-request = When you report this, mention
admin-account-title = My account
admin-account-you = You
admin-account-permissions = You may
admin-account-last-sign-in = Last sign-in
admin-account-password = Change password
admin-account-save = Change password
admin-account-others-out = Your other devices will be signed out.

## Home
admin-home-title = Today
admin-home-waits = Waiting for you
admin-home-so-far = So far today
admin-home-visits = Visitors
admin-home-orders = Orders
admin-home-paid-sales = Paid sales
admin-home-yesterday = { $value } yesterday
admin-home-to-ship = To ship
admin-home-overdue = { $count } overdue
admin-home-on-time = All on time
admin-home-unpaid = Ordered, not paid
admin-home-at-risk = { $amount } at risk
admin-home-unpaid-none = Everybody has paid
admin-home-payment-rate = Live payment rate
admin-home-payment-rate-note = { $paid } of { $placed } people paid
admin-home-inquiries = Inquiries to answer
admin-home-inquiries-oldest = oldest { $age }
admin-home-inquiries-none = All answered
admin-home-suspense = Unmatched transfers
admin-home-low-stock = Low stock
admin-home-stock-well = Enough of everything
admin-home-sold-out = { $count } sold out
admin-home-dead-jobs = Failed jobs
admin-home-dead-note = Needs a person
admin-home-all-well = All well
admin-home-days = Last { $count } days

## Orders
admin-orders-title = Orders
admin-orders-tabs = By state
admin-orders-tab-all = All
admin-orders-tab-unpaid = Unpaid
admin-orders-tab-to_ship = To ship
admin-orders-tab-shipped = Shipped
admin-orders-tab-delivered = Delivered
admin-orders-tab-closed = Closed
admin-orders-tab-cancelled = Cancelled or expired
admin-orders-search-placeholder = Number, name, phone, e-mail, SKU
admin-orders-goods = Goods
admin-orders-promise = Ship by
admin-orders-pay-by = pay by { $time }
admin-orders-none = No orders here.
admin-orders-none-found = Nothing matches “{ $q }”.
admin-orders-unpaid-summary =
    { $count ->
        [one] { $count } order is unpaid, worth { $amount }.
       *[other] { $count } orders are unpaid, worth { $amount }.
    }
admin-orders-unpaid-rate = Payment rate { $rate } ({ $paid } of { $placed } people).

## One order
admin-order-title = Order { $number }
admin-order-shopper-page = What the customer sees
admin-order-lines = Goods
admin-order-ship-by = ship by { $time }
admin-order-shipped = Shipped
admin-order-net = Amount
admin-order-line-cancelled = { $count } cancelled
admin-order-line-returned = { $count } returned
admin-order-line-to-ship = { $count } to ship
admin-order-subtotal = Subtotal
admin-order-discount = Discount
admin-order-shipping = Delivery
admin-order-tax = Tax included
admin-order-paid = Received
admin-order-refunded = Refunded
admin-order-refunding = Refunded or on its way
admin-order-due = Still due
admin-order-fees = Fees
admin-order-parcels = Parcels
admin-order-no-parcels = No parcels yet.
admin-order-parcel-shipped = Shipped { $time }
admin-order-parcel-delivered = delivered { $time }
admin-order-mark-delivered = Mark delivered
admin-order-holds = Stock held for this order
admin-order-hold-until = Until
admin-order-hold-no-end = until shipped
admin-order-no-holds = Nothing is held.
admin-order-money = Money
admin-order-attempts = Payment attempts
admin-order-no-attempts = No attempts yet.
admin-order-attempt-unknown = Waiting for the provider. Nothing is charged twice or refunded until it answers.
admin-order-refunds = Refunds
admin-order-restocked = put back in stock
admin-order-settle = Gave { $amount } back by hand
admin-order-settle-reference = Bank reference or receipt
admin-order-settle-submit = Record as refunded
provider-demo_card = Demo provider, no real money
admin-order-journal = Journal entries
admin-order-entry = Entry
admin-order-debit = Debit
admin-order-credit = Credit
admin-order-timeline = Timeline
admin-order-add-note = Write an internal note
admin-order-ship-to = Ship to
admin-customer-history = History
admin-customer-orders =
    { $count ->
        [one] { $count } order
       *[other] { $count } orders
    }
admin-order-stock-decision = Paid, stock decision needed
admin-order-stock-decision-help = The money came after the hold ran out and the goods were sold. Restock and ship, or refund.
admin-order-hold = There is stock now: hold it
admin-order-cancelled-because = Cancelled: { $reason }

## What can be done to an order
admin-order-actions = Actions
admin-order-pick = Mark picked
admin-order-ship = Ship
admin-order-what-ships = What this parcel holds
admin-order-ship-submit = Ship and tell the customer
admin-order-record-payment = Record a bank transfer
admin-order-receipts-fit = These transfers may be it:
admin-order-record-payment-submit = Record payment
admin-order-refund = Refund
admin-order-refundable = up to { $amount }
admin-order-refund-waits = The customer can take the cancellation back until { $until }; the money goes back after that.
admin-order-refund-submit = Refund
refund-scope-whole = Everything
refund-scope-lines = By goods
refund-scope-amount = An amount
refund-include-shipping = Delivery too ({ $amount })
refund-include-fees = Delivery and fees too ({ $amount })
refund-units-unshipped = not sent yet, will be cancelled
refund-units-shipped = sent
refund-units-ended = cancelled or returned, not yet refunded
refund-unshipped-note = Units that have not left are cancelled by their refund and their stock is free at once. To give money back and send the goods all the same, refund an amount.
refund-restock = Put goods that left back in stock
refund-restock-hint = Only when the goods are here and can be sold again.
refund-reason-customer_request = Customer asked
refund-reason-returned = Goods returned
refund-reason-damaged = Damaged
refund-reason-out_of_stock = Out of stock
refund-reason-price_adjustment = Price adjustment
refund-reason-cancelled = Order cancelled
refund-reason-other = Other
admin-order-cancel = Cancel the order
admin-order-cancel-effect = Stock is released, money received is refunded, and the customer is told.
admin-order-cancel-submit = Cancel this order
cancel-reason-customer_request = Customer asked
cancel-reason-out_of_stock = Out of stock
cancel-reason-duplicate = Ordered twice
cancel-reason-address_unreachable = Address cannot be reached
cancel-reason-suspected_fraud = Suspected fraud
cancel-reason-payment_expired = Not paid in time
cancel-reason-other = Other
hold-reason-order_placed = Held when ordered, awaiting payment
hold-reason-order_paid = Paid, awaiting shipment
hold-reason-cash_on_delivery = Cash on delivery, awaiting shipment
hold-reason-shipped = Left with a parcel
hold-reason-cancelled = Order cancelled
hold-reason-refunded = Refunded, will not be sent
hold-reason-gift_dropped = Gift taken out
hold-reason-replaced = Replaced by a newer order
hold-reason-moved = Kept at another warehouse instead
hold-reason-payment_expired = Payment window ran out

## Journal
journal-entry-capture = Payment captured
journal-entry-overpayment = Overpayment
journal-entry-receipt = Bank receipt
journal-entry-refund = Refund
journal-entry-return = Suspense returned
journal-entry-sale = Goods became revenue
journal-entry-shipping = Delivery became revenue
journal-entry-fees = Fees became revenue
account-asset-card = Card receivable
account-asset-bank = Bank
account-asset-cash_on_delivery = Cash with couriers
account-liability-customer_orders = Received for orders
account-liability-suspense = Suspense
account-income-sales = Sales
account-income-shipping = Delivery income
account-income-fees = Income from fees
account-expense-refunds = Refunds

## Shipping
admin-shipping-title = Shipping
admin-shipping-tabs = By promise
admin-shipping-tab-all = All
admin-shipping-tab-overdue = Overdue
admin-shipping-tab-today = Today
admin-shipping-tab-later = Later
admin-shipping-tab-picked = Picked
admin-shipping-on-time = { $rate } shipped on time in { $days } days
admin-shipping-median = usually { $hours } h from payment to shipping
admin-shipping-collect = collect { $amount }
admin-shipping-on-shelf = { $count } on the shelf
admin-shipping-gift-card = Card: { $text }
admin-shipping-none = Nothing to ship. Time for tea.
admin-shipping-pick-list = Pick list
admin-shipping-pick-list-note = All orders on this page together
admin-shipping-orders = Orders

## Bank transfers
admin-receipts-title = Bank transfers
admin-receipts-lead = Match money from the bank to orders. What has no order waits here and is never lost.
admin-receipts-tabs = By state
admin-receipts-tab-suspense = Unmatched
admin-receipts-tab-matched = Matched
admin-receipts-tab-all = All
admin-receipts-suspense =
    { $count ->
        [one] { $count } transfer worth { $amount } has no order.
       *[other] { $count } transfers worth { $amount } have no order.
    }
admin-receipts-oldest = The oldest came { $age }.
admin-receipts-none = No transfers here.
admin-receipts-none-suspense = Every receipt has its order.
admin-receipts-add = Add a transfer
admin-receipts-add-submit = Add and look for its order
receipt-state-suspense = Unmatched
receipt-state-matched = Matched
receipt-state-returned = Sent back
receipt-match-amount_and_last_five = amount and digits fit
receipt-match-amount = amount fits
receipt-match-last_five = digits fit
admin-receipt-match = Match
admin-receipt-matched-to = Matched to
admin-receipt-other-order = Another order number
admin-receipt-payer = Sender
admin-receipt-return = Record as sent back
admin-receipt-return-hint = No order, and sent back to the sender?
admin-receipt-return-sure = Record { $amount } as sent back? It can then no longer pay an order.
admin-receipt-placed = placed { $time }
admin-receipt-reference = Bank reference
admin-receipt-reference-hint = The same reference is recorded once

## Inquiries
admin-inquiries-title = Inquiries
admin-inquiries-lead = Questions from the contact form. Your answer leaves as an e-mail.
admin-inquiries-tabs = Filter by state
admin-inquiries-tab-open = To answer
admin-inquiries-tab-answered = Answered
admin-inquiries-search-placeholder = Name, e-mail, text, order number
admin-inquiries-question = Question
admin-inquiries-waits = Asked
admin-inquiries-answered = Answered
admin-inquiries-none-open = Nobody is waiting for an answer.
admin-inquiries-none-answered = No inquiry has been answered yet.
admin-inquiries-none-found = No inquiry matches “{ $q }”.
admin-inquiry-title = Inquiry from { $name }
admin-inquiry-answer = Answer
admin-inquiry-answer-label = What the customer will read
admin-inquiry-answer-hint = Goes to { $email } as an e-mail in { $language }, with greeting, signature and the original question.
admin-inquiry-answer-submit = Send answer
admin-inquiry-unsent = What was not sent
admin-inquiry-order-unknown = no such order
admin-inquiry-orders = Orders of this customer
admin-inquiry-others = Other inquiries
inquiry-state-open = To answer
inquiry-state-answered = Answered
letter-state-queued = Waiting to be sent
letter-state-claimed = Being sent
letter-state-sent = E-mail sent
letter-state-unknown = Possibly not delivered
letter-state-failed = E-mail not sent

## Products
admin-products-title = Products
admin-products-new = New product
admin-products-tabs = By state
admin-products-search-placeholder = Title, SKU, barcode
admin-products-variants = Variants
admin-products-collections = Collections
admin-products-none = No products yet.
admin-products-none-found = Nothing matches “{ $q }”.
admin-products-card-reasons = { $count ->
    [one] 1 weak spot on the card
   *[other] { $count } weak spots on the card
}
admin-product-name = Title
admin-product-summary = One-line summary
admin-product-description = Description
admin-product-handle = Handle
admin-product-handle-hint = Lower-case letters, digits, hyphens; made for you when empty
admin-product-option-name = Option
admin-product-option-name-hint = Such as Weight; empty when there is only one kind
admin-product-option-values = Values
admin-product-option-values-hint = Separated by commas, such as 50 g, 150 g
admin-product-new-sku-hint = Numbered when there are several variants
admin-product-create = Create draft
admin-product-create-note = Nobody sees it until it is published.
admin-product-publish = Publish
admin-product-unpublish = Unpublish
admin-product-card = Card check
admin-product-card-figures = Open rates of all cards
admin-product-archive = Archive
admin-product-archive-sure = Customers will no longer see this product; past orders keep it, and you can restore it at any time. Archive it?
admin-product-archived-note = This product is archived: customers neither see nor buy it.
admin-product-restore = Restore as draft
admin-product-restore-publish = Restore and publish
admin-product-published-at = published { $time }
admin-product-view = View in shop
admin-product-problems = Before it can be published:
admin-product-hints = Would sell better with: 
product-problem-no_title = a title
product-problem-no_variant = at least one variant
product-problem-no_picture = at least one picture
product-problem-no_description = a description
admin-product-variants = Variants and prices
admin-product-variant = Variant
admin-product-add-variant = Add a variant
variant-state-active = On sale
variant-state-archived = No longer sold
admin-product-barcode = Barcode
admin-product-compare-at = Compare-at price
admin-product-compare-at-highest = Highest price really charged lately: { $amount }, { $from } to { $to }.
compare-at-allowed = Allowed, up to a price that was really charged.
compare-at-no_history = Not allowed: this variant never had another price.
compare-at-too_short = Not allowed: the higher price was not charged long enough.
compare-at-too_old = Not allowed: the higher price was too long ago.
compare-at-just_ended = Not allowed: a reduction with an announced end has just ended; charge the full price for a day first.
admin-reduced-until = Reduced until
admin-reduced-until-hint = At that time the price goes back by itself; the product’s page, lists and the cart say so. Once announced it can come earlier, never later. Time zone: { $zone }.
admin-reduced-ends = until { $time }
admin-selling-points = Selling points
admin-selling-points-note = One on a line, five at most: why people buy it, in the words they use themselves. They stand at the top of the product’s page.
admin-words-read = { $who } read it as a customer would on { $time } and found it plain.
admin-words-unread = Nobody who talks to customers has read the words since they changed.
admin-words-plain = Read; customers will understand it
admin-words-by-program = a program
compare-at-not_higher = Not allowed: no earlier price was higher than today's.
admin-product-cost = Cost
admin-product-margin = Margin
admin-product-weight = Weight
admin-product-weight-grams = Weight (g)
admin-product-length = Length (mm)
admin-product-width = Width (mm)
admin-product-height = Height (mm)
admin-product-stock-line = { $on_hand } on hand, { $reserved } reserved, { $available } available.
admin-product-stock-open = Stock ledger
admin-product-texts = Texts
admin-product-text-missing = not written
admin-product-price-history = Price history
admin-product-price-kind = Which
admin-product-price-before = Before
admin-product-price-after = After
admin-product-no-history = Prices have not changed yet.
price-kind-price = Price
price-kind-compare_at = Compare-at
price-kind-cost = Cost
admin-product-pictures = Pictures
admin-product-no-pictures = No pictures yet.
admin-product-picture-remove = Remove picture: { $name }
admin-product-options = Options
admin-product-add-option = Add an option
admin-product-no-options = No options: there is one variant.
admin-product-option-value = Value of the present variants
admin-product-option-value-hint = Every present variant gets this value
admin-product-place = Place in the shop

## Stock
admin-stock-title = Stock
admin-stock-tabs = Filter
admin-stock-show-all = All
admin-stock-show-low = Low stock
admin-stock-show-sold_out = Sold out
admin-stock-search-placeholder = Title, SKU, barcode
admin-stock-on-hand = On hand
admin-stock-reserved = Reserved
admin-stock-available = Available
admin-stock-threshold = Low-stock level
admin-stock-adjust = Adjust
admin-stock-delta = Change by
admin-stock-none = No stock yet. Once there are products, say here how many you have.
admin-stock-none-low = Nothing is low.
admin-stock-open-product = Open product
admin-stock-holds = Open holds
admin-stock-held-at = Since
admin-stock-no-holds = No order holds any.
admin-stock-ledger = Ledger
admin-stock-ledger-note = Never rewritten; a mistake gets a correcting entry
admin-stock-kind = Kind
admin-stock-change = Change
admin-stock-balance = Balance
admin-stock-reverses = reverses { $id }
admin-stock-no-movements = No movements yet.
admin-stock-more-movements = Show older movements
admin-stock-where = By location
admin-stock-adjust-title = Adjust stock
admin-stock-adjust-submit = Record adjustment
adjustment-reason-received = Goods received
adjustment-reason-count = Count difference
adjustment-reason-damaged = Damaged
adjustment-reason-lost = Lost
adjustment-reason-found = Found
adjustment-reason-sample = Sample
adjustment-reason-returned = Customer return
adjustment-reason-correction = Correcting a mistake
adjustment-reason-other = Other

## Product cards
admin-cards-title = Product cards
admin-cards-lead = How many people saw and opened each card, and what may keep them from opening it.
admin-cards-shop = Reasons that every card shares
admin-cards-shop-note = They lie in how the shop works
admin-cards-each = Each card
admin-cards-usual = usual open rate { $rate }
admin-cards-shown = Seen by
admin-cards-opened = Opened by
admin-cards-rate = Open rate
admin-cards-seen-by = of { $count }
admin-cards-times = { $count } times
admin-cards-below = under half the usual
admin-cards-why = Likely reasons and what to do
admin-cards-none = No obvious weakness found.
admin-cards-place = no. { $rank } in “{ $list }”
admin-cards-no-list = in no collection
admin-cards-left-out = { $count } more products on sale are not listed.
admin-cards-empty = Nothing is on sale yet.
card-reason-ranked_low = { $rank ->
    [none] It is in no collection, so nobody comes across it.
   *[other] It is no. { $rank } in “{ $list }”; few people scroll that far.
}
card-reason-title_dull = { $length ->
    [0] It has no title.
   *[other] The title has { $length } characters: too short or too long.
}
card-reason-picture_weak = { $width ->
    [none] There is no picture.
   *[other] The main picture is { $width } × { $height } pixels: too small or too narrow.
}
card-reason-price_high = It costs { $price }; the middle price of its collection is { $usual }.
card-reason-others_sold_more = { $sold } sold in 30 days; the best seller of its collection sold { $best }.
card-reason-no_sweetener = Delivery is never free, and there is no gift.
card-reason-nobody_there = Of { $asked } evening questions, { $answered } were answered within an hour.
card-reason-arrives_late = Even the fastest delivery takes { $days } days.
card-reason-no_points = Buying earns no points.
card-reason-no_guarantee = Returns are not promised.
card-reason-customers_not_told = Past customers were not told of news or offers.
card-action-ranked_low = Put it into a smaller, closer collection under “Place in the shop”.
card-action-title_dull = Name the product, its size or what is special, in 4 to 40 characters.
card-action-picture_weak = Use a sharp, nearly square photo of at least 600 pixels a side.
card-action-price_high = Change the price, or show in title and picture what makes it worth it.
card-action-others_sold_more = Compare title, picture and price with the best seller and close the gap.
card-action-no_sweetener = Give one delivery method free delivery above an amount, or set up a gift with purchase.
card-action-nobody_there = Have somebody answer in the evening, or say on the contact page how long it takes.
card-action-arrives_late = Add a delivery method that arrives within two days.
card-action-no_points = This program has no points yet; free delivery above an amount can make up for it.
card-action-no_guarantee = Set a return period of 7 days or more; product pages then say so.
card-action-customers_not_told = This program only sends order mail; tell them by newsletter or messenger.

## Funnel
admin-funnel-title = Five-point funnel
admin-funnel-lead = Shown, arrived, inquired, ordered, paid: people at every point, not clicks.
admin-funnel-all-sources = All sources
admin-funnel-empty = Nothing happened in this period.
admin-funnel-empty-help = Choose other dates, or check that the shop is open.
admin-funnel-points = The five points
admin-funnel-paths = Inquiry orders and silent orders
admin-funnel-paths-note = Whether they asked before buying
admin-funnel-path = Path
admin-funnel-ordering-rate = Ordering rate
admin-funnel-sources = By source
admin-funnel-scale = Funnel widths are logarithmic; bars are people
admin-funnel-left-out =
    { $count ->
        [one] { $count } smaller source is not shown.
       *[other] { $count } smaller sources are not shown.
    }
funnel-path-inquiry = Inquiry orders
funnel-path-note-inquiry = Asked first, then ordered
funnel-path-silent = Silent orders
funnel-path-note-silent = Ordered without asking
admin-range-today = Today
admin-range-yesterday = Yesterday
admin-range-7_days = 7 days
admin-range-30_days = 30 days
admin-range-90_days = 90 days
point-impressions = Shown
point-visitors = Arrived
point-inquirers = Inquired
point-orderers = Ordered
point-payers = Paid
metric-browse_rate = Browse rate
metric-inquiry_rate = Inquiry rate
metric-order_rate = Order rate
metric-payment_rate = Payment rate
metric-conversion_rate = Conversion rate
metric-placed_rate = Ordering rate
metric-paid_sales = Paid sales
metric-aov = Average order value
metric-visitor_value = Visitor value
metric-formula-browse_rate = people who arrived ÷ people it was shown to
metric-formula-inquiry_rate = people who inquired ÷ people who arrived
metric-formula-order_rate = people who ordered after asking ÷ people who inquired; silent buyers are shown apart
metric-formula-payment_rate = people who paid ÷ people who ordered
metric-formula-conversion_rate = people who paid ÷ people who arrived
metric-formula-placed_rate = people who ordered ÷ people who arrived
metric-formula-aov = paid sales ÷ paid orders
metric-formula-visitor_value = paid sales ÷ people who arrived

## Staff, roles and API keys
admin-staff-title = Staff
admin-staff-people = People
admin-staff-you = (you)
admin-staff-last-seen = Last sign-in
admin-staff-add = Add someone
admin-staff-add-submit = Make a sign-in link
admin-staff-add-note = Hand over the one-time link; they choose the password themselves.
admin-staff-invited = { $name } was added
admin-staff-link = One-time link
admin-staff-link-once = Copy it now: it is shown once, and works until { $time }.
admin-staff-new-link = New link
admin-staff-deactivate = Deactivate
admin-staff-deactivate-sure = Deactivate { $name }? They are signed out at once.
admin-staff-reactivate = Reactivate
staff-state-active = Active
staff-state-invited = Invited
staff-state-inactive = Inactive
admin-staff-roles = What each role may do
admin-staff-may = May…
permission-public = do what needs no signing in
permission-account = use their own customer account
permission-signed_in = enter the back office
permission-products-read = see products
permission-products-write = edit products and prices, publish
permission-stock-read = see stock
permission-stock-write = adjust stock
permission-orders-read = see orders
permission-orders-write = cancel orders, write notes
permission-fulfilment-write = pick and ship
permission-payments-read = see money and transfers
permission-payments-write = record and match payments
permission-refunds-write = refund
permission-insight-read = see funnel and figures
permission-messages-write = edit message templates
permission-customers-read = see customers and inquiries
permission-inquiries-answer = answer inquiries
permission-jobs-write = see and repair background work
permission-staff-read = see staff and keys
permission-staff-write = manage staff and keys
permission-settings-write = change the shop's settings
admin-keys-api = API keys
admin-keys-api-none = No keys yet.
admin-keys-api-created-at = Created
admin-keys-api-add = New key
admin-keys-api-purpose = Which program is it for
admin-keys-api-add-submit = Create key
admin-keys-api-created = Key “{ $name }” was created
admin-keys-api-once = Copy it now: it is shown only once.
admin-keys-api-revoke = Revoke
admin-keys-api-revoke-sure = Revoke “{ $name }”? Programs that use it stop working at once.
admin-keys-api-revoked = Revoked
admin-keys-api-active = Active

## Background work
admin-jobs-title = Background work
admin-jobs-lead = Mail, refunds and expiry queue here. What fails for good stays until someone decides.
admin-jobs-tabs = By state
job-state-queued = Queued
job-state-running = Running
job-state-dead = Failed
job-state-done = Done
admin-jobs-none-queued = Nothing is queued.
admin-jobs-none-running = Nothing is running.
admin-jobs-none-dead = Nothing has failed.
admin-jobs-none-done = Nothing done yet.
admin-jobs-job = Job
admin-jobs-when = When
admin-jobs-attempts = Attempts
admin-jobs-said = Last error
admin-jobs-due = due { $time }
admin-jobs-lease = reports { $time } at the latest
admin-jobs-retry = Retry
admin-jobs-discard = Discard
admin-jobs-discard-sure = Discard this job? It will not run again.
admin-jobs-schedules = Schedules
admin-jobs-cadence = Cadence
admin-jobs-daily = daily at { $time }
admin-jobs-every-hours = every { $count ->
    [one] hour
   *[other] { $count } hours
}
admin-jobs-every-minutes = every { $count ->
    [one] minute
   *[other] { $count } minutes
}
admin-jobs-every-seconds = every { $count ->
    [one] second
   *[other] { $count } seconds
}
job-consumer-customer-facts = Orders and money of each customer
admin-jobs-last-run = Last run
admin-jobs-next-run = Next run
admin-jobs-consumers = Kept up to date from events
admin-jobs-consumer = What
admin-jobs-lag = Events waiting
admin-jobs-behind = Progress
admin-jobs-caught-up = Caught up
admin-jobs-following = Catching up

## Message templates
admin-templates-title = Message templates
admin-templates-lead = The mail your customers get. Yours where you changed it, ours elsewhere.
admin-templates-message = Message
admin-templates-own = Yours
admin-templates-default = Default
admin-templates-sent = Sent, 30 days
admin-templates-failed = Failed
message-kind-note-order_confirmation = At once after ordering
message-kind-note-order_pay_link = When staff make an order and send its pay link
message-kind-note-order_changed = When an order changes before it is packed: before and after
message-kind-note-order_delayed = When an order will leave later than promised, told in advance
message-kind-note-order_paid = When the money is in
message-kind-note-payment_failed = When a payment fails, with a link to try again
message-kind-note-order_shipped = For every parcel that leaves
message-kind-note-order_cancelled = When an order is cancelled
message-kind-note-order_expired = When an order was not paid in time and closed
message-kind-note-order_refunded = When a refund is done
message-kind-note-account_link = When a customer signs in by link, opens an account, sets a password or changes address
message-kind-note-account_changed = After the password or address of an account has changed
message-kind-note-order_restored = When a buyer takes a cancellation back
message-kind-note-inquiry_answered = When you answer an inquiry here
admin-templates-subject = Subject
admin-templates-body = Body
admin-templates-preview = Preview
admin-templates-preview-open = Open the whole letter
admin-templates-preview-title = Preview with sample data
admin-templates-reset = Back to default
admin-templates-reset-sure = Discard your text and go back to the default?
admin-templates-variables = Variables you can use
admin-templates-variable = Variable
admin-templates-example = Example

## What was just done
admin-flash-saved = Saved.
admin-flash-password = Password changed; other devices are signed out.
admin-flash-picked = Marked as picked.
admin-flash-shipped = Shipped; the customer has been told.
admin-flash-delivered = Marked as delivered.
admin-flash-paid = Payment recorded; the order is paid.
admin-flash-cancelled = Order cancelled; the customer has been told.
admin-flash-held = Stock is held; the order can be picked.
admin-flash-refunded = Refund requested.
admin-flash-settled = Recorded as refunded; the customer has been told.
admin-flash-recorded = Receipt recorded.
admin-flash-returned = Recorded as sent back.
admin-flash-adjusted = Stock adjusted.
admin-flash-created = Created.
admin-flash-published = Published.
admin-flash-unpublished = Taken off sale.
admin-flash-answered = Answered; the e-mail is on its way.
admin-flash-archived = Archived.
admin-flash-restored = Restored as a draft.
admin-flash-reset = Back to the default words.
admin-flash-retried = Back in the queue; it will be tried again.
admin-flash-discarded = The job was given up.
admin-flash-deactivated = Deactivated and signed out.
admin-flash-reactivated = Let in again.
admin-flash-revoked = Key revoked.

## Passwords
error-password-wrong = That is not the present password.
error-password-differs = The two passwords differ.
