# Customers: their list, their page, their timeline; the keyboard palette; day and night.
admin-nav-customers = Customers
customers-title = Customers
customers-region = Region
customers-orders = Orders
customers-paid = Paid
customers-last-order = Last order
customers-first-seen = First seen
customers-language = Language
customers-tags = Tags
customers-contact = Contact
customers-search-hint = Name, e-mail or phone
customers-bought = Bought
customers-bought-never = Never
customers-bought-once = Once
customers-bought-again = More than once
customers-seen-from = First seen from
customers-seen-to = First seen until
customers-nameless = (no name)
customers-none = Nobody has bought yet. Whoever places an order is listed here.
customers-since = Customer since { $date }
customers-export = All data (JSON)
customers-refunded = { $amount } refunded
customers-given-up = { $count ->
    [one] 1 cancelled or expired
   *[other] { $count } cancelled or expired
 }
customers-every-days = { $count ->
    [0] more than once a day
    [one] every day on average
   *[other] every { $count } days on average
 }
customers-usual-time = Usually orders at
customers-timeline = Timeline
customers-kinds = Kinds of entries
customers-kind-visits = Visits
customers-kind-cart = Cart
customers-kind-orders = Orders
customers-kind-payments = Payments
customers-kind-parcels = Parcels
customers-kind-messages = Letters
customers-kind-inquiries = Questions
customers-kind-notes = Notes
customers-note = Note about this customer
customers-note-hint = Write a note for your colleagues
customers-note-add = Add note
customers-flash-noted = The note is added.
customers-see-question = Read it
customers-nothing-happened = Nothing here yet.
customers-tag = Tag
customers-tag-add = Add
customers-untag = Remove the tag { $tag }
customers-edit = Edit contact
customers-email-hint = The customer is known by this address. Past orders keep what was typed then.
customers-favourites = Bought most
customers-addresses = Addresses
error-customer-email-taken = Another customer is known by this address.
error-customer-email-account = This customer signs in with this address; only they can change it.
error-customer-note-missing = Write something first.
error-customer-note-too-long = Keep the note under 1,000 characters.
error-customer-tag = A tag has 1 to 40 characters.
error-customer-tags-too-many = This customer has 20 tags already. Remove one first.
event-page-viewed = Viewed a page
event-product-viewed = Viewed a product
event-products-searched = Searched
event-product-added = Added to cart
event-product-removed = Removed from cart
event-cart-viewed = Viewed the cart
event-checkout-started = Started checkout
event-payment-info-entered = Chose delivery and payment
event-inquiry-started = Asked a question
event-inquiry-answered = Question answered
event-signed-up = Opened an account
event-signed-in = Signed in
event-credentials-changed = Changed how they sign in
event-customer-updated = Contact edited
event-customer-noted = Note
device-phone = phone
device-tablet = tablet
device-desktop = computer
device-program = program
permission-customers-write = edit customers, write notes, export personal data
find-title = Find anything
find-hint = Order, name, phone, product or SKU
find-nothing = Nothing found for “{ $q }”.
find-pages = Pages
find-count = { $count ->
    [0] Nothing found
    [one] 1 result
   *[other] { $count } results
 }
find-action-new-product = New product
find-action-unpaid = Unpaid orders
find-action-overdue = Overdue shipments
find-action-low-stock = Low stock
find-action-shop = Open the shop
find-keys = ↑ ↓ to choose, Enter to open, Esc to close
find-open = Find or go to…
admin-keys-palette = Find anything, go anywhere
theme-title = Appearance
theme-auto = As the device
theme-light = Light
theme-dark = Dark
