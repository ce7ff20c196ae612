erase-link = Erase personal data…
erase-title = Erase { $name }
erase-title-done = Erased customer
erase-lead = What goes, what stays, and the step that cannot be undone.
erase-wished = The customer asked for this on { $time }.
erase-wish-hint = The customer wants their data erased. Answer first if you want to write to them: afterwards the address is gone.
erase-done = Personal data was erased on { $time }. Orders stay as books without a name.
erase-not-yet = Not possible yet
erase-goes = What goes
erase-goes-person = Name, e-mail, phone and tags
erase-goes-account = The account with its password, sign-in links and open sessions
erase-goes-orders = { $count ->
    [one] Name, address, phone, gift message and notes on 1 order
   *[other] Name, address, phone, gift messages and notes on { $count } orders
}
erase-goes-addresses = { $count ->
    [one] 1 saved address
   *[other] { $count } saved addresses
}
erase-goes-notes = { $count ->
    [one] 1 note written about them
   *[other] { $count } notes written about them
}
erase-goes-inquiries = { $count ->
    [one] 1 question and its answer
   *[other] { $count } questions and their answers
}
erase-goes-letters = { $count ->
    [one] 1 e-mail to them
   *[other] { $count } e-mails to them
}
erase-goes-waiting = { $count ->
    [one] 1 of them is waiting and will not be sent.
   *[other] { $count } of them are waiting and will not be sent.
}
erase-goes-cards = Saved cards, at the card company too
erase-stays = What stays
erase-stays-books = { $count ->
    [one] 1 order as a record: goods, amounts, tax, dates, country and region; kept by law until { $date }
   *[other] { $count } orders as records: goods, amounts, tax, dates, country and region; kept by law until { $date }
}
erase-stays-consents = { $count ->
    [one] Proof of 1 consent decision, without a name
   *[other] Proof of { $count } consent decisions, without a name
}
erase-stays-figures = Visits and sales in the figures, without a name
erase-stays-backups = Backups made before still hold the data until they are deleted. A restored backup erases it again when the shop starts.
erase-act = Erase
erase-for-good = Nobody can bring this data back. Export it first if the customer wants a copy.
erase-type = Type { $word } to confirm
erase-word = ERASE
erase-button = Erase for good
erase-keep = Keep the customer
erase-flash-done = The personal data is erased.
error-erase-word = Type the word exactly as shown.
error-erase-open-orders = These orders are not over. Close or cancel them first, or wait until their return window has passed.
error-erase-money = Money is still on its way for one of the orders: a payment, a refund or a dispute. Wait until it is settled.
error-erase-letter-leaving = An e-mail to this customer is being sent right now. Try again in a minute.
event-customer-erased = Personal data erased
permission-customers-erase = erase a customer's personal data
