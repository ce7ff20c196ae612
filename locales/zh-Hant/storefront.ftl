# What shoppers read in the shop's pages.

## Every page
layout-skip = 跳到主要內容
layout-menu = 選單
layout-categories = 商品分類
layout-all-of = 全部{ $title }
layout-breadcrumbs = 目前位置
layout-home = 首頁
layout-shop = 逛逛
layout-help = 購物協助
layout-find-order = 查詢訂單
layout-contact = 聯絡我們
layout-write-us = 寫訊息給我們
layout-cart = 購物車
layout-cart-count = 購物車，{ $count ->
    [0] 目前沒有商品
   *[other] { $count } 件商品
}
pagination-label = 分頁
pagination-first = 回第一頁
pagination-next = 看更多

## Service promises
promise-label = 服務承諾
promise-fast = 出貨快
promise-fast-text = { $time } 前付款，當個工作天出貨
promise-cash = 可貨到付款
promise-cash-text = 收到商品再付現金
promise-return = { $days } 天鑑賞期
promise-return-text = 收到後不合意，可以退貨

## Prices
price-now = 售價
price-was = 原價
price-from = { $price } 起
price-sale = 優惠中
price-sale-until = 優惠到 { $date }
price-ends = 優惠到 { $date } 為止，之後恢復 { $price }。

## Stock, always the true figure
stock-in = 有現貨
stock-low = 只剩 { $count } 件
stock-sold-out = 售完

## Shipping and delivery
shipping-free = 免運費
shipping-free-over = 單筆滿 { $amount } 免運費
shipping-free-remaining = 再買 { $amount } 就免運費
shipping-free-reached = 這筆訂單免運費
shipping-from = 未滿時運費 { $amount } 起
delivery-ships-today = 今天 { $time } 前付款，今天出貨
delivery-ships-on = 現在付款，{ $date }出貨
delivery-ships-from = 從{ $place }出貨
delivery-to-you = 以您的預設地址（{ $place }）計算
delivery-arrives-on = 預計 { $date }送達
delivery-arrives-between = 預計 { $earliest }至 { $latest }送達

## Home
home-collections = 依分類選購
home-shop-now = 去逛逛
home-story-more = 認識我們
home-empty = 商品正在準備，過幾天再來看看。

## Lists and search
collection-narrow = 縮小範圍
collection-count = 共 { $count } 件商品
collection-sort = 排序
collection-empty = 這個分類目前沒有商品，過幾天再來看看。
sort-featured = 推薦
sort-newest = 最新上架
sort-price-asc = 價格由低到高
sort-price-desc = 價格由高到低
search-label = 搜尋商品
search-placeholder = 想找什麼？
search-submit = 搜尋
search-title = 「{ $q }」的搜尋結果
search-empty = 找不到符合「{ $q }」的商品。
search-empty-hint = 試試更短或更常見的說法。
search-ask-us = 還是找不到？直接問我們
search-suggestions = 您是不是想找
search-start = 可以從這裡找起
search-recommended = 大家常買

## Product
product-pictures = 商品圖片
product-variant = 規格
product-add = 加入購物車
product-question = 還有疑問？
product-ask = 問問我們
product-about = 商品介紹
product-specs = 商品資料
product-sku = 貨號
product-related = 也可以看看

## Cart
cart-title = 購物車
cart-count = 共 { $count } 件商品
cart-empty = 購物車還是空的。
cart-start = 去逛逛
cart-quantity = 數量
cart-quantity-of = { $title }的數量
cart-less = 減少一件
cart-more = 增加一件
cart-update = 更新
cart-remove = 移除
cart-shipping-next = 運費在下一步列出，送出前就看得到。
cart-checkout = 前往結帳
cart-fix-first = 請先處理上面標示的商品，再前往結帳。
cart-problem-sold-out = 已經售完，請移除這項商品。
cart-problem-not-enough = 目前只剩 { $count } 件，請調整數量。
cart-problem-price-changed = 價格已更新為 { $price }。
cart-problem-unavailable = 這項商品已經下架，請移除。
cart-recommended = 也許還需要
cart-recommended-empty = 先看看這些

## Forms
form-optional = （選填）
form-choose = 請選擇
form-apply = 套用
form-field-error = { $label }：{ $error }
form-has-errors = 有幾個地方需要修改，已填的內容都還在。

## Sums
totals-title = 金額
totals-subtotal = 商品小計
totals-discount = 折扣
totals-shipping = 運費
totals-gift-wrap = 禮物包裝
totals-fees = 手續費
gift-wrap-free = 免費
totals-total = 應付總額
totals-tax-included = 含稅 { $amount }

