# What shoppers read in the shop's pages.

## Every page
layout-skip = 跳到主要内容
layout-menu = 菜单
layout-categories = 商品分类
layout-all-of = 全部{ $title }
layout-breadcrumbs = 当前位置
layout-home = 首页
layout-shop = 逛一逛
layout-help = 购物帮助
layout-find-order = 查询订单
layout-contact = 联系我们
layout-write-us = 给我们留言
layout-cart = 购物车
layout-cart-count = 购物车，{ $count ->
    [0] 还没有商品
   *[other] { $count } 件商品
}
pagination-label = 分页
pagination-first = 回到第一页
pagination-next = 查看更多

## Service promises
promise-label = 服务承诺
promise-fast = 发货快
promise-fast-text = { $time } 前付款，当个工作日发货
promise-cash = 支持货到付款
promise-cash-text = 收到商品再付现金
promise-return = { $days } 天无忧退货
promise-return-text = 收到后不满意，可以退货

## Prices
price-now = 售价
price-was = 原价
price-from = { $price } 起
price-sale = 优惠中
price-sale-until = 优惠至 { $date }
price-ends = 优惠截至 { $date }，之后恢复为 { $price }。

## Stock, always the true figure
stock-in = 有现货
stock-low = 仅剩 { $count } 件
stock-sold-out = 已售罄

## Shipping and delivery
shipping-free = 包邮
shipping-free-over = 单笔满 { $amount } 包邮
shipping-free-remaining = 再买 { $amount } 即可包邮
shipping-free-reached = 本单已包邮
shipping-from = 未满时运费 { $amount } 起
delivery-ships-today = 今天 { $time } 前付款，今天发货
delivery-ships-on = 现在付款，{ $date }发货
delivery-ships-from = 从{ $place }发货
delivery-to-you = 按您的默认地址（{ $place }）计算
delivery-arrives-on = 预计 { $date }送达
delivery-arrives-between = 预计 { $earliest }至 { $latest }送达

## Home
home-collections = 按分类选购
home-shop-now = 去逛逛
home-story-more = 了解我们
home-empty = 商品正在准备，过几天再来看看。

## Lists and search
collection-narrow = 缩小范围
collection-count = 共 { $count } 件商品
collection-sort = 排序
collection-empty = 这个分类暂时没有商品，过几天再来看看吧。
sort-featured = 推荐
sort-newest = 最新上架
sort-price-asc = 价格从低到高
sort-price-desc = 价格从高到低
search-label = 搜索商品
search-placeholder = 想找点什么？
search-submit = 搜索
search-title = “{ $q }”的搜索结果
search-empty = 没有找到与“{ $q }”相符的商品。
search-empty-hint = 换个更短、更常用的说法试试。
search-ask-us = 还是找不到？直接问我们
search-suggestions = 您是不是想找
search-start = 可以从这里找起
search-recommended = 大家常买

## Product
product-pictures = 商品图片
product-variant = 规格
product-add = 加入购物车
product-question = 还有疑问？
product-ask = 问问我们
product-about = 商品介绍
product-specs = 商品参数
product-sku = 货号
product-related = 看了又看

## Cart
cart-title = 购物车
cart-count = 共 { $count } 件商品
cart-empty = 购物车还是空的。
cart-start = 去逛逛
cart-quantity = 数量
cart-quantity-of = { $title }的数量
cart-less = 减少一件
cart-more = 增加一件
cart-update = 更新
cart-remove = 删除
cart-shipping-next = 运费在下一步列出，提交前就能看到。
cart-checkout = 去结算
cart-fix-first = 请先处理上面标出的商品，再去结算。
cart-problem-sold-out = 已经售罄，请删除该商品。
cart-problem-not-enough = 目前仅剩 { $count } 件，请调整数量。
cart-problem-price-changed = 价格已更新为 { $price }。
cart-problem-unavailable = 该商品已下架，请删除。
cart-recommended = 或许还需要
cart-recommended-empty = 先看看这些

## Forms
form-optional = （选填）
form-choose = 请选择
form-apply = 应用
form-field-error = { $label }：{ $error }
form-has-errors = 有几处需要修改，已填的内容都还在。

## Sums
totals-title = 金额
totals-subtotal = 商品小计
totals-discount = 优惠
totals-shipping = 运费
totals-gift-wrap = 礼品包装
totals-fees = 手续费
gift-wrap-free = 免费
totals-total = 应付总额
totals-tax-included = 含税 { $amount }

