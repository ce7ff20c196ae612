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
