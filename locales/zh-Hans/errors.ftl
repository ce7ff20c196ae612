# What the program answers when it cannot do what was asked. The key without `error-` is the code for programs.

## Asking
error-not-found = 这里什么也没有。网址可能输错了，或者内容已经下架。
error-internal = 我们这边出了点问题，已经记录下来。请稍后再试。
error-busy = 当前访问人数较多，请过几秒再试。
error-timeout = 数据传得太慢，已经中断。请再试一次。
error-too-large = 提交的数据太大了。
error-upload-broken = 文件没有完整传到，请重新上传。
error-file-too-large = “{ $name }”太大了，单个文件最大 { $limit } MB。
error-files-too-many = 一次最多上传 { $count } 个文件，其余的请分批上传。
error-file-missing = 请先选择文件。
error-method = 这个网址不接受这种请求。
error-too-many-tries = 操作太频繁了，请过一会儿再试。
error-bad-json = 提交的 JSON 无法识别。
error-media-type = 请用表单或 JSON 提交。
error-other-site = 这个请求不是从本站页面发出的，为了您的安全已经拦下。请回到页面再试一次。
error-idempotency-key = Idempotency-Key 的长度须为 1 到 200 个字符。
error-idempotency-mismatch = 同一个 Idempotency-Key 已经用于内容不同的请求。

## Fields
error-invalid-input = 有几处需要修改，已填的内容都还在。
error-required = 此处必填。
error-unknown-field = 不接受这个字段。
error-invalid-value = 内容格式不对。
error-email = 这不像是邮箱地址，请再检查一下。
error-phone = 这不像是电话号码，请填 8 到 15 位数字。
error-postal-code = 邮编应为 3、5 或 6 位数字。
error-too-long = 内容太长了，请精简一些。
error-quantity = 数量须为 1 到 9,999 之间的整数。
error-amount = 这个金额无法计算。

## Buying
error-cart-empty = 购物车是空的，先挑些东西吧。
error-already-ordered = 这个购物车已经提交过订单了。
error-total-changed = 金额刚刚从 { $confirmed } 变成 { $now }。请确认新的金额后再提交。
error-gift-gone = 赠品有变动或已经送完，金额不变。仍要下单，请再提交一次。
error-wrong-state = 以目前的状态，这个操作已经无法进行。
error-delivery-method = 这个配送方式现在不可选，请换一个。
error-no-delivery = 目前没有可配送这些商品的方式，请联系我们。
error-no-cash-on-delivery = 这个配送方式不支持货到付款，请换一种付款方式。
error-gift-wrap-off = 目前不再提供礼品包装，请再核对一次金额。
error-store-number-six = 门店编号是 6 位数字，请到官网查询。
error-store-number-four = 门店编号是 4 位数字，请到官网查询。
error-store-chain = 请先选择便利店自取的配送方式。
error-real-name = 请填写证件上的姓名，不要含数字或符号；取货时店员要核对。
error-mobile = 便利店自取需要台湾手机号（09 开头，共 10 位数字），包裹到店会发短信。
error-delivery-worth = 这笔订单的金额超过门店代收代送的上限，请换一种配送方式。
error-lookup = 没有找到这笔订单。请核对订单号，以及下单时留的手机或邮箱。

## Staff
error-sign-in = 请先登录。
error-sign-in-wrong = 邮箱或密码不正确。
error-not-allowed = 您的角色没有这个权限。
error-bad-key = 这个密钥无效，可能输错了或已被撤销。
error-staff-taken = 已有员工使用这个邮箱。
error-last-owner = 至少要保留一位店主。
error-password-short = 密码至少要 10 个字符。
error-invitation = 这份邀请已经用过或过期，请店主重新发送。
