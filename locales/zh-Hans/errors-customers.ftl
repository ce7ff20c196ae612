# Why a question through the contact form could not be taken or answered.
error-inquiry-name-missing = 请告诉我们怎么称呼您。
error-inquiry-name-too-long = 称呼请控制在 100 字以内。
error-inquiry-message-missing = 请写下您想咨询的问题。
error-inquiry-message-too-long = 内容请控制在 5,000 字以内。
error-inquiry-not-found = 没有找到这条咨询。
error-inquiry-answered = 这条咨询已经有人回复了，这次的内容没有发出。
error-inquiry-answer-missing = 请写下要回复的内容。
error-inquiry-answer-too-long = 回复请控制在 5,000 字以内。
