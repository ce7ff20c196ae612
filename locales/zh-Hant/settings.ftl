# What the shop decides, as shoppers meet it.
error-payment-method-off = 這家店目前不收這種付款方式，請換一種。
error-payment-method-amount = 這種付款方式不適用這個金額，請換一種。
payment-unavailable-amount = 這個金額不能用這種方式付款
