# 主題
error-theme-contrast = 對比只有 { $contrast }，看不清楚；需要 4.5。最接近的可用色是 { $instead }。
error-theme-nothing-before = 沒有可以復原的更動。
error-theme-archive = 這不是 .tar.gz 檔，或檔案壞了。請重新下載再試。
error-theme-folder = 主題檔裡要有一個資料夾，名稱只用小寫英文字母、數字與連字號。
error-theme-file = 裡面有主題用不到的檔案：{ $what }。請拿掉再試。
error-theme-size = 檔案太多或太大：單檔 4 MB、總共 24 MB、600 個檔案以內。
error-theme-manifest = theme.toml 讀不懂：{ $what }
error-theme-taken = 已經有名為 { $what } 的主題。請把資料夾改名再匯入。
