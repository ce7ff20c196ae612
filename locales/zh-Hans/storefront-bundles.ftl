# 套餐
bundle-inside = 包含商品
bundle-inside-of = { $title } 包含的商品
bundle-apart = 单独购买 { $price }
bundle-saving = 一起买省 { $amount }
bundle-line = { $count } × { $title }
cart-problem-shared = 剩余库存已在购物车的其他商品中，请减少其他商品或删除该商品。
