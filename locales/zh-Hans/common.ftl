# Words that several faces share: the shop's pages, the back office and its messages.
# A code of the trade becomes a key: order.state "placed" is order-state-placed.

## Order states
order-state-placed = 已下单
order-state-paid = 待发货
order-state-picked = 已拣货
order-state-partly_shipped = 部分发货
order-state-shipped = 已发货
order-state-delivered = 已签收
order-state-closed = 已完成
order-state-cancelled = 已取消
order-state-expired = 超时未付

## Payment states of an order
payment-state-pending = 待付款
payment-state-unknown = 付款确认中
payment-state-paid = 已付款
payment-state-declined = 付款失败
payment-state-partly_paid = 差额待付
payment-state-partly_refunded = 部分退款
payment-state-refunded = 已退款
payment-state-cancelled = 已取消

## States of one payment attempt
attempt-state-created = 已创建
attempt-state-pending = 等待中
attempt-state-unknown = 结果未知
attempt-state-succeeded = 成功
attempt-state-declined = 被拒
attempt-state-cancelled = 已取消

## Why a payment was declined
decline-reason-insufficient_funds = 账户余额或额度不足
decline-reason-limit_reached = 超过消费限额
decline-reason-expired_card = 卡片已过期
decline-reason-declined_by_bank = 发卡行拒绝了这笔交易
decline-reason-authentication_failed = 身份验证未通过
decline-reason-timed_out = 银行超时未响应
decline-reason-suspected_fraud = 银行认为交易有风险

## Refund states
refund-state-pending = 处理中
refund-state-succeeded = 已退款
refund-state-failed = 退款失败
refund-state-withdrawn = 已撤回

## Parcel states
parcel-state-ready = 待揽收
parcel-state-shipped = 已揽收
parcel-state-in_transit = 运输中
parcel-state-delivered = 已签收
parcel-state-returned = 已退回
parcel-state-lost = 丢件

## Stock holds and the stock ledger
hold-state-held = 占用中
hold-state-committed = 已扣库存
hold-state-released = 已释放
hold-state-expired = 超时释放
ledger-kind-opening = 期初
ledger-kind-receipt = 进货
ledger-kind-adjustment = 调整
ledger-kind-sale = 销售
ledger-kind-return = 退货入库
ledger-kind-count = 盘点
ledger-kind-transfer = 调拨

## Roles
role-owner = 店主
role-operations = 运营
role-promotion = 推广
role-service = 客服
role-warehouse = 仓库
role-members = 会员运营

## Payment methods
payment-method-cash_on_delivery = 货到付款
payment-method-at_store = 到店付款（取货付现）
payment-method-bank_transfer = 银行转账
payment-method-card = 银行卡

## Where a visit came from
source-direct = 直接访问
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
source-email = 电子邮件
source-tiktok = 抖音 / TikTok
source-sms = 短信
source-event = 线下活动
source-social = 其他社交平台
source-ad = 付费广告
source-referral = 其他网站链接
source-word_of_mouth = 口碑推荐
source-other = 其他
source-unknown = 未知

## What happened to an order, as told in timelines
event-order-placed = 提交订单
event-order-completed = 成交
event-order-restored = 订单已恢复
event-order-readdressed = 修改收货信息
event-order-picked = 拣货完成
event-order-closed = 订单完成
event-order-cancelled = 订单取消
event-order-expired = 超时未付，订单关闭
event-order-refunded = 退款
event-order-noted = 内部备注
event-payment-started = 发起付款
event-payment-succeeded = 付款成功
event-payment-failed = 付款被拒
event-payment-unknown = 付款结果未知
event-payment-quarantined = 款项不符，待人工处理
event-stock-held = 占用库存
event-stock-released = 释放库存
event-stock-short = 库存不足，需人工处理
event-parcel-shipped = 包裹揽收
event-parcel-delivered = 包裹签收
event-message-sent = 发出通知邮件
event-message-failed = 通知邮件发送失败

## Who did it
actor-customer = 顾客
actor-staff = 员工
actor-system = 系统
actor-provider = 支付机构
actor-key = 程序接口

## Messages of an order
message-kind-order_confirmation = 订单确认
message-kind-order_pay_link = 付款链接
message-kind-order_changed = 订单修改
message-kind-order_delayed = 延迟发货
message-kind-order_paid = 付款成功通知
message-kind-payment_failed = 付款失败通知
message-kind-order_shipped = 发货通知
message-kind-order_cancelled = 订单取消通知
message-kind-order_expired = 订单超时关闭通知
message-kind-order_refunded = 退款通知
message-kind-account_link = 账号链接
message-kind-account_changed = 账号变更通知
message-kind-order_restored = 订单恢复
message-kind-inquiry_answered = 咨询的回复

## Product states
product-state-draft = 草稿
product-state-published = 已上架
product-state-archived = 已归档

## Languages, each in its own words
locale-name-zh-Hant = 繁體中文
locale-name-zh-Hans = 简体中文
locale-name-en = English
event-import-finished = 导入完成
journal-entry-correction = 账务更正
