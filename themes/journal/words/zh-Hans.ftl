home-collections = 专栏
product-about = 关于它
product-related = 延伸阅读
home-see-all = 全部
