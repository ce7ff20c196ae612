# 後台裡的操作手冊
help-title = 操作手冊
help-here = 這一頁的說明
help-search = 在手冊裡找
help-search-hint = 例如：退款、缺貨、備份
help-found = 「{ $q }」出現在 { $count } 個地方
help-none = 手冊裡沒有「{ $q }」。換個說法試試，或從下面的目錄找。
help-contents = 目錄
help-on-page = 這一頁
help-earlier = 上一章：{ $title }
help-later = 下一章：{ $title }
help-other-language = 這本手冊只有繁體中文和英文。

## 背景工作做的事
job-kind-orders-expire = 關閉逾期未付款的訂單
job-kind-orders-close = 完成過了退貨期限的訂單
job-kind-payments-charge = 刷卡
job-kind-payments-query = 查詢付款結果
job-kind-payments-close = 關掉用不到的付款頁
job-kind-payments-refund = 退款
job-kind-payments-return = 退回多收的款項
job-kind-payments-event = 處理刷卡公司的通知
job-kind-payments-sweep = 追問還沒有結果的付款
job-kind-payments-reconcile = 和刷卡公司對帳
job-kind-engagement-send = 寄信給顧客
job-kind-catalog-stock = 更新有貨與缺貨
job-kind-catalog-collections = 更新自動收錄的分類
job-kind-catalog-plans = 照時間上架與下架
job-kind-catalog-bulk_edit = 批次修改商品
job-kind-pictures-sizes = 製作各種大小的圖片
job-kind-shop-check = 檢查帳目
job-kind-shop-forget = 清掉過期的請求紀錄
job-kind-audit-verify = 檢查稽核紀錄
