# Why a question through the contact form could not be taken or answered.
error-inquiry-name-missing = 請告訴我們怎麼稱呼您。
error-inquiry-name-too-long = 名字請在 100 個字以內。
error-inquiry-message-missing = 請寫下您想問的事。
error-inquiry-message-too-long = 內容請在 5,000 個字以內。
error-inquiry-not-found = 找不到這則詢問。
error-inquiry-answered = 這則詢問已經有人回覆了，這次的內容沒有寄出。
error-inquiry-answer-missing = 請寫下要回覆的內容。
error-inquiry-answer-too-long = 回覆請在 5,000 個字以內。