## Checkout
checkout-title = 结算
checkout-back = 返回购物车
checkout-recipient = 收货信息
checkout-name = 收货人姓名
checkout-phone = 手机号
checkout-email = 电子邮箱
checkout-email-hint = 订单确认和发货通知会发到这里。
checkout-delivery = 配送方式
checkout-payment = 付款方式
checkout-extras = 其他
checkout-gift = 这是一份礼物
checkout-gift-message = 祝福卡
checkout-gift-hint = 我们会抄写在卡片上，随商品寄出；包裹里不放价格。
checkout-gift-wrap = 加礼品包装（{ $price }）
checkout-gift-wrap-about = 用包装纸和丝带包好，再装箱寄出。
checkout-recipient-phone = 收货人手机号
checkout-recipient-phone-hint = 与上面的手机号不同时才需要填。
checkout-note = 给卖家留言
checkout-note-label = 给卖家的话
checkout-summary = 订单内容
checkout-recalculate = 更新金额
checkout-place = 提交订单
checkout-busy = 正在处理，请稍候……
checkout-place-note = 提交后库存即为您保留。选择银行卡时，下一步才付款。

## Ways to pay, and why one of them cannot be chosen
payment-about-card = 下一步前往刷卡页面付款
payment-about-bank_transfer = 下一步给您账号，商品先为您保留
payment-about-cash_on_delivery = 收到商品时，把现金交给配送员
payment-about-at_store = 到门店拿到包裹时才付现金，现在不用付钱
pickup-title = 自取门店
pickup-number = 门店编号
pickup-name = 门店名称
pickup-name-example = 例如：建国门店
pickup-find = { $chain } 的门店编号是 { $digits } 位数字。请先在官网找到方便的门店，再把编号和店名填在下面。
pickup-finder = 查询 { $chain } 门店
pickup-real-name = 收货人请填写证件上的姓名和本人手机号：包裹到店会发短信，取货时店员要核对证件。
pickup-pay-there = 支持到店付款：拿到包裹时才付现金。
pickup-bring = 包裹到店后会有短信通知。取货时请携带本人身份证件，姓名须与订单一致；门店保留 { $days } 天。
pickup-collect = 取货时支付现金 { $amount }
payment-unavailable-delivery = 您选的配送方式不支持货到付款

## Demo card page
payment-demo-title = 演示付款
payment-demo-banner = 演示付款，不会真的扣款
payment-demo-text = 这一页代替银行的刷卡页面，不需要输入卡号。选择想试的结果，看看商店怎样处理。
payment-demo-choose = 银行的回应
payment-demo-submit = 提交 { $amount } 的演示付款
payment-demo-cancel = 不付了，回到订单
payment-amount = 付款金额
payment-due-on-delivery = 收货时付款
outcome-succeed = 付款成功
outcome-succeed-late = 付款成功，但银行的通知迟到
outcome-succeed-twice = 付款成功，但银行通知了两次
outcome-insufficient-funds = 余额不足
outcome-limit-reached = 超过消费限额
outcome-expired-card = 卡片过期
outcome-declined-by-bank = 银行拒绝交易
outcome-suspected-fraud = 银行怀疑盗刷
outcome-authentication-failed = 3D 验证失败
outcome-timed-out = 银行没有响应（超时）

## Why a payment failed, and what helps
decline-insufficient-funds = 银行回复：账户余额不足。可以换一张卡，或改用其他方式付款。
decline-limit-reached = 银行回复：这张卡已达消费限额。可以请银行调高限额，或改用其他方式付款。
decline-expired-card = 银行回复：这张卡已过有效期。请换一张卡，或改用其他方式付款。
decline-declined-by-bank = 发卡银行没有同意这笔交易，也没有告诉我们原因。可以拨打卡片背面的电话问问，或改用其他方式付款。
decline-suspected-fraud = 银行为了保护您，先拦下了这笔交易。请拨打卡片背面的电话确认，或改用其他方式付款。
decline-authentication-failed = 3D 验证没有完成，可能是验证码输错或已过期。可以再试一次，或改用其他方式付款。
decline-timed-out = 银行太久没有响应，这次没有扣款。可以再试一次，或改用其他方式付款。
decline-other = 这次付款没有成功，也没有扣款。可以再试一次，或改用其他方式付款。

## Paying an order that is not paid yet
pay-now = 现在付款
pay-try-again = 换个方式付款
pay-another-way = 改用其他方式付款
pay-choose-method = 选择付款方式
pay-submit = 用这种方式支付 { $amount }