## Checkout
checkout-title = 結帳
checkout-back = 回購物車
checkout-recipient = 收件資料
checkout-name = 收件人姓名
checkout-phone = 手機
checkout-email = 電子郵件
checkout-email-hint = 訂單確認與出貨通知會寄到這裡。
checkout-delivery = 配送方式
checkout-payment = 付款方式
checkout-extras = 其他
checkout-gift = 這是一份禮物
checkout-gift-message = 祝福卡
checkout-gift-hint = 我們會抄寫在卡片上，隨商品寄出；包裹內不放價格。
checkout-gift-wrap = 加禮物包裝（{ $price }）
checkout-gift-wrap-about = 以包裝紙與緞帶包好，再裝箱寄出。
checkout-recipient-phone = 收件人手機
checkout-recipient-phone-hint = 與上面的手機不同時才需要填。
checkout-note = 留言給賣家
checkout-note-label = 給賣家的話
checkout-summary = 訂單內容
checkout-recalculate = 更新金額
checkout-place = 送出訂單
checkout-busy = 處理中，請稍候……
checkout-place-note = 送出後庫存就為您保留。選擇信用卡時，下一步才付款。

## Ways to pay, and why one of them cannot be chosen
payment-about-card = 下一步前往刷卡頁面付款
payment-about-bank_transfer = 下一步給您帳號，商品先為您保留
payment-about-cash_on_delivery = 收到商品時，把現金交給送貨員
payment-about-at_store = 到門市拿到包裹時才付現金，現在不用付錢
pickup-title = 取貨門市
pickup-number = 門市店號
pickup-name = 門市名稱
pickup-name-example = 例如：建國門市
pickup-find = { $chain } 的店號是 { $digits } 位數字。請先在官方網頁找到方便的門市，再把店號和店名填在下面。
pickup-finder = 查詢 { $chain } 門市
pickup-real-name = 收件人請填身分證件上的姓名，並填本人的手機號碼：包裹到店會傳簡訊，取貨時店員要核對證件。
pickup-pay-there = 可以取貨付款：拿到包裹時才付現金。
pickup-bring = 包裹到店後會傳簡訊通知。取貨時請帶本人身分證件，姓名要和訂單相同；門市保留 { $days } 天。
pickup-collect = 取貨時付現金 { $amount }
payment-unavailable-delivery = 您選的配送方式不能貨到付款

## Demo card page
payment-demo-title = 示範付款
payment-demo-banner = 示範付款，不會真的扣款
payment-demo-text = 這一頁代替銀行的刷卡頁面，不需要輸入卡號。選擇想試的結果，看看商店怎麼處理。
payment-demo-choose = 銀行的回應
payment-demo-submit = 送出 { $amount } 的示範付款
payment-demo-cancel = 不付了，回到訂單
payment-amount = 付款金額
payment-due-on-delivery = 收貨時付款
outcome-succeed = 付款成功
outcome-succeed-late = 付款成功，但銀行的通知晚到
outcome-succeed-twice = 付款成功，但銀行通知了兩次
outcome-insufficient-funds = 餘額不足
outcome-limit-reached = 超過刷卡額度
outcome-expired-card = 卡片過期
outcome-declined-by-bank = 銀行拒絕交易
outcome-suspected-fraud = 銀行懷疑盜刷
outcome-authentication-failed = 3D 驗證失敗
outcome-timed-out = 銀行沒有回應（逾時）

## Why a payment failed, and what helps
decline-insufficient-funds = 銀行回覆：帳戶餘額不足。可以換一張卡，或改用其他方式付款。
decline-limit-reached = 銀行回覆：這張卡已達刷卡額度。可以請銀行調高額度，或改用其他方式付款。
decline-expired-card = 銀行回覆：這張卡已過有效期限。請換一張卡，或改用其他方式付款。
decline-declined-by-bank = 發卡銀行沒有同意這筆交易，也沒有告訴我們原因。可以打卡片背面的電話問問，或改用其他方式付款。
decline-suspected-fraud = 銀行為了保護您，先擋下了這筆交易。請打卡片背面的電話確認，或改用其他方式付款。
decline-authentication-failed = 3D 驗證沒有完成，可能是驗證碼輸入錯誤或過期。可以再試一次，或改用其他方式付款。
decline-timed-out = 銀行太久沒有回應，這次沒有扣款。可以再試一次，或改用其他方式付款。
decline-other = 這次付款沒有成功，也沒有扣款。可以再試一次，或改用其他方式付款。

## Paying an order that is not paid yet
pay-now = 現在付款
pay-try-again = 換個方式付款
pay-another-way = 改用其他方式付款
pay-choose-method = 選擇付款方式
pay-submit = 用這個方式支付 { $amount }

