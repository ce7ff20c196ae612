# The account: getting in, what a customer finds there and changes.
account-title = My account
account-overview = Overview
account-orders = My orders
account-settings = Settings
account-sign-in = Sign in
account-sign-up = Create an account
account-sign-out = Sign out
account-hello = Hello, { $name }
account-recent = Recent orders
account-all-orders = All orders
account-no-orders = No orders yet.
account-orders-note = An order placed without signing in and with another email address can be found by its number.
account-units = { $count ->
    [one] 1 item
   *[other] { $count } items
}
list-comma = {", "}

## Getting in
account-email = Email address
account-password = Password
account-sign-in-text = See your orders, reuse your addresses and find your cart on every device.
account-sign-up-text = Enter your email address and follow the link we send you.
account-forgotten = Forgotten your password?
account-forgotten-text = Enter the address of your account and we will send you a link to choose a new password.
account-or = or
account-by-letter = Sign in without a password
account-by-letter-text = We send a link to your email address. It works for 15 minutes.
account-send-link = Send me a link
account-no-account = No account yet?
account-back-to-sign-in = Back to sign-in
account-benefit-orders = All your orders in one place, and ordered again with one click
account-benefit-cart = Your cart on your phone and your computer
account-benefit-address = Your addresses kept, so that checkout is quick
account-sent = Check your inbox
account-sent-text = If this address can receive our emails, a link will arrive within a few minutes. Follow it to go on.
account-sent-none = Nothing there? Look in your spam folder, or check the address for typing errors.
account-link-text = You go on as { $email }.
account-sign-up-title = Open your account
account-open = Open and sign in
account-password-title = Choose a new password
account-set-password = Set password
account-password-hint = At least 10 characters. Your other devices will be signed out.
account-password-optional = At least 10 characters. You can leave it empty and sign in by email link each time.
account-move-title = Change your email address
account-move-text = Your account will use { $email } for signing in and for our emails. Your other devices will be signed out.
account-move = Use this address

## Settings
account-profile = Your details
account-name = Name
account-phone = Mobile number
account-language = Language of our emails
account-save = Save
account-email-title = Sign-in address
account-email-now = At present it is { $email }.
account-new-email = New email address
account-new-email-hint = We send an email to the new address; nothing changes until you follow its link.
account-present-password = Present password
account-new-password = New password
account-without-password = This account has no password; you sign in by email link each time. To set one, let us send you a link.
account-devices = Other devices
account-devices-text = Lost your phone, or forgot to sign out on somebody else’s computer? Sign out everywhere at once, including here.
account-sign-out-everywhere = Sign out on all devices
flash-account-signed-out = You are signed out.
flash-account-signed-out-everywhere = You are signed out on all devices.
flash-account-saved = Saved.
flash-account-password-changed = Your password was changed and all other devices were signed out.

## What goes wrong
error-account-link-over = This link was used or has expired. Please ask for a new one on the sign-in page.
error-account-address-taken = Another account uses this address. Choose another address, or sign in to that account.
error-account-password-wrong = The password is wrong

## Addresses, by country
address-country = Country or region
address-show-fields = Show the fields for this place
address-line1-hint = Street, number and floor
address-region-tw = City or county
address-city-tw = District
address-postal_code-tw = Postal code
address-line1-tw = Address
address-line2-tw = Building, community or company
address-region-hk = Area
address-city-hk = District
address-line1-hk = Street and building
address-line2-hk = Floor and flat
address-region-cn = Province
address-city-cn = City
address-district-cn = District
address-line1-cn = Street address
address-line2-cn = Building and room
address-postal_code-cn = Postal code
address-line1-other = Street and number
address-line2-other = Flat, floor or company
address-city-other = Town or city
address-region-other = State or province
address-postal_code-other = Postal code
country-tw = Taiwan
country-hk = Hong Kong
country-mo = Macao
country-cn = Mainland China
country-sg = Singapore
country-my = Malaysia
country-jp = Japan
country-kr = South Korea
country-th = Thailand
country-us = United States
country-ca = Canada
country-gb = United Kingdom
country-de = Germany
country-fr = France
country-au = Australia
country-nz = New Zealand
account-addresses = Addresses
account-no-addresses = No addresses yet. Keep one and checkout will be quick.
account-address-add = Add an address
account-address-change = Change
account-address-default = Default address
account-address-make-default = Make this the default address
flash-account-address-removed = The address was removed.
checkout-have-account = Have an account?
checkout-keep-address = Keep this address in my account
error-country = We do not deliver to this country or region yet
error-address-region = Please choose from the list
error-address-city = Please choose again; it does not lie in the place above
error-postal-code-cn = A mainland postal code has 6 digits
error-postal-code-other = A postal code has letters and digits only
error-too-many-addresses = An address book holds 20 addresses. Please remove one that you no longer need.

## Acts on an order
order-readdress = Change the delivery details
order-readdress-text = You can change them until packing begins; an email will confirm it.
order-readdress-cost = Delivery costs { $shipping } now. If it costs otherwise by the new address or another way, you confirm the amount first.
order-readdress-agree = Delivered there, the order costs { $after } instead of { $before }. Press once more to agree; on a paid order the difference is asked for or given back.
order-readdress-agree-button = Agree and change ({ $total })
order-readdress-no-way = Nothing is delivered there at the moment.
order-back = Back to order { $number }
order-again = Order again
order-undo-title = Cancelled by mistake?
order-undo-text = Until { $until } you can restore this order, as long as the goods are in stock.
order-undo = Restore the order
inspect-title = Look before you sign
inspect-text = Please look whether the box is crushed, wet or has been opened; you may open it on the spot. If something is wrong, refuse it or have the courier note it, take a picture and tell us: we take care of it.
flash-reorder-all = Everything is in your cart, at today’s prices.
flash-reorder-some = Some things are no longer sold; the rest is in your cart.
flash-order-readdressed = The delivery details were changed.
flash-order-restored = Your order is restored.

## Messages
account-messages = Messages
account-questions = My questions
account-no-questions = You have not asked anything yet.
account-question-waits = Waiting for an answer
account-letters = Emails we sent you
account-no-letters = No emails yet.

## Consent and one's own data
consent-title = Privacy choices
consent-text = May we note where you came from and what you look at? It is used only to improve this shop and given to nobody.
consent-more = Learn more
consent-yes = Yes, you may
consent-no = No
consent-allow = Allow it
consent-stop = Do not keep it
consent-needed = What the shop needs to work
consent-needed-text = Cart, sign-in and language. Nobody can shop without them, so we do not ask.
consent-measurement = Measuring visits
consent-measurement-text = Knowing a browser again, the site it came from and the products it looked at. The data stays on this shop’s own machine; no advertising company gets it.
consent-on = Visits are measured now
consent-off = Visits are not measured now
consent-marketing = Email me about offers and new products (you can stop at any time)
account-data = Your data and choices
account-export = Download my data (JSON)
