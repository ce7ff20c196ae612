home-collections = 專欄
product-about = 關於它
product-related = 延伸閱讀
home-see-all = 全部