## Bank transfer
transfer-title = 轉帳資料
transfer-bank = 銀行
transfer-bank-code = 代碼 { $code }
transfer-account-number = 帳號
transfer-account-name = 戶名
transfer-amount = 轉帳金額
transfer-deadline = 轉帳期限
transfer-last-five = 您的帳號末五碼
transfer-last-five-hint = 轉帳後告訴我們末五碼，對帳更快。
transfer-report = 我已轉帳
transfer-reported = 已收到您的回報（末五碼 { $digits }）。核對入帳後，會寄信通知您。

## Result of an order
result-not-yet-paid = 尚未付款
result-awaiting-match = 等候核對入帳
result-paid = 付款完成，謝謝您
result-paid-text = 確認信已寄到 { $email }。
result-cash-on-delivery = 訂單成立，謝謝您
result-cash-on-delivery-text = 收到商品時，請準備現金 { $amount }。確認信已寄到 { $email }。
result-cash-at-store-text = 取貨時，請準備現金 { $amount }。確認信已寄到 { $email }。
result-awaiting-transfer = 請轉帳 { $amount } 完成訂單
result-awaiting-card = 訂單已成立，還差付款這一步
result-declined = 付款沒有成功
result-confirming = 正在向銀行確認付款
result-confirming-text = 銀行還沒有給最後答覆。請不要重複付款；一有結果，我們會寄信通知您。商品先為您保留。
result-kept-until = 訂單與商品為您保留到 { $deadline }，逾期訂單會自動取消。
result-expired = 訂單已逾期關閉
result-expired-text = 付款期限已過，商品已放回架上，沒有扣款。歡迎重新下單。
result-cancelled = 訂單已取消
result-cancelled-text = 這筆訂單已經取消，商品已放回架上。
result-next = 接下來
result-next-transfer = 我們核對入帳後，寄信通知您。
result-next-ship = 備貨出貨，並寄給您物流單號。
result-next-cash = 收貨時把 { $amount } 交給送貨員。
result-next-cash-at-store = 到門市拿到包裹時，付現金 { $amount } 給店員。
result-next-track = 到訂單頁面，隨時看得到進度。
result-track = 查看訂單進度
result-see-order = 查看訂單

## Order
order-title = 訂單 { $number }
order-number = 訂單編號
order-placed-at = { $time } 成立
order-ship-to = 寄送至
order-payment-state = 付款狀態
order-units-cancelled = 這些商品不會出貨：
order-refund = 已退款 { $amount }（{ $time }）
order-refund-waits = { $amount } 會在 { $until } 之後退還給您。
order-refund-pending = 正在退還 { $amount }，收到時間依銀行而定。
order-ask = 對這筆訂單有疑問？
order-cancel = 取消訂單
order-cancel-text = 取消後商品會放回架上；已付的款項會在可以反悔的時間過後原路退回。
order-cancel-confirm = 確定取消訂單
step-placed = 訂單成立
step-paid = 付款
step-picked = 備貨
step-shipped = 出貨
step-delivered = 送達
step-closed = 完成
step-cancelled = 已取消
step-expired = 逾期關閉
step-refunded = 已退款
hold-title = 為您保留的商品
hold-awaiting-payment = 商品為您保留到 { $until }，等您付款。逾期會放回架上。
hold-confirming-payment = 商品先為您保留，等銀行確認付款。
hold-until-shipped = 商品已為您留好，直到出貨。
parcel-title = 包裹 { $number }
parcel-carrier = 物流
parcel-tracking-number = 物流單號
parcel-shipped-at = 出貨時間
parcel-delivered-at = 送達時間
parcel-track = 到{ $carrier }查詢進度

## Find an order
lookup-title = 查詢訂單
lookup-text = 輸入訂單編號，以及下單時留的手機或電子郵件。
lookup-contact = 手機或電子郵件
lookup-contact-hint = 與下單時填的相同
lookup-number-example = 例：20261122-000123
lookup-submit = 查詢
lookup-help = 找不到訂單編號？確認信裡有。

## Contact
contact-title = 聯絡我們
contact-text = 選購、訂單、送禮，什麼都可以問。
contact-name = 怎麼稱呼您
contact-email = 電子郵件
contact-message = 訊息
contact-about = 關於
contact-submit = 送出訊息
contact-sent = 收到您的訊息了
contact-sent-text = 我們會在營業時間內回信到您的電子郵件。
contact-other-ways = 其他聯絡方式

## Text pages and errors
page-updated = { $date }更新
error-home = 回首頁
error-title = 這一步沒有成功
error-title-404 = 找不到這一頁
error-title-link = 連結已經失效
error-title-server = 我們這邊出了點問題
error-request = 回報問題時請附上編號 { $id }
gift-tag = 贈品
gift-title = 滿額贈
gift-over = 滿 { $amount } 送「{ $gift }」
gift-reached = 已達滿額，送您「{ $gift }」
gift-remaining = 再買 { $amount }，就送「{ $gift }」
gift-one = 贈送 1 件
gift-worth = 單買 { $price }
gift-free = 免費
