# What the program answers when it cannot do what was asked. The key without `error-` is the code for programs.

## Asking
error-not-found = There is nothing here. The address may be mistyped, or what was here is gone.
error-internal = Something went wrong on our side. It has been noted; please try again in a moment.
error-busy = The shop is very busy. Please try again in a few seconds.
error-timeout = The request took too long to arrive. Please try again.
error-too-large = That is more data than we accept.
error-upload-broken = The files did not arrive whole. Please send them again.
error-file-too-large = “{ $name }” is too large. A file may have up to { $limit } MB.
error-files-too-many = Up to { $count } files at once, please. Send the others after these.
error-file-missing = Please choose a file first.
error-method = This address does not take that kind of request.
error-too-many-tries = Too many tries. Please wait a moment and try again.
error-bad-json = The JSON could not be read.
error-media-type = Please send a form or JSON.
error-other-site = This request did not come from our own pages, so it was stopped for your safety. Please go back and try again.
error-idempotency-key = An Idempotency-Key has 1 to 200 characters.
error-idempotency-mismatch = This Idempotency-Key was already used for a different request.

## Fields
error-invalid-input = A few things need changing. Everything you filled in is still here.
error-required = Please fill this in.
error-unknown-field = This field is not accepted.
error-invalid-value = This is not in the expected form.
error-email = This does not look like an email address. Please check it.
error-phone = This does not look like a telephone number. Please give 8 to 15 digits.
error-postal-code = A postal code has 3, 5 or 6 digits.
error-too-long = This is too long. Please shorten it.
error-quantity = A quantity is a whole number from 1 to 9,999.
error-amount = This amount cannot be worked out.

## Buying
error-cart-empty = Your cart is empty. Pick something first.
error-already-ordered = This cart has already been ordered.
error-total-changed = The total has just changed from { $confirmed } to { $now }. Please look at the new total and order again.
error-gift-gone = The gift has changed or run out. The total is the same; place the order again to go on.
error-wrong-state = This is no longer possible as things stand.
error-delivery-method = This way of delivery cannot be chosen now. Please pick another.
error-no-delivery = There is no way to deliver these goods at the moment. Please get in touch with us.
error-no-cash-on-delivery = This way of delivery does not take cash on delivery. Please choose another way to pay.
error-gift-wrap-off = Gift wrap is not offered any more. Please check the total again.
error-store-number-six = The number of the store has 6 digits; the chain’s own page shows it.
error-store-number-four = The number of the store has 4 digits; the chain’s own page shows it.
error-store-chain = Please choose a way of delivery to a store first.
error-real-name = Please give the name as it stands on the ID, without digits or signs; the clerk looks at it.
error-mobile = Stores need a mobile number of Taiwan, 09 and eight digits: a text message tells when the parcel is there.
error-delivery-worth = The order is worth more than a store takes on. Please choose another way of delivery.
error-lookup = We could not find this order. Please check its number and the phone or email you ordered with.

## Staff
error-sign-in = Please sign in first.
error-sign-in-wrong = The email address or the password is wrong.
error-not-allowed = Your role is not allowed to do this.
error-bad-key = This key is not valid. It may be mistyped or revoked.
error-staff-taken = Somebody already works here with this email address.
error-last-owner = The shop needs at least one owner.
error-password-short = A password has at least 10 characters.
error-invitation = This invitation was used or has expired. Ask the owner for a new one.
