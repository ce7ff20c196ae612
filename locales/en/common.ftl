# Words that several faces share: the shop's pages, the back office and its messages.
# A code of the trade becomes a key: order.state "placed" is order-state-placed.

## Order states
order-state-placed = Placed
order-state-paid = To ship
order-state-picked = Picked
order-state-partly_shipped = Partly shipped
order-state-shipped = Shipped
order-state-delivered = Delivered
order-state-closed = Closed
order-state-cancelled = Cancelled
order-state-expired = Expired

## Payment states of an order
payment-state-pending = Unpaid
payment-state-unknown = Confirming
payment-state-paid = Paid
payment-state-declined = Declined
payment-state-partly_paid = Difference due
payment-state-partly_refunded = Partly refunded
payment-state-refunded = Refunded
payment-state-cancelled = Cancelled

## States of one payment attempt
attempt-state-created = Created
attempt-state-pending = Pending
attempt-state-unknown = Result unknown
attempt-state-succeeded = Succeeded
attempt-state-declined = Declined
attempt-state-cancelled = Cancelled

## Why a payment was declined
decline-reason-insufficient_funds = Not enough funds
decline-reason-limit_reached = Card limit reached
decline-reason-expired_card = Card has expired
decline-reason-declined_by_bank = The bank declined it
decline-reason-authentication_failed = Authentication failed
decline-reason-timed_out = The bank did not answer in time
decline-reason-suspected_fraud = The bank sees a risk

## Refund states
refund-state-pending = Pending
refund-state-succeeded = Refunded
refund-state-failed = Failed
refund-state-withdrawn = Withdrawn

## Parcel states
parcel-state-ready = Ready
parcel-state-shipped = Shipped
parcel-state-in_transit = In transit
parcel-state-delivered = Delivered
parcel-state-returned = Returned
parcel-state-lost = Lost

## Stock holds and the stock ledger
hold-state-held = Held
hold-state-committed = Committed
hold-state-released = Released
hold-state-expired = Expired
ledger-kind-opening = Opening
ledger-kind-receipt = Receipt
ledger-kind-adjustment = Adjustment
ledger-kind-sale = Sale
ledger-kind-return = Return
ledger-kind-count = Count
ledger-kind-transfer = Transfer

## Roles
role-owner = Owner
role-operations = Operations
role-promotion = Promotion
role-service = Service
role-warehouse = Warehouse
role-members = Members

## Payment methods
payment-method-cash_on_delivery = Cash on delivery
payment-method-at_store = Cash at the store
payment-method-bank_transfer = Bank transfer
payment-method-card = Card

## Where a visit came from
source-direct = Direct
source-google = Google
source-facebook = Facebook
source-instagram = Instagram
source-youtube = YouTube
source-yahoo = Yahoo
source-bing = Bing
source-baidu = Baidu
source-line = LINE
source-wechat = WeChat
source-weibo = Weibo
source-threads = Threads
source-email = E-mail
source-tiktok = TikTok
source-sms = SMS
source-event = Events
source-social = Other social networks
source-ad = Paid ads
source-referral = Other sites
source-word_of_mouth = Word of mouth
source-other = Other
source-unknown = Unknown

## What happened to an order, as told in timelines
event-order-placed = Order placed
event-order-completed = Sale confirmed
event-order-restored = Order restored
event-order-readdressed = Delivery details changed
event-order-picked = Order picked
event-order-closed = Order closed
event-order-cancelled = Order cancelled
event-order-expired = Order expired unpaid
event-order-refunded = Refunded
event-order-noted = Note
event-payment-started = Payment started
event-payment-succeeded = Payment succeeded
event-payment-failed = Payment declined
event-payment-unknown = Payment result unknown
event-payment-quarantined = Payment set aside for a person
event-stock-held = Stock held
event-stock-released = Stock released
event-stock-short = Stock short, decision needed
event-parcel-shipped = Parcel shipped
event-parcel-delivered = Parcel delivered
event-message-sent = Message sent
event-message-failed = Message failed

## Who did it
actor-customer = Customer
actor-staff = Staff
actor-system = System
actor-provider = Payment provider
actor-key = Program

## Messages of an order
message-kind-order_confirmation = Order confirmation
message-kind-order_pay_link = Pay link
message-kind-order_changed = Order changed
message-kind-order_delayed = Later than promised
message-kind-order_paid = Payment received
message-kind-payment_failed = Payment failed
message-kind-order_shipped = Order shipped
message-kind-order_cancelled = Order cancelled
message-kind-order_expired = Order expired
message-kind-order_refunded = Order refunded
message-kind-account_link = Account link
message-kind-account_changed = Account change notice
message-kind-order_restored = Order restored
message-kind-inquiry_answered = Answer to an inquiry

## Product states
product-state-draft = Draft
product-state-published = Published
product-state-archived = Archived

## Languages, each in its own words
locale-name-zh-Hant = 繁體中文
locale-name-zh-Hans = 简体中文
locale-name-en = English
event-import-finished = Import finished
journal-entry-correction = Correction
