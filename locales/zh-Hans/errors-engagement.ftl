# Why the words of a message cannot be used, or a message cannot be sent.
error-template-empty = 内容不能为空。
error-template-too-long = 内容太长了。
error-template-mistake = 第 { $line } 行有误：{ $detail }
error-template-unsafe = 这样写会让顾客输入的文字变成网页代码，请改用普通的 {"{{"} 变量 {"}}"} 写法。
error-message-content = 这封邮件的内容不完整，无法发送。
