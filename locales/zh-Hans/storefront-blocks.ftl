# Blocks of pages, and what shoppers say they missed.

layout-pages = 关于与说明
checkout-policies = 提交前可以看看：
block-offers = 正在优惠
block-hot = 大家常买
block-new = 新上架
block-since = { $date } 上架
block-until = 卖到 { $date }
block-previous = 上一个
block-next = 下一个
block-pause = 暂停轮播
block-proof = 大家怎么选
block-sold = 最近的订单里，卖出了 { $count } 件。
block-elsewhere = 不是您要的？看看这些
objection-question = 这里少了什么？告诉我们，我们来改进。
objection-more = 想多说几句（选填）
objection-send = 告诉我们
objection-thanks = 谢谢，我们看到了。
objection-reason-price = 价格太高
objection-reason-choice = 没有我要的款式
objection-reason-information = 说明不够清楚
objection-reason-delivery = 运费或送达时间
objection-reason-trust = 第一次来，还不放心
objection-reason-looking = 只是看看
objection-reason-other = 其他
preview-label = 预览
preview-note = 这是草稿的预览，买家还看不到。链接一小时内有效。
