# What can be refused when money is collected, matched or given back.
error-payment-failed = The payment could not be recorded. Please try again.
error-payment-amount = This amount cannot be paid.
error-payment-not-found = There is no such payment.
error-payment-nothing-due = This order is already paid.
error-payment-not-the-amount-due = The amount is not what is still due. Please check the total again.
error-payment-still-open = We are still confirming your last payment with the bank. Please wait for its result so that you are not charged twice.
error-payment-demo-in-real-shop = Demo payments are not accepted here.
error-payment-not-by-hand = The card company reports this payment itself; it cannot be entered by hand.
error-refund-too-much = That is more than can still be refunded.
error-refund-parts = The parts of the refund do not add up to its amount.
error-refund-over = This refund has already ended.
error-refund-key-reused = This request was already used for another refund. Reload the page and try again.
error-receipt-taken = This transfer has already been matched or returned.
error-receipt-reference-reused = This bank reference is already recorded with a different amount.
error-last-five = Enter the last five digits of the account, numbers only.
error-quarantine-over = This report cannot be closed this way. Money that came with it must be returned.
