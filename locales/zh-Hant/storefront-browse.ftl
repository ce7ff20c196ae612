# 顧客怎麼找、怎麼決定：篩選、看過的商品、有沒有人在。

## 列表的篩選
filter-title = 篩選
filter-close = 回到商品
filter-in-stock = 只看有現貨
filter-on-sale = 只看優惠中
filter-price = 價格
filter-price-from = 最低價
filter-price-to = 最高價
filter-between = { $from } – { $to }
filter-from = { $price } 以上
filter-to = { $price } 以下
filter-show = 看 { $count } 件商品
filter-chosen = 已選條件
filter-remove = 取消：
filter-clear = 全部清除
filter-empty = 沒有商品同時符合這些條件。
filter-empty-without = 不限
sort-match = 最相關

## 最近看過的商品
recent-title = 最近看過
recent-text = 只有這個瀏覽器看得到。
recent-clear = 清除這份紀錄
recent-empty = 還沒看過商品。
recent-empty-hint = 看過卻不在這裡？這個瀏覽器可能沒有允許記錄：
flash-recently-cleared = 已清除瀏覽紀錄。

## 現在有沒有人在
answering-open = 客服在線，到 { $time }
answering-today = 客服今天 { $time } 上線
answering-tomorrow = 客服明天 { $time } 上線
answering-later = 客服 { $date } { $time } 上線
answering-closed = 客服目前不在線上
answering-write = 現在留言，上班後就回覆。

## 各地的配送
delivery-elsewhere-title = 寄到其他地區
delivery-anywhere = 其他國家與地區
delivery-rate = 運費 { $amount } 起
