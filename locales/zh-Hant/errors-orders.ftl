# 購物車或訂單為什麼不能更動，以及訂單正在等什麼。

## 購物車
error-cart-not-found = 找不到這台購物車，請從商品頁重新選購。
error-cart-closed = 這台購物車已經送出訂單了。
error-cart-changed = 購物車的內容剛剛有變動，請確認新的金額後再送出訂單。
error-cart-line-not-found = 這項商品已經不在購物車裡了。
error-unknown-variant = 沒有這項商品。
error-cart-quantity-too-large = 同一項商品一次最多訂購 9,999 件。
error-cart-full = 購物車滿了，請先結帳再繼續選購。

## 訂單
error-orders-busy = 現在下單的人很多，請稍候再試一次。
error-orders-failed = 系統出了點問題，資料沒有任何變動。
error-order-amount = 這個金額無法計算。
error-order-empty = 這裡還沒有內容。
error-order-negative = 金額不能小於零。
error-order-discount-too-large = 折扣不能超過商品金額。
error-order-text-too-long = 這段文字太長了。
error-order-not-found = 查無這筆訂單。
error-order-illegal-step = 訂單的狀態已經改變，無法執行這個動作。請重新整理頁面查看最新狀態。
error-order-illegal-payment = 付款的狀態已經改變，無法這樣登錄。
error-order-method-fixed = 目前不能更改付款方式。如果有一筆付款還在確認中，請等候結果。
error-order-stock-decision = 這筆訂單已付款但缺貨，請先決定要補貨還是退款。
error-order-line-not-found = 訂單裡沒有這項商品。
error-order-line-exceeded = 超過這項商品剩餘的數量或金額。
error-order-bad-cursor = 這一頁已經不存在，請從第一頁開始查看。

## 訂單正在等什麼
order-situation-awaiting-payment = 這筆訂單還沒付款，商品為您保留到 { $until }。
order-situation-awaiting-payment-undated = 這筆訂單還沒付款，商品先為您保留。
order-situation-payment-declined = 付款沒有成功，也沒有扣款。{ $until } 以前可以改用其他方式付款。
order-situation-payment-declined-undated = 付款沒有成功，也沒有扣款。您可以改用其他方式付款。
order-situation-confirming-payment = 正在向銀行確認付款結果，請不要重複付款，商品會先為您保留。
order-situation-due-on-delivery = 現在不用付款，收到商品時再付給送貨員。最晚 { $ship_by } 出貨。
order-situation-due-on-delivery-undated = 現在不用付款，收到商品時再付給送貨員。
order-situation-preparing = 已收到款項，正在備貨，最晚 { $ship_by } 出貨。
order-situation-preparing-undated = 已收到款項，正在備貨。
order-situation-out-of-stock = 已收到款項，但商品在這之前售完了。我們會補貨或退款，並通知您結果。
order-situation-part-on-the-way = 部分商品已出貨，其餘隨後寄出。
order-situation-on-the-way = 商品已出貨，正在配送途中。
order-situation-arrived = 商品已送達。
order-situation-closed = 這筆訂單已完成，謝謝您。
order-situation-cancelled = 這筆訂單已取消，沒有扣款。
order-situation-cancelled-refunding = 這筆訂單已取消，款項會退還給您。
order-situation-cancelled-refunded = 這筆訂單已取消，款項已退回。
order-situation-expired = 超過付款期限，訂單已關閉，商品已重新上架。
error-order-draft-not-found = 找不到這張訂單草稿，或者它已經結束了。
error-order-too-late-to-readdress = 商品已經在備貨，收件資料不能再改了。請直接和我們聯絡。
error-order-not-editable = 這張訂單已經不能更改了。
error-order-balance-due = 訂單更改後的差額還沒有付清，還不能備貨。
error-order-no-room = 這一天的急件名額滿了，請改約另一天，或先取消別的急件。
order-situation-balance-due = 訂單金額增加了，請付清差額，我們收到後就出貨。
