# 收款、对账、退款时可能被拒绝的原因
error-payment-failed = 款项没有登记成功，请重试。
error-payment-amount = 不能按这个金额付款。
error-payment-not-found = 没有这笔付款。
error-payment-nothing-due = 这个订单已经付清。
error-payment-not-the-amount-due = 金额与应付金额不一致，请重新核对总价。
error-payment-still-open = 上一次付款还在和银行确认，请等待结果，避免重复扣款。
error-payment-demo-in-real-shop = 这里不接受演示付款。
error-payment-not-by-hand = 这笔付款由卡组织回传结果，不能手工登记。
error-refund-too-much = 超过了还可以退的金额。
error-refund-parts = 退款明细与退款金额不一致。
error-refund-over = 这笔退款已经结束。
error-refund-key-reused = 这次提交的请求已用于另一笔退款，请刷新页面后重试。
error-receipt-taken = 这笔到账已经匹配订单或退回。
error-receipt-reference-reused = 这个银行流水号已登记过，而且金额不同。
error-last-five = 请输入账号后五位，只能是数字。
error-quarantine-over = 这条异常不能这样结案；已到账的款项必须退回。
