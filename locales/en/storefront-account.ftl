# The account: getting in, what a customer finds there and changes.
account-title = My account
account-overview = Overview
account-orders = My orders
account-settings = Details and sign-in
account-sign-in = Sign in
account-sign-up = Create an account
account-sign-out = Sign out
account-hello = Hello, { $name }
account-recent = Recent orders
account-all-orders = All orders
account-no-orders = No orders yet.
account-orders-note = An order placed without signing in and with another e-mail address can be found by its number.
account-units = { $count ->
    [one] 1 item
   *[other] { $count } items
}
list-comma = {", "}

## Getting in
account-email = E-mail address
account-password = Password
account-sign-in-text = See your orders, reuse your addresses and find your cart on every device.
account-sign-up-text = Enter your e-mail address and follow the link in the letter we send you.
account-forgotten = Forgotten your password?
account-forgotten-text = Enter the address of your account and we will send you a link to choose a new password.
account-or = or
account-by-letter = Sign in without a password
account-by-letter-text = We send a link to your e-mail address. It works for 15 minutes.
account-send-link = Send me a link
account-no-account = No account yet?
account-back-to-sign-in = Back to sign-in
account-benefit-orders = All your orders in one place, and ordered again with one click
account-benefit-cart = Your cart on your phone and your computer
account-benefit-address = Your addresses kept, so that checkout is quick
account-sent = Check your inbox
account-sent-text = If this address can receive our letters, a link will arrive within a few minutes. Follow it to go on.
account-sent-none = Nothing there? Look in your spam folder, or check the address for typing errors.
account-link-text = You go on as { $email }.
account-sign-up-title = Open your account
account-open = Open and sign in
account-password-title = Choose a new password
account-set-password = Set password
account-password-hint = At least 10 characters. Your other devices will be signed out.
account-password-optional = At least 10 characters. You can leave it empty and sign in by e-mail link each time.
account-move-title = Change your e-mail address
account-move-text = Your account will use { $email } for signing in and for letters. Your other devices will be signed out.
account-move = Use this address

## Settings
account-profile = Your details
account-name = Name
account-phone = Mobile number
account-language = Language of our letters
account-save = Save
account-email-title = Sign-in address
account-email-now = At present it is { $email }.
account-new-email = New e-mail address
account-new-email-hint = We send a letter to the new address; nothing changes until you follow its link.
account-present-password = Present password
account-new-password = New password
account-without-password = This account has no password; you sign in by e-mail link each time. To set one, let us send you a letter.
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
