# The account: getting in, what a customer finds there and changes.
account-title = 我的帳號
account-overview = 總覽
account-orders = 我的訂單
account-settings = 個人資料與登入
account-sign-in = 登入
account-sign-up = 註冊
account-sign-out = 登出
account-hello = { $name }，您好
account-recent = 最近的訂單
account-all-orders = 全部訂單
account-no-orders = 還沒有訂單。
account-orders-note = 沒登入、也沒用帳號的信箱下的訂單，可以用訂單編號查詢。
account-units = 共 { $count } 件
list-comma = 、

## Getting in
account-email = 電子信箱
account-password = 密碼
account-sign-in-text = 登入後可以查訂單、重複使用地址，購物車在每個裝置上都一樣。
account-sign-up-text = 填電子信箱，我們寄一封信給您，按信裡的連結就能開通。
account-forgotten = 忘記密碼
account-forgotten-text = 填帳號的電子信箱，我們寄一個設定新密碼的連結給您。
account-or = 或
account-by-letter = 不用密碼登入
account-by-letter-text = 我們寄一個登入連結到您的信箱，15 分鐘內有效。
account-send-link = 寄連結給我
account-no-account = 還沒有帳號？
account-back-to-sign-in = 回到登入
account-benefit-orders = 所有訂單集中在一處，一鍵再買一次
account-benefit-cart = 換手機、換電腦，購物車都在
account-benefit-address = 常用地址存起來，結帳不必重填
account-sent = 請到信箱收信
account-sent-text = 如果這個信箱可以收我們的信，幾分鐘內會收到一個連結。按下連結就能繼續。
account-sent-none = 沒收到嗎？請看看垃圾郵件匣，或確認信箱沒有打錯。
account-link-text = 您用 { $email } 繼續。
account-sign-up-title = 開通帳號
account-open = 開通並登入
account-password-title = 設定新密碼
account-set-password = 設定密碼
account-password-hint = 至少 10 個字元。設定後，其他裝置會登出。
account-password-optional = 至少 10 個字元。不填也可以，之後每次用信箱連結登入。
account-move-title = 換電子信箱
account-move-text = 您的帳號會改用 { $email } 登入和收信，其他裝置會登出。
account-move = 改用這個信箱

## Settings
account-profile = 個人資料
account-name = 姓名
account-phone = 手機號碼
account-language = 信件的語言
account-save = 儲存
account-email-title = 登入信箱
account-email-now = 目前是 { $email }。
account-new-email = 新的電子信箱
account-new-email-hint = 我們會寄確認信到新信箱，按下信裡的連結才會更換。
account-present-password = 目前的密碼
account-new-password = 新密碼
account-without-password = 這個帳號還沒有密碼，每次用信箱連結登入。想設密碼，可以先收一封信。
account-devices = 其他裝置
account-devices-text = 手機遺失，或在別人的電腦上忘了登出？可以一次登出所有裝置，包括這一台。
account-sign-out-everywhere = 登出所有裝置
flash-account-signed-out = 已經登出。
flash-account-signed-out-everywhere = 所有裝置都已登出。
flash-account-saved = 已儲存。
flash-account-password-changed = 密碼已變更，其他裝置都已登出。

## What goes wrong
error-account-link-over = 這個連結已經用過或過期了，請回到登入頁再索取一次。
error-account-address-taken = 這個信箱已經有另一個帳號，請改用別的信箱，或直接登入那個帳號。
error-account-password-wrong = 密碼不對
