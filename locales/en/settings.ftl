# What the shop decides, as shoppers meet it.
error-payment-method-off = The shop does not take this way of paying now. Please choose another.
error-payment-method-amount = This way of paying does not take an order of this amount. Please choose another.
payment-unavailable-amount = Not possible for this amount
