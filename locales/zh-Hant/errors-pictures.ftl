# Why a picture or a film was not taken.

error-picture-kind = 「{ $name }」不是圖片。請用 JPEG、PNG、WebP 或 GIF。
error-picture-svg = 「{ $name }」是 SVG，裡面可能藏有程式，不能使用。請另存成 PNG 再上傳。
error-picture-heic = 「{ $name }」是 HEIC 或 AVIF，很多瀏覽器看不到。請先轉成 JPEG。
error-picture-bytes = 「{ $name }」超過 20 MB，請縮小後再上傳。
error-picture-pixels = 「{ $name }」的像素太多（最多 4,000 萬，單邊 16,000）。請縮小後再上傳。
error-picture-torn = 「{ $name }」不完整，可能沒有複製完。請重新匯出再上傳。
error-picture-two-things = 「{ $name }」的圖片後面還藏著別的內容，基於安全不能使用。請另存成新的圖片。
error-picture-damaged = 「{ $name }」已損壞，打不開。請換一張或重新匯出。
error-pictures-refused = 已加入 { $added } 張，有 { $refused } 張不能使用：
error-video-unknown = 這不是認得的影片網址。請貼上 YouTube、Vimeo、Bilibili 的影片頁，或以 https 開頭的 MP4、WebM 網址。
