# What the program answers when it cannot do what was asked. The key without `error-` is the code for programs.

## Asking
error-not-found = 這裡沒有東西。網址可能打錯了，或是內容已經下架。
error-internal = 我們這邊出了點問題，已經記錄下來。請稍後再試一次。
error-busy = 現在人比較多，請過幾秒再試一次。
error-timeout = 資料傳得太慢，已經中斷。請再試一次。
error-too-large = 送來的資料太大了。
error-upload-broken = 檔案沒有完整送到，請再傳一次。
error-file-too-large = 「{ $name }」太大了。一個檔案最多 { $limit } MB。
error-files-too-many = 一次最多 { $count } 個檔案，其餘的請分次上傳。
error-file-missing = 請先選擇檔案。
error-method = 這個網址不接受這種要求。
error-too-many-tries = 試得太頻繁了，請過一會兒再試。
error-bad-json = 送來的 JSON 讀不懂。
error-media-type = 請用表單或 JSON 送出。
error-other-site = 這個要求不是從本站的頁面送出的，為了您的安全已經擋下。請回到頁面再試一次。
error-idempotency-key = Idempotency-Key 要有 1 到 200 個字元。
error-idempotency-mismatch = 同一個 Idempotency-Key 已經用在內容不同的要求上。

## Fields
error-invalid-input = 有幾個地方需要修改，已填的內容都還在。
error-required = 這裡需要填寫。
error-unknown-field = 不接受這個欄位。
error-invalid-value = 這個內容不合格式。
error-email = 這不像是電子郵件地址，請再看一次。
error-phone = 這不像是電話號碼，請填 8 到 15 個數字。
error-postal-code = 郵遞區號是 3、5 或 6 個數字。
error-too-long = 寫得太長了，請精簡一點。
error-quantity = 數量要是 1 到 9,999 之間的整數。
error-amount = 這個金額無法計算。

## Buying
error-cart-empty = 購物車是空的，先挑些東西吧。
error-already-ordered = 這個購物車已經送出訂單了。
error-total-changed = 金額剛才從 { $confirmed } 變成 { $now }。請看過新的金額，再送出一次。
error-gift-gone = 贈品有變動或已經送完，金額不變。仍要訂購，請再送出一次。
error-wrong-state = 以目前的狀態，這件事已經不能做了。
error-delivery-method = 這個配送方式現在不能選，請換一個。
error-no-delivery = 目前沒有能配送這些商品的方式，請和我們聯絡。
error-no-cash-on-delivery = 這個配送方式不能貨到付款，請換一種付款方式。
error-gift-wrap-off = 目前不提供禮物包裝了，請再確認一次金額。
error-store-number-six = 門市店號是 6 位數字，請到官方網頁查詢。
error-store-number-four = 門市店號是 4 位數字，請到官方網頁查詢。
error-store-chain = 請先選擇超商取貨的配送方式。
error-real-name = 請填身分證件上的姓名，不要有數字或符號；取貨時店員要核對。
error-mobile = 超商取貨要用手機號碼（09 開頭，共 10 位數字），包裹到店會傳簡訊。
error-delivery-worth = 這筆訂單的金額超過門市能代收代送的上限，請換一種配送方式。
error-lookup = 找不到這筆訂單。請核對訂單編號，以及下單時留的手機或電子郵件。

## Staff
error-sign-in = 請先登入。
error-sign-in-wrong = 電子郵件或密碼不對。
error-not-allowed = 您的角色沒有這個權限。
error-bad-key = 這把金鑰無效，可能打錯或已經撤銷。
error-staff-taken = 已經有員工用這個電子郵件。
error-last-owner = 至少要留一位店主。
error-password-short = 密碼至少要 10 個字元。
error-invitation = 這封邀請已經用過或過期了，請店主再寄一次。
