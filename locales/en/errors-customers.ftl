# Why a question through the contact form could not be taken or answered.
error-inquiry-name-missing = Please tell us your name.
error-inquiry-name-too-long = Please keep the name under 100 characters.
error-inquiry-message-missing = Please write your question.
error-inquiry-message-too-long = Please keep the message under 5,000 characters.
error-inquiry-not-found = There is no such inquiry.
error-inquiry-answered = Somebody has answered this inquiry already; what you wrote was not sent.
error-inquiry-answer-missing = Please write an answer.
error-inquiry-answer-too-long = Please keep the answer under 5,000 characters.
