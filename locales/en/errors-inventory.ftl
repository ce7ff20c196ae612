# Why stock refused, in words for people.
error-out-of-stock = There is not enough of some items. Please change the quantity and try again.
error-stock-not-held = This order does not hold that much stock; it may have been released or shipped.
error-stock-already-held = This order holds stock already.
error-stock-below-reserved = That would leave less than is reserved for orders. Deal with those orders first.
error-stock-quantity = Please enter a sensible number of units.
error-stock-wrong-sign = That kind of change goes the other way: receipts and returns add, sales take away.
error-stock-no-location = There is no stock location yet. Please add one first.
error-stock-unknown-location = There is no such stock location.
error-stock-unknown-variant = There is no such variant.
error-location-code-taken = Another location has this code.
error-stock-unknown-entry = There is no such entry in the stock ledger.
error-stock-already-reversed = This entry was reversed already.
error-stock-not-a-reversal = A correction must be the exact opposite of the entry it corrects.
error-stock-effect-reused = The same change cannot be recorded twice with different content.
error-stock-backorder-in-use = Orders are waiting for goods that are not here, so selling beyond stock cannot stop yet.
error-cursor = That page was not found. Please start again from the first one.
