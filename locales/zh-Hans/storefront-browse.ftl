# 顾客怎么找、怎么决定：筛选、看过的商品、有没有人在。

## 列表的筛选
filter-title = 筛选
filter-close = 返回商品
filter-in-stock = 仅看有货
filter-on-sale = 仅看降价
filter-price = 价格
filter-price-from = 最低价
filter-price-to = 最高价
filter-between = { $from } – { $to }
filter-from = { $price } 以上
filter-to = { $price } 以下
filter-show = 查看 { $count } 件商品
filter-chosen = 已选条件
filter-remove = 取消：
filter-clear = 全部清除
filter-empty = 没有商品同时符合这些条件。
filter-empty-without = 不限
sort-match = 最相关
