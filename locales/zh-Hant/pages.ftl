# The pages of text that every shop has until its merchant writes others. A line that begins with `##` is a heading, one that
# begins with `-` an entry of a list, and an empty line ends a paragraph. What is in braces is the shop's own decision.

page-shipping-and-returns-title = 運送與退換貨
page-shipping-and-returns-summary = 什麼時候出貨、怎麼付款、不合意怎麼退。
page-shipping-and-returns-body =
    ## 出貨
    工作天 { $cutoff } 前付款，當天出貨；之後付款，下一個工作天出貨。預計送達的日子會在商品頁、購物車與結帳頁寫清楚。

    ## 運費
    - 運費 { $rate } 起，實際金額在送出訂單之前就會列出。
    { $free ->
        [none] - 每筆訂單的運費依配送方式計算。
       *[other] - 單筆商品滿 { $free }，可以免運費。
    }

    ## 付款
    - 信用卡：送出訂單後，下一步才付款。刷卡沒有成功，訂單和商品還是為您保留，可以換個方式再付。
    - 銀行轉帳：請在 { $payment_days } 天內轉帳，逾期訂單會自動取消。
    - 貨到付款：收到商品時付現金；能不能用，看您選的配送方式。

    ## 退貨與換貨
    收到商品後 { $return_days } 天內，不合意可以退貨。商品請保持完整，連同配件與包裝寄回。我們收到並檢查後，款項依原付款方式退回。

    商品有瑕疵，或寄錯了？請直接和我們聯絡，來回運費由我們負擔。
page-privacy-title = 隱私說明
page-privacy-summary = 我們留下哪些資料、用在哪裡、留多久。
page-privacy-body =
    ## 留下哪些資料
    下訂單時，您填的姓名、電話、電子郵件和地址，用來出貨、聯絡和寄送訂單通知。我們不會看到也不會留下您的卡號。

    ## Cookie
    - 購物車：記得您挑了什麼。
    - 語言：記得您看哪一種語言。
    - 來訪編號：一個隨機號碼，讓我們知道網站有多少人來、從哪裡來。裡面沒有您的姓名或聯絡方式，也不會交給廣告商。

    ## 交給誰
    只交給完成訂單需要的人：物流公司拿到收件資料，金流公司拿到付款資料。

    ## 您的權利
    想查看、更正或刪除您的資料，請和我們聯絡。依法必須保存的帳務資料，會保存到法定期限為止。
page-about-title = 關於我們
page-about-summary = { $shop }
page-about-body =
    歡迎來到{ $shop }。

    想多了解我們或商品，歡迎寫訊息給我們，我們在營業時間內回覆。
