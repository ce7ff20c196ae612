# The account: getting in, what a customer finds there and changes.
account-title = 我的账号
account-overview = 概览
account-orders = 我的订单
account-settings = 个人信息与登录
account-sign-in = 登录
account-sign-up = 注册
account-sign-out = 退出登录
account-hello = { $name }，您好
account-recent = 最近订单
account-all-orders = 全部订单
account-no-orders = 还没有订单。
account-orders-note = 未登录且没有使用账号邮箱下的订单，可以用订单号查询。
account-units = 共 { $count } 件
list-comma = 、

## Getting in
account-email = 邮箱
account-password = 密码
account-sign-in-text = 登录后可以查看订单、直接选用地址，购物车在各个设备上同步。
account-sign-up-text = 填写邮箱，我们给您发一封邮件，点击其中的链接即可开通。
account-forgotten = 忘记密码
account-forgotten-text = 填写账号的邮箱，我们给您发送设置新密码的链接。
account-or = 或
account-by-letter = 免密码登录
account-by-letter-text = 我们把登录链接发到您的邮箱，15 分钟内有效。
account-send-link = 发送链接
account-no-account = 还没有账号？
account-back-to-sign-in = 返回登录
account-benefit-orders = 全部订单一目了然，一键再次购买
account-benefit-cart = 换手机、换电脑，购物车都在
account-benefit-address = 保存常用地址，结账不用重填
account-sent = 请查收邮件
account-sent-text = 如果这个邮箱可以接收我们的邮件，几分钟内会收到一个链接，点击即可继续。
account-sent-none = 没收到？请查看垃圾邮件，或检查邮箱是否填错。
account-link-text = 您将以 { $email } 继续。
account-sign-up-title = 开通账号
account-open = 开通并登录
account-password-title = 设置新密码
account-set-password = 设置密码
account-password-hint = 至少 10 个字符。设置后其他设备会退出登录。
account-password-optional = 至少 10 个字符。可以不填，以后每次通过邮箱链接登录。
account-move-title = 更换邮箱
account-move-text = 您的账号将改用 { $email } 登录和收信，其他设备会退出登录。
account-move = 改用这个邮箱

## Settings
account-profile = 个人信息
account-name = 姓名
account-phone = 手机号
account-language = 邮件语言
account-save = 保存
account-email-title = 登录邮箱
account-email-now = 当前为 { $email }。
account-new-email = 新邮箱
account-new-email-hint = 我们会向新邮箱发送验证邮件，点击其中的链接后才会更换。
account-present-password = 当前密码
account-new-password = 新密码
account-without-password = 这个账号还没有密码，每次通过邮箱链接登录。如需设置密码，请先接收一封邮件。
account-devices = 其他设备
account-devices-text = 手机丢失，或在别人的电脑上忘了退出？可以一次退出所有设备，包括当前设备。
account-sign-out-everywhere = 退出所有设备
flash-account-signed-out = 已退出登录。
flash-account-signed-out-everywhere = 所有设备均已退出登录。
flash-account-saved = 已保存。
flash-account-password-changed = 密码已修改，其他设备均已退出登录。

## What goes wrong
error-account-link-over = 这个链接已使用或已过期，请返回登录页重新获取。
error-account-address-taken = 这个邮箱已有另一个账号，请换一个邮箱，或直接登录那个账号。
error-account-password-wrong = 密码不正确
