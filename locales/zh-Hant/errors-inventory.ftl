# Why stock refused, in words for people.
error-out-of-stock = 有商品數量不足，請調整數量後再試。
error-stock-not-held = 這筆訂單保留的庫存不夠，可能已經釋放或出貨。
error-stock-already-held = 這筆訂單已經保留了庫存。
error-stock-below-reserved = 調整後的數量會少於已保留給訂單的數量。請先處理那些訂單。
error-stock-quantity = 請輸入正確的數量。
error-stock-wrong-sign = 這種異動的正負方向不對：進貨和退貨只能增加，銷售只能減少。
error-stock-no-location = 還沒有倉位，請先建立一個。
error-stock-unknown-location = 找不到這個倉位。
error-stock-unknown-variant = 找不到這個商品規格。
error-location-code-taken = 這個倉位代碼已經有人使用。
error-stock-unknown-entry = 找不到這筆庫存紀錄。
error-stock-already-reversed = 這筆庫存紀錄已經更正過了。
error-stock-not-a-reversal = 更正的內容必須和原紀錄正好相反。
error-stock-effect-reused = 同一筆異動不能登記成不同的內容。
error-stock-backorder-in-use = 還有缺貨預購的訂單在等貨，現在不能停止超賣。
error-cursor = 找不到這一頁，請從第一頁重新開始。
