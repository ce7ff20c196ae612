# Words that several faces share: the shop's pages, the back office and its messages.
# A code of the trade becomes a key: order.state "placed" is order-state-placed.

## Order states
order-state-placed = 已成立
order-state-paid = 待出貨
order-state-picked = 已揀貨
order-state-partly_shipped = 部分出貨
order-state-shipped = 已出貨
order-state-delivered = 已送達
order-state-closed = 已完成
order-state-cancelled = 已取消
order-state-expired = 逾期未付

## Payment states of an order
payment-state-pending = 未付款
payment-state-unknown = 付款確認中
payment-state-paid = 已付款
payment-state-declined = 付款失敗
payment-state-partly_paid = 差額待付
payment-state-partly_refunded = 部分退款
payment-state-refunded = 已退款
payment-state-cancelled = 已取消

## States of one payment attempt
attempt-state-created = 已建立
attempt-state-pending = 等待中
attempt-state-unknown = 結果未明
attempt-state-succeeded = 成功
attempt-state-declined = 遭拒
attempt-state-cancelled = 已取消

## Why a payment was declined
decline-reason-insufficient_funds = 帳戶餘額或額度不足
decline-reason-limit_reached = 超過刷卡限額
decline-reason-expired_card = 卡片已過期
decline-reason-declined_by_bank = 發卡銀行不同意這筆交易
decline-reason-authentication_failed = 身分驗證沒有通過
decline-reason-timed_out = 銀行逾時沒有回應
decline-reason-suspected_fraud = 銀行認為交易有風險

## Refund states
refund-state-pending = 處理中
refund-state-succeeded = 已退款
refund-state-failed = 退款失敗
refund-state-withdrawn = 已撤回

## Parcel states
parcel-state-ready = 待交寄
parcel-state-shipped = 已交寄
parcel-state-in_transit = 配送中
parcel-state-delivered = 已送達
parcel-state-returned = 已退回
parcel-state-lost = 遺失

## Stock holds and the stock ledger
hold-state-held = 保留中
hold-state-committed = 已扣庫存
hold-state-released = 已釋放
hold-state-expired = 逾期釋放
ledger-kind-opening = 期初
ledger-kind-receipt = 進貨
ledger-kind-adjustment = 調整
ledger-kind-sale = 銷售
ledger-kind-return = 退貨入庫
ledger-kind-count = 盤點
ledger-kind-transfer = 調撥

## Roles
role-owner = 店主
role-operations = 營運
role-promotion = 推廣
role-service = 客服
role-warehouse = 倉庫
role-members = 會員經營

## Payment methods
payment-method-cash_on_delivery = 貨到付款
payment-method-at_store = 取貨付款（到店付現）
payment-method-bank_transfer = 銀行轉帳
payment-method-card = 信用卡

## Where a visit came from
source-direct = 直接造訪
source-google = Google
source-facebook = Facebook
source-instagram = Instagram
source-youtube = YouTube
source-yahoo = Yahoo
source-bing = Bing
source-baidu = 百度
source-line = LINE
source-wechat = 微信
source-weibo = 微博
source-threads = Threads
source-email = 電子郵件
source-tiktok = TikTok
source-sms = 簡訊
source-event = 實體活動
source-social = 其他社群
source-ad = 付費廣告
source-referral = 其他網站連結
source-word_of_mouth = 口碑推薦
source-other = 其他
source-unknown = 不明

## What happened to an order, as told in timelines
event-order-placed = 訂單成立
event-order-completed = 成交
event-order-restored = 訂單已恢復
event-order-readdressed = 更改收件資料
event-order-picked = 揀貨完成
event-order-closed = 訂單完成
event-order-cancelled = 訂單取消
event-order-expired = 逾期未付，訂單關閉
event-order-refunded = 退款
event-order-noted = 內部備註
event-payment-started = 發起付款
event-payment-succeeded = 付款成功
event-payment-failed = 付款遭拒
event-payment-unknown = 付款結果未明
event-payment-quarantined = 款項不符，待人處理
event-stock-held = 保留庫存
event-stock-released = 釋放庫存
event-stock-short = 庫存不足，要人決定
event-parcel-shipped = 包裹交寄
event-parcel-delivered = 包裹送達
event-message-sent = 寄出通知信
event-message-failed = 通知信寄送失敗

## Who did it
actor-customer = 顧客
actor-staff = 員工
actor-system = 系統
actor-provider = 金流商
actor-key = 程式介面

## Messages of an order
message-kind-order_confirmation = 訂單確認
message-kind-order_pay_link = 付款連結
message-kind-order_changed = 訂單更改
message-kind-order_delayed = 延遲出貨
message-kind-order_paid = 付款成功通知
message-kind-payment_failed = 付款失敗通知
message-kind-order_shipped = 出貨通知
message-kind-order_cancelled = 訂單取消通知
message-kind-order_expired = 訂單逾期通知
message-kind-order_refunded = 退款通知
message-kind-account_link = 帳號連結
message-kind-account_changed = 帳號變更通知
message-kind-order_restored = 訂單恢復
message-kind-inquiry_answered = 詢問的回覆

## Product states
product-state-draft = 草稿
product-state-published = 上架中
product-state-archived = 已封存

## Languages, each in its own words
locale-name-zh-Hant = 繁體中文
locale-name-zh-Hans = 简体中文
locale-name-en = English
event-import-finished = 匯入完成
journal-entry-correction = 帳務更正
