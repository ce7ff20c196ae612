# Why something about pages could not be done.

error-page-handle = 網址只能用小寫英文字母、數字和連字號，最長 80 個字。
error-page-handle-taken = 已經有頁面用這個網址了，請換一個。
error-page-handle-leads-elsewhere = 另一頁以前用過這個網址，現在還會連到那一頁，請換一個。
error-page-home-address = 首頁就在商店的網址，不需要另外設定。
error-page-one-home = 首頁只有一個，請選別的種類。
error-page-title = 請填頁面的標題。
error-page-stale = 這一頁剛被別人改過，請看看新的內容再試一次。
error-page-nothing-to-undo = 沒有可以復原的了。
error-page-must-stay = 首頁不能下架；公開過的頁面不能刪除，可以下架。
error-page-too-many-blocks = 一頁最多 40 個區塊，請先移除用不到的。
error-page-too-many-items = 一個區塊最多 24 個項目。
error-page-link = 連結請填本店的路徑（以 / 開頭），或以 https:// 開頭的網址。
