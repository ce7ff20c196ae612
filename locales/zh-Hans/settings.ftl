# What the shop decides, as shoppers meet it.
error-payment-method-off = 本店目前不支持这种付款方式，请换一种。
error-payment-method-amount = 这种付款方式不适用于这个金额，请换一种。
payment-unavailable-amount = 这个金额不能用这种方式付款
