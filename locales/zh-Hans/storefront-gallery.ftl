# The gallery of a product.

gallery-thumbnails = 所有图片
gallery-nth = 第 { $place } 张，共 { $count } 张
gallery-enlarge = 放大图片：{ $alt }
gallery-close = 关闭
gallery-previous = 上一张
gallery-next = 下一张
video-watch = 观看视频介绍
video-at-youtube = 在 YouTube 打开
video-at-vimeo = 在 Vimeo 打开
video-at-bilibili = 在哔哩哔哩打开
video-at-file = 在新标签页播放
