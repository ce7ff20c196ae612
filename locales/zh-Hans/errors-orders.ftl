# 购物车或订单为什么不能更改，以及订单正在等什么。

## 购物车
error-cart-not-found = 找不到这个购物车，请从商品页重新选购。
error-cart-closed = 这个购物车已经提交订单了。
error-cart-changed = 购物车内容刚刚发生了变化，请确认新的金额后再提交订单。
error-cart-line-not-found = 这件商品已经不在购物车里了。
error-unknown-variant = 没有这件商品。
error-cart-quantity-too-large = 同一件商品一次最多购买 9,999 件。
error-cart-full = 购物车满了，请先结算再继续选购。

## 订单
error-orders-busy = 现在下单的人很多，请稍后再试。
error-orders-failed = 系统出了点问题，数据没有任何改动。
error-order-amount = 这个金额无法计算。
error-order-empty = 这里还没有内容。
error-order-negative = 金额不能小于零。
error-order-discount-too-large = 优惠不能超过商品金额。
error-order-text-too-long = 这段文字太长了。
error-order-not-found = 没有找到这笔订单。
error-order-illegal-step = 订单状态已经改变，无法进行这一步。请刷新页面查看最新状态。
error-order-illegal-payment = 付款状态已经改变，无法这样登记。
error-order-method-fixed = 目前不能更改付款方式。如果有一笔付款还在确认中，请等待结果。
error-order-stock-decision = 这笔订单已付款但缺货，请先决定补货还是退款。
error-order-line-not-found = 订单里没有这件商品。
error-order-line-exceeded = 超过这件商品剩余的数量或金额。
error-order-bad-cursor = 这一页已经不存在，请从第一页开始查看。

## 订单正在等什么
order-situation-awaiting-payment = 这笔订单还没有付款，商品为您保留到 { $until }。
order-situation-awaiting-payment-undated = 这笔订单还没有付款，商品先为您保留。
order-situation-payment-declined = 付款没有成功，也没有扣款。{ $until } 之前可以换一种方式付款。
order-situation-payment-declined-undated = 付款没有成功，也没有扣款。您可以换一种方式付款。
order-situation-confirming-payment = 正在向银行确认付款结果，请不要重复付款，商品会先为您保留。
order-situation-due-on-delivery = 现在不用付款，收货时付给快递员即可。最晚 { $ship_by } 发货。
order-situation-due-on-delivery-undated = 现在不用付款，收货时付给快递员即可。
order-situation-preparing = 已收到款项，正在备货，最晚 { $ship_by } 发货。
order-situation-preparing-undated = 已收到款项，正在备货。
order-situation-out-of-stock = 已收到款项，但商品在此之前售完了。我们会补货或退款，并通知您结果。
order-situation-part-on-the-way = 部分商品已发货，其余随后寄出。
order-situation-on-the-way = 商品已发货，正在配送途中。
order-situation-arrived = 商品已送达。
order-situation-closed = 这笔订单已完成，谢谢您。
order-situation-cancelled = 这笔订单已取消，没有扣款。
order-situation-cancelled-refunding = 这笔订单已取消，款项会退还给您。
order-situation-cancelled-refunded = 这笔订单已取消，款项已退回。
order-situation-expired = 超过付款期限，订单已关闭，商品已重新上架。
error-order-draft-not-found = 找不到这张订单草稿，或者它已经结束。
error-order-too-late-to-readdress = 商品已在备货，收货信息无法再修改，请直接联系我们。
error-order-not-editable = 这张订单已无法修改。
error-order-balance-due = 订单修改后的差额尚未付清，暂时不能配货。
error-order-no-room = 这一天的加急名额已满，请改约另一天，或先取消其他加急订单。
order-situation-balance-due = 订单金额有增加，请付清差额，收到后即安排发货。
