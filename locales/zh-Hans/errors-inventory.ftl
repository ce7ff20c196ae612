# Why stock refused, in words for people.
error-out-of-stock = 部分商品库存不足，请修改数量后重试。
error-stock-not-held = 该订单占用的库存不足，可能已释放或已发货。
error-stock-already-held = 该订单已占用库存。
error-stock-below-reserved = 调整后的库存会低于订单已占用的数量，请先处理这些订单。
error-stock-quantity = 请输入正确的数量。
error-stock-wrong-sign = 该类变动的方向不对：入库和退货只能增加，销售只能减少。
error-stock-no-location = 还没有仓库，请先新建一个。
error-stock-unknown-location = 找不到该仓库。
error-stock-unknown-variant = 找不到该商品规格。
error-location-code-taken = 该仓库代码已被使用。
error-stock-unknown-entry = 找不到这条库存流水。
error-stock-already-reversed = 这条库存流水已经冲正过了。
error-stock-not-a-reversal = 冲正的内容必须与原流水正好相反。
error-stock-effect-reused = 同一笔变动不能登记成不同的内容。
error-stock-backorder-in-use = 还有缺货预订的订单在等货，暂时不能关闭超卖。
error-cursor = 找不到这一页，请从第一页重新开始。
