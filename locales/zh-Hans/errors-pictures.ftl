# Why a picture or a film was not taken.

error-picture-kind = “{ $name }”不是图片，请使用 JPEG、PNG、WebP 或 GIF。
error-picture-svg = “{ $name }”是 SVG，可能含有脚本，不能使用。请另存为 PNG 再上传。
error-picture-heic = “{ $name }”是 HEIC 或 AVIF，很多浏览器无法显示，请先转换为 JPEG。
error-picture-bytes = “{ $name }”超过 20 MB，请压缩后再上传。
error-picture-pixels = “{ $name }”的像素过多（最多 4000 万，单边 16000），请缩小后再上传。
error-picture-torn = “{ $name }”不完整，可能没有复制完，请重新导出后上传。
error-picture-two-things = “{ $name }”的图片后面还藏有其他内容，出于安全不能使用。请另存为新的图片。
error-picture-damaged = “{ $name }”已损坏，无法打开。请换一张或重新导出。
error-pictures-refused = 已添加 { $added } 张，有 { $refused } 张不能使用：
error-video-unknown = 无法识别这个视频网址。请粘贴 YouTube、Vimeo、哔哩哔哩的视频页，或以 https 开头的 MP4、WebM 网址。
