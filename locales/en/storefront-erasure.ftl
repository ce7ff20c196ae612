account-erasure = Delete my data
account-erasure-text = See what we delete, what the law makes us keep, and until when.
account-erasure-goes = What we delete
account-erasure-profile = Your account, name, email and phone
account-erasure-addresses = { $count ->
    [one] Your saved address
   *[other] Your { $count } saved addresses
}
account-erasure-on-orders = Your name, address, phone, gift messages and notes on past orders
account-erasure-words = Your questions, our answers and our emails to you
account-erasure-cards = Your saved cards, at the card company too
account-erasure-stays = What we keep
account-erasure-books = { $count ->
    [one] 1 order as a record without your name: goods, amounts, tax. The law has us keep it until { $date }.
   *[other] { $count } orders as records without your name: goods, amounts, tax. The law has us keep them until { $date }.
}
account-erasure-consents = What you allowed and took back, as proof, without your name
account-erasure-nothing-stays = Nothing that leads to you.
account-erasure-ask-title = Ask us to delete it
account-erasure-open = We can delete your data once these orders are over:
account-erasure-wished = You asked for this on { $date }. We will see to it soon.
account-erasure-for-good = Deleted data cannot be brought back. Take a copy first if you want one.
account-erasure-ask = Please delete my data
account-erasure-wish = Please delete my account and my personal data.
flash-account-erasure-asked = We have your request and will see to it soon.
