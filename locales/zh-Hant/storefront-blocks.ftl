# Blocks of pages, and what shoppers say they missed.

layout-pages = 關於與說明
checkout-policies = 送出前可以看看：
block-offers = 正在優惠
block-hot = 大家常買
block-new = 新上架
block-since = { $date } 上架
block-until = 賣到 { $date }
block-previous = 上一個
block-next = 下一個
block-pause = 暫停輪播
block-proof = 大家怎麼選
block-sold = 最近的訂單裡，賣出了 { $count } 件。
block-elsewhere = 不是您要的？看看這些
objection-question = 這裡少了什麼？說一聲，我們改進。
objection-more = 想多說一點（可不填）
objection-send = 告訴我們
objection-thanks = 謝謝，我們看到了。
objection-reason-price = 價格太高
objection-reason-choice = 沒有我要的款式
objection-reason-information = 說明不夠清楚
objection-reason-delivery = 運費或到貨時間
objection-reason-trust = 第一次來，還不放心
objection-reason-looking = 只是看看
objection-reason-other = 其他
preview-label = 預覽
preview-note = 這是草稿的預覽，購物者還看不到。連結一小時內有效。
