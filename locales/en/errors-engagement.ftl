# Why the words of a message cannot be used, or a message cannot be sent.
error-template-empty = This must not be empty.
error-template-too-long = This is too long.
error-template-mistake = Line { $line }: { $detail }
error-template-unsafe = Written like this, a customer’s text would become part of the page. Please use plain {"{{"} variables {"}}"}.
error-message-content = The message’s content is not complete, so it cannot be sent.
