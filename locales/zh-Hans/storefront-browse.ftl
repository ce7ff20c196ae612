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

## 最近看过的商品
recent-title = 最近浏览
recent-text = 只有这个浏览器能看到。
recent-clear = 清空这份记录
recent-empty = 还没有浏览过商品。
recent-empty-hint = 看过却不在这里？这个浏览器可能没有允许记录：
flash-recently-cleared = 浏览记录已清空。

## 现在有没有人
answering-open = 客服在线，至 { $time }
answering-today = 客服今天 { $time } 上线
answering-tomorrow = 客服明天 { $time } 上线
answering-later = 客服 { $date } { $time } 上线
answering-closed = 客服暂时不在
answering-write = 现在留言，上班后回复。

## 各地的配送
delivery-elsewhere-title = 送到其他地区
delivery-anywhere = 其他国家和地区
delivery-rate = 运费 { $amount } 起
