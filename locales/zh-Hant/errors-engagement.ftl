# Why the words of a message cannot be used, or a message cannot be sent.
error-template-empty = 內容不能是空的。
error-template-too-long = 內容太長了。
error-template-mistake = 第 { $line } 行有錯：{ $detail }
error-template-unsafe = 這樣寫會讓顧客輸入的文字變成網頁程式碼，請改用一般的 {"{{"} 變數 {"}}"} 寫法。
error-message-content = 這封信的內容不完整，無法寄出。
