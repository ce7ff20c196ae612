# 收款、對帳、退款時可能被拒絕的原因
error-payment-failed = 款項沒有登錄成功，請再試一次。
error-payment-amount = 無法以這個金額付款。
error-payment-not-found = 查無這筆付款。
error-payment-nothing-due = 這筆訂單已經付清了。
error-payment-not-the-amount-due = 金額和應付金額不同，請重新確認總計。
error-payment-still-open = 上一次付款還在向銀行確認，請稍候結果，以免重複扣款。
error-payment-demo-in-real-shop = 這裡不接受示範付款。
error-payment-not-by-hand = 這筆付款由發卡端回報結果，無法人工登錄。
error-refund-too-much = 超過還能退的金額。
error-refund-parts = 退款明細與退款金額不符。
error-refund-over = 這筆退款已經結束了。
error-refund-key-reused = 這次送出的要求已用於另一筆退款，請重新整理頁面再試。
error-receipt-taken = 這筆入帳已經對到訂單或退回了。
error-receipt-reference-reused = 這個銀行交易序號已登錄過，而且金額不同。
error-last-five = 請輸入帳號末五碼，只能是數字。
error-quarantine-over = 這筆異常無法這樣結案；已入帳的款項必須退回。