## Bank transfer
transfer-title = 转账信息
transfer-bank = 银行
transfer-bank-code = 代码 { $code }
transfer-account-number = 账号
transfer-account-name = 户名
transfer-amount = 转账金额
transfer-deadline = 转账期限
transfer-last-five = 您的账号后五位
transfer-last-five-hint = 转账后告诉我们后五位，对账更快。
transfer-report = 我已转账
transfer-reported = 已收到您的反馈（后五位 { $digits }）。核对到账后，会发邮件通知您。

## Result of an order
result-not-yet-paid = 尚未付款
result-awaiting-match = 等待核对到账
result-paid = 付款完成，谢谢您
result-paid-text = 确认邮件已发到 { $email }。
result-cash-on-delivery = 下单成功，谢谢您
result-cash-on-delivery-text = 收货时，请准备现金 { $amount }。确认邮件已发到 { $email }。
result-cash-at-store-text = 取货时，请准备现金 { $amount }。确认邮件已发到 { $email }。
result-awaiting-transfer = 请转账 { $amount } 完成订单
result-awaiting-card = 订单已提交，还差付款这一步
result-declined = 付款没有成功
result-confirming = 正在向银行确认付款
result-confirming-text = 银行还没有给出最后答复。请不要重复付款；一有结果，我们会发邮件通知您。商品先为您保留。
result-kept-until = 订单和商品为您保留到 { $deadline }，逾期订单会自动取消。
result-expired = 订单已超时关闭
result-expired-text = 付款期限已过，商品已放回货架，没有扣款。欢迎重新下单。
result-cancelled = 订单已取消
result-cancelled-text = 这笔订单已经取消，商品已放回货架。
result-next = 接下来
result-next-transfer = 我们核对到账后，发邮件通知您。
result-next-ship = 备货发货，并把快递单号发给您。
result-next-cash = 收货时把 { $amount } 交给快递员。
result-next-cash-at-store = 到门店拿到包裹时，把现金 { $amount } 交给店员。
result-next-track = 随时可以在订单页面查看进度。
result-track = 查看订单进度
result-see-order = 查看订单

## Order
order-title = 订单 { $number }
order-number = 订单号
order-placed-at = { $time } 下单
order-ship-to = 收货地址
order-payment-state = 付款状态
order-units-cancelled = 以下商品不再发货：
order-refund = 已退款 { $amount }（{ $time }）
order-refund-waits = { $amount } 会在 { $until } 之后退还给您。
order-refund-pending = 正在退还 { $amount }，到账时间取决于银行。
order-ask = 对这笔订单有疑问？
order-cancel = 取消订单
order-cancel-text = 取消后商品会放回货架；已付的款项会在可以反悔的时间过后原路退回。
order-cancel-confirm = 确定取消订单
step-placed = 已下单
step-paid = 付款
step-picked = 备货
step-shipped = 发货
step-delivered = 送达
step-closed = 完成
step-cancelled = 已取消
step-expired = 超时关闭
step-refunded = 已退款
hold-title = 为您保留的商品
hold-awaiting-payment = 商品为您保留到 { $until }，等您付款。逾期会放回货架。
hold-confirming-payment = 商品先为您保留，等银行确认付款。
hold-until-shipped = 商品已为您留好，直到发货。
parcel-title = 包裹 { $number }
parcel-carrier = 快递
parcel-tracking-number = 快递单号
parcel-shipped-at = 发货时间
parcel-delivered-at = 送达时间
parcel-track = 到{ $carrier }查询进度

## Find an order
lookup-title = 查询订单
lookup-text = 输入订单号，以及下单时留的手机号或邮箱。
lookup-contact = 手机号或邮箱
lookup-contact-hint = 与下单时填写的相同
lookup-number-example = 例：20261122-000123
lookup-submit = 查询
lookup-help = 找不到订单号？确认邮件里有。

## Contact
contact-title = 联系我们
contact-text = 选购、订单、送礼，什么都可以问。
contact-name = 怎么称呼您
contact-email = 电子邮箱
contact-message = 留言
contact-about = 关于
contact-submit = 发送留言
contact-sent = 收到您的留言了
contact-sent-text = 我们会在营业时间内回复到您的邮箱。
contact-other-ways = 其他联系方式

## Text pages and errors
page-updated = { $date }更新
error-home = 回首页
error-title = 这一步没有成功
error-title-404 = 找不到这个页面
error-title-link = 链接已失效
error-title-server = 我们这边出了点问题
error-request = 反馈问题时请附上编号 { $id }
gift-tag = 赠品
gift-title = 满额赠
gift-over = 满 { $amount } 送「{ $gift }」
gift-reached = 已满额，送您「{ $gift }」
gift-remaining = 再买 { $amount }，就送「{ $gift }」
gift-one = 赠送 1 件
gift-worth = 单买 { $price }
gift-free = 免费
