# 組合商品
bundle-inside = 內容物
bundle-inside-of = { $title }的內容物
bundle-apart = 分開買 { $price }
bundle-saving = 一起買省 { $amount }
bundle-line = { $count } × { $title }
cart-problem-shared = 剩下的庫存已經在購物車的其他商品裡。請減少其他商品，或移除這項。
