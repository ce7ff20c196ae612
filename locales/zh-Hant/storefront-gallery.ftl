# The gallery of a product.

gallery-thumbnails = 所有圖片
gallery-nth = 第 { $place } 張，共 { $count } 張
gallery-enlarge = 放大圖片：{ $alt }
gallery-close = 關閉
gallery-previous = 上一張
gallery-next = 下一張
video-watch = 觀看影片介紹
video-at-youtube = 在 YouTube 開啟
video-at-vimeo = 在 Vimeo 開啟
video-at-bilibili = 在 Bilibili 開啟
video-at-file = 開新分頁播放
